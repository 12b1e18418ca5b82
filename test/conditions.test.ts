import t from 'tap'
import fc from 'fast-check'
import { asksForRange, hasCondition, isCutOff, readConditions, sentCondition, type ConditionalRequest } from '../lib/conditions.js'
import { explainField } from '../lib/explanation.js'
import { parseEntityTagList } from '../lib/entity-tag-list.js'
import type { EntityTag } from '../lib/entity-tag.js'
import type { Conditions } from '../lib/preconditions.js'

const now = Date.parse('2024-06-15T12:00:00Z') / 1000
const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
const moment = 784111777
const tags = (text: string) => [...parseEntityTagList(text)!] as EntityTag[]
const FIELDS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const
const READS = ['GET', 'HEAD']
const WRITES = ['PUT', 'PATCH', 'DELETE', 'POST']

/** The fields of a request, each with its one line or with several. */
type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

function requestOf (method: string, fields: Fields): ConditionalRequest {
  const lines = Object.entries(fields).flatMap(([name, value]) => [value ?? []].flat().map(line => [name, line]))
  return { method, raw: { rawHeaders: lines.flat() } }
}

// the conditions that are there, `undefined` ones left out, lists as arrays
function shown (sent: Conditions): object {
  const { ifMatch, ifNoneMatch } = sent
  return JSON.parse(JSON.stringify({ ...sent, ifMatch: unfolded(ifMatch), ifNoneMatch: unfolded(ifNoneMatch) }))
}

function unfolded (list: Conditions['ifMatch']): '*' | readonly EntityTag[] | undefined {
  return typeof list === 'object' ? [...list] : list
}

function read (method: string, headers: Fields, distinct: Fields = {}): object {
  return shown(readConditions(requestOf(method, { ...headers, ...distinct }), now))
}

function thrownBy (ask: () => unknown): { code?: string, statusCode?: number, field?: string, message?: string } {
  try {
    ask()
  } catch (error) {
    return error as object
  }
  return {}
}

t.test('each field becomes its condition, on the methods that it applies to', async t => {
  const table: ReadonlyArray<readonly [headers: Fields, onRead: Conditions, onWrite: Conditions]> = [
    [{}, {}, {}],
    [{ host: 'example', etag: '"1"', 'if-range': '"1"' }, {}, {}],
    [{ 'if-match': '"a,b", W/"c"' }, { ifMatch: tags('"a,b", W/"c"') }, { ifMatch: tags('"a,b", W/"c"') }],
    [{ 'if-match': '*' }, { ifMatch: '*' }, { ifMatch: '*' }],
    [{ 'if-none-match': 'W/"1"' }, { ifNoneMatch: tags('W/"1"') }, { ifNoneMatch: tags('W/"1"') }],
    [{ 'if-none-match': '*' }, { ifNoneMatch: '*' }, { ifNoneMatch: '*' }],
    [{ 'if-unmodified-since': date }, { ifUnmodifiedSince: moment }, { ifUnmodifiedSince: moment }],
    [{ 'if-modified-since': date }, { ifModifiedSince: moment }, {}],
    [{ 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, { ifModifiedSince: moment }, {}],
    [{ 'if-match': '"1"', 'if-none-match': '"2"' }, { ifMatch: tags('"1"'), ifNoneMatch: tags('"2"') }, { ifMatch: tags('"1"'), ifNoneMatch: tags('"2"') }],
    [{ 'if-match': '"1"', 'if-unmodified-since': date }, { ifMatch: tags('"1"') }, { ifMatch: tags('"1"') }],
    [{ 'if-none-match': '"1"', 'if-modified-since': date }, { ifNoneMatch: tags('"1"') }, { ifNoneMatch: tags('"1"') }],
    [{ 'if-match': '"1"', 'if-modified-since': date }, { ifMatch: tags('"1"'), ifModifiedSince: moment }, { ifMatch: tags('"1"') }],
    [{ 'if-none-match': '"1"', 'if-unmodified-since': date },
      { ifNoneMatch: tags('"1"'), ifUnmodifiedSince: moment }, { ifNoneMatch: tags('"1"'), ifUnmodifiedSince: moment }]
  ]
  for (const [headers, onRead, onWrite] of table) {
    for (const method of READS) t.strictSame(read(method, headers), onRead, `${method} ${JSON.stringify(headers)}`)
    for (const method of WRITES) t.strictSame(read(method, headers), onWrite, `${method} ${JSON.stringify(headers)}`)
  }
})

t.test('a method that neither selects nor changes a representation has no conditions, readable or not (13.2.1)', async t => {
  for (const method of ['OPTIONS', 'TRACE', 'CONNECT']) {
    for (const value of ['"1"', '*', '100']) {
      const headers = { 'if-match': value, 'if-none-match': value, 'if-unmodified-since': date, 'if-modified-since': date }
      t.doesNotThrow(() => t.strictSame(read(method, headers), {}, `${method} ${value}`), `${method} ${value} is not refused`)
    }
  }
})

t.test('a field that was sent counts, with an empty value too', async t => {
  for (const named of ['if-none-match', 'if-match'] as const) {
    const ask = (method: string, headers: Parameters<typeof requestOf>[1]): string | boolean => sentCondition(requestOf(method, headers), named)
    for (const field of FIELDS) {
      for (const value of ['', '0', '*', ['', '']]) {
        const sole = field === named && (value === '0' || value === '*') ? value : true
        t.equal(ask('PUT', { [field]: value }), sole, `${field}: ${JSON.stringify(value)}`)
      }
      t.equal(ask('PUT', { [field.toUpperCase()]: '' }), true, `${field} in capitals`)
      t.equal(ask('PUT', { [`x${field.slice(1)}`]: '' }), false, `a field as long as ${field}`)
      t.equal(ask('PUT', { [`i${'-'.repeat(field.length - 1)}`]: '' }), false, `one that begins as ${field}`)
      if (field !== named) {
        t.equal(ask('GET', { [named]: '"1"', [field]: '' }), true, `${field} behind ${named}`)
        t.equal(ask('GET', { [field]: '', [named]: '"1"' }), true, `${field} ahead of it`)
      }
    }
    t.equal(ask('GET', { host: 'x', [named.toUpperCase()]: '"1"', accept: '*/*' }), '"1"')
    t.equal(ask('GET', { [named]: ['"1"', '"2"'] }), true)
    t.equal(ask('PUT', { 'if-schedule-tag-match': '"1"', 'if-': '', 'i-match': '' }), false, 'not every field that begins so')
    t.equal(ask('PUT', { range: 'bytes=0-1', etag: '"1"', 'cache-control': 'no-cache' }), false)
  }

  for (const method of ['GET', 'PUT']) {
    t.strictSame(read(method, { 'if-match': '', 'if-unmodified-since': date }), { ifMatch: [] }, `${method} If-Match`)
    t.strictSame(read(method, { 'if-none-match': '', 'if-modified-since': date }), { ifNoneMatch: [] }, `${method} If-None-Match`)
  }
})

t.test('a condition has to be compared when it is there, be it a list of no tags or the first second of 1970', async t => {
  for (const sent of [{ ifMatch: '*' }, { ifMatch: [] }, { ifNoneMatch: [] }, { ifModifiedSince: 0 }, { ifUnmodifiedSince: 0 }, { ifRange: '' }] as const) {
    t.equal(hasCondition(sent), true, JSON.stringify(sent))
  }
  t.equal(hasCondition({}), false)
  t.equal(hasCondition({ ifMatch: undefined, ifNoneMatch: undefined, ifModifiedSince: undefined, ifUnmodifiedSince: undefined, ifRange: undefined }), false)
})

t.test('If-Range counts where a GET asks for a range, and is never a list that holds', async t => {
  const range = 'bytes=0-1'
  t.strictSame(read('GET', { range, 'if-range': '"1"' }), { ifRange: '"1"' })
  t.strictSame(read('GET', { Range: range, 'If-Range': '' }), { ifRange: '' })
  t.strictSame(read('GET', { range, 'if-range': ['"1"', '"2"'] }), { ifRange: '"1", "2"' })
  for (const method of ['HEAD', 'PUT']) t.strictSame(read(method, { range, 'if-range': '"1"' }), {}, method)
  t.strictSame(read('GET', { 'if-range': '"1"' }), {}, 'no Range')
  t.equal(asksForRange(requestOf('GET', { RANGE: range })), true)
  t.equal(asksForRange(requestOf('HEAD', { range })), false)
  t.equal(asksForRange(requestOf('GET', { etag: 'range' })), false, 'a value is no name')
})

t.test('the lines of one field are one list', async t => {
  for (const method of ['GET', 'PUT']) {
    t.strictSame(read(method, { 'if-match': ['"1"', 'W/"2", "3"', ''] }), { ifMatch: tags('"1", W/"2", "3"') }, method)
    t.strictSame(read(method, { 'if-none-match': ['"1"', '"2"'] }), { ifNoneMatch: tags('"1", "2"') }, method)
    t.strictSame(read(method, { 'if-match': ['*'] }), { ifMatch: '*' }, method)
    for (const lines of [['*', '*'], ['*', '"1"'], ['"1"', '2'], ['"1', '2"']]) {
      t.equal(thrownBy(() => read(method, { 'if-match': lines })).field, 'If-Match', `${method} ${JSON.stringify(lines)}`)
    }
  }
})

t.test('a date sent twice is no date, even where the two are the same', async t => {
  for (const [field, name] of [['if-modified-since', 'ifModifiedSince'], ['if-unmodified-since', 'ifUnmodifiedSince']] as const) {
    t.strictSame(read('GET', { [field]: date }, { [field]: [date] }), { [name]: moment }, `${field}, one line`)
    t.strictSame(read('GET', { [field]: date }, {}), { [name]: moment }, `${field}, lines not known`)
    t.strictSame(read('GET', { [field]: date }, { [field]: [date, date] }), {}, `${field}, two lines`)
    t.strictSame(read('GET', { [field]: [date, date] }), {}, `${field}, listed`)
    t.strictSame(read('GET', { [field]: `${date}, ${date}` }), {}, `${field}, joined`)
  }
})

t.test('a date outside the grammar is ignored on any method, and sets aside no other condition', async t => {
  for (const value of ['', '0', '2099', '2099-01-01', '2099-01-01T00:00:00Z', 'Fri, 30 Feb 2024 00:00:00 GMT', date.toLowerCase()]) {
    const headers = { 'if-modified-since': value, 'if-unmodified-since': value }
    for (const method of [...READS, ...WRITES]) {
      t.strictSame(read(method, headers), {}, `${method} ${value}`)
      t.strictSame(read(method, { ...headers, 'if-none-match': '"1"' }), { ifNoneMatch: tags('"1"') }, `${method} ${value}`)
    }
  }
})

t.test('an unreadable If-Match is refused on any method, an unreadable If-None-Match on writes', async t => {
  for (const value of ['100', '"1', 'w/"1"', '*, "1"', '"1" "2"', '"a b"', date]) {
    const cases = [...[...READS, ...WRITES].map(method => [method, 'If-Match'] as const), ...WRITES.map(method => [method, 'If-None-Match'] as const)]
    for (const [method, field] of cases) {
      const { code, statusCode, field: blamed, message } = thrownBy(() => read(method, { [field.toLowerCase()]: value }))
      t.strictSame([code, statusCode, blamed, message], ['FST_ETAG_INVALID_FIELD', 400, field, explainField(field, value)], `${method} ${field}: ${value}`)
    }
  }
})

t.test('a refusal shows the quoted form of what was sent, and a long value only in part', async t => {
  const message = (value: string | string[]) => thrownBy(() => read('PUT', { 'if-match': value })).message
  t.equal(message('100'), 'If-Match must be * or entity-tags in double quotes, such as "100"; found 100')
  t.equal(message(['1', '2']), 'If-Match must be * or entity-tags in double quotes, such as "3"; found 1, 2')
  t.equal(message('%s%d%%'), 'If-Match must be * or entity-tags in double quotes, such as "%s%d%%"; found %s%d%%', 'a placeholder stays text')
  t.match(message('1,'.repeat(500_000)), /^.{60,200}…$/)
})

t.test('bare tags are read where they are tolerated, on both fields and any method, and are refused elsewhere', async t => {
  const ask = (method: string, headers: Fields, unquoted?: boolean): Conditions => shown(readConditions(requestOf(method, headers), now, unquoted))
  const table: ReadonlyArray<readonly [sent: string | string[], list: string]> = [
    ['100', '"100"'],
    ['100, W/"2"', '"100", W/"2"'],
    ['"a,b", c', '"a,b", "c"'],
    [['1', '"2"'], '"1", "2"']
  ]
  for (const method of [...READS, ...WRITES]) {
    for (const [sent, list] of table) {
      const told = `${method} ${JSON.stringify(sent)}`
      t.match(ask(method, { 'if-match': sent }, true), { ifMatch: tags(list) }, `${told}, If-Match`)
      t.match(ask(method, { 'if-none-match': sent }, true), { ifNoneMatch: tags(list) }, `${told}, If-None-Match`)
      for (const unquoted of [false, undefined]) {
        t.equal(thrownBy(() => ask(method, { 'if-match': sent }, unquoted)).code, 'FST_ETAG_INVALID_FIELD', `${told}, not tolerated`)
      }
    }
    for (const [value, list] of [['"1", W/"2"', tags('"1", W/"2"')], ['*', '*'], ['', []]] as const) {
      t.strictSame(ask(method, { 'if-match': value }, true), ask(method, { 'if-match': value }), `${method} ${value} is read as ever`)
      t.strictSame(ask(method, { 'if-none-match': value }, true).ifNoneMatch, list, `${method} ${value}`)
    }
  }
})

t.test('what is no list of bare tags either is refused or ignored as ever', async t => {
  for (const value of ['"1', '1"', '1 2', '"a b"', date]) {
    const ask = (method: string, field: string) => readConditions(requestOf(method, { [field]: value }), now, true)
    for (const method of [...READS, ...WRITES]) {
      const { code, field, message } = thrownBy(() => ask(method, 'if-match'))
      t.strictSame([code, field, message], ['FST_ETAG_INVALID_FIELD', 'If-Match', explainField('If-Match', value)], `${method} ${value}`)
    }
    for (const method of READS) t.equal(ask(method, 'if-none-match').ifNoneMatch, undefined, `${method} ${value}`)
    for (const method of WRITES) t.equal(thrownBy(() => ask(method, 'if-none-match')).field, 'If-None-Match', `${method} ${value}`)
  }
})

t.test('each refusal is an error of its own', async t => {
  const refuse = () => thrownBy(() => read('PUT', { 'if-match': '100' }))
  t.not(refuse(), refuse())
})

t.test('an unreadable If-None-Match of a read is ignored, and If-Modified-Since beside it too', async t => {
  for (const method of READS) {
    t.strictSame(read(method, { 'if-none-match': '100' }), {}, method)
    t.strictSame(read(method, { 'if-none-match': '100', 'if-modified-since': date }), {}, method)
    t.strictSame(read(method, { 'if-none-match': '100', 'if-unmodified-since': date }), { ifUnmodifiedSince: moment }, method)
  }
})

t.test('whatever is sent is read or refused by FST_ETAG_INVALID_FIELD', async t => {
  const value = fc.oneof(fc.string({ unit: fc.constantFrom('"', '"a"', ',', ' ', '*', 'W/') }), fc.string({ unit: 'binary' }), fc.constant(date))
  const lines = fc.option(fc.oneof(value, fc.array(value)), { nil: undefined })
  const headers = fc.record({ 'if-match': lines, 'if-none-match': lines, 'if-modified-since': lines, 'if-unmodified-since': lines }, { noNullPrototype: true })
  fc.assert(fc.property(fc.constantFrom(...READS, ...WRITES), headers, (method, headers) => {
    return [undefined, 'FST_ETAG_INVALID_FIELD'].includes(thrownBy(() => read(method, headers)).code)
  }), { numRuns: 1000 })
})

t.test('a long hostile value is read or refused', async t => {
  for (const part of [',', ' ', '"",']) {
    const value = part.repeat(1_000_000 / part.length)
    const sent = readConditions(requestOf('PUT', { 'if-match': value, 'if-none-match': value }), now)
    t.equal(unfolded(sent.ifMatch)?.length, part === '"",' ? 333_333 : 0, JSON.stringify(part))
    t.equal(unfolded(sent.ifNoneMatch)?.length, unfolded(sent.ifMatch)?.length, JSON.stringify(part))
  }
  const lines = Array.from({ length: 100_000 }, () => '"1"')
  t.equal(unfolded(readConditions(requestOf('PUT', { 'if-match': lines }), now).ifMatch)?.length, lines.length)
  for (const part of ['"', '""', 'a']) {
    t.equal(thrownBy(() => read('PUT', { 'if-match': part.repeat(1_000_001) })).code, 'FST_ETAG_INVALID_FIELD', JSON.stringify(part))
  }
})

t.test('a request without lines is read from its fields, be they text, lists or nothing', async t => {
  const raw = { rawHeaders: [], headers: { 'if-match': '"1"', 'if-none-match': ['"2"', '"3"'], 'if-modified-since': undefined } }
  t.strictSame(shown(readConditions({ method: 'PUT', raw }, now)), { ifMatch: tags('"1"'), ifNoneMatch: tags('"2", "3"') })
  t.strictSame(readConditions({ method: 'PUT', raw: { rawHeaders: ['host', 'x'], headers: { 'if-match': 'junk' } } }, now), {}, 'lines are believed before fields')
})

t.test('a write of which Node may have dropped lines cannot be read, whatever is left of it', async t => {
  const requestOn = (server: object | null | undefined, lines: number, method = 'PUT') =>
    ({ method, raw: { rawHeaders: Array.from({ length: 2 * lines }, () => 'a'), socket: { server } } })
  const table: ReadonlyArray<readonly [server: object | null | undefined, lines: number, isCut: boolean]> = [
    [{}, 999, false],
    [{}, 1000, true],
    [{ maxHeadersCount: null }, 1000, true],
    [{ maxHeadersCount: 20 }, 19, false],
    [{ maxHeadersCount: 20 }, 20, true],
    [{ maxHeadersCount: 0 }, 5000, false],
    [{ maxHeadersCount: 5000 }, 1000, false],
    [undefined, 5000, false],
    [null, 5000, false]
  ]
  for (const [server, lines, isCut] of table) {
    t.equal(isCutOff(requestOn(server, lines)), isCut, `${JSON.stringify(server)} and ${lines} lines`)
    if (isCut) t.throws(() => readConditions(requestOn(server, lines), now), { code: 'FST_ETAG_INVALID_FIELD' })
    t.strictSame(readConditions(requestOn(server, lines, 'GET'), now), {}, 'a read gets the whole answer')
  }
})
