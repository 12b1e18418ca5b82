import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../lib/index.js'
import { readConditions, type ConditionalRequest } from '../lib/conditions.js'
import { formatEntityTag, parseEntityTag, scanEntityTag, strongMatch, weakMatch, type EntityTag } from '../lib/entity-tag.js'
import { parseEntityTagList, parseUnquotedList, type EntityTagList } from '../lib/entity-tag-list.js'
import { formatHttpDate, parseHttpDate } from '../lib/http-date.js'
import { mayHonourRange } from '../lib/if-range.js'
import { formatOpaqueText } from '../lib/opaque-text.js'
import { namesVersion, type Accepted } from '../lib/policy.js'
import { evaluate, type Conditions, type Validators } from '../lib/preconditions.js'
import { fieldSource, readField } from '../lib/sources/field.js'
import { functionSource } from '../lib/sources/function.js'
import { resolveLastModified } from '../lib/sources/last-modified.js'
import { resolveSource } from '../lib/sources/source.js'
import { timestampSource } from '../lib/sources/timestamp.js'
import { decide, decideUnevaluable, lostRace } from '../lib/verdict.js'
import { answerTo, dateIn, dependsOnState, secondsAt, tagsIn, type Asked, type Standing } from './rfc-9110.js'
import type { NameState } from '../lib/sources/named-state.js'

// What must be true of any input, where the tests of the files themselves name some. The requests here are nearly right:
// most of them differ from one that holds by a character.

const now = Date.parse('2026-06-15T12:00:00Z') / 1000
const MODIFIED = Date.parse('2026-01-02T03:04:05Z') / 1000

const OPAQUE = ['3', '33', 'a,b', '', '*', 'W/', ',', '\\', '%2C', '\x80\xff', 'W/3']
const CHARACTERS = ['"', ',', ' ', '\t', '*', 'W/', 'w/', 'W', '/', '\\', '3', '!', '\x7f', '\x80', '\xff', '\u0100', '\0']
const ows = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 2 })
const opaque = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...OPAQUE) }, { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('3', 'a', ',', '*', '!', '\xe9'), maxLength: 4 }) })
const entityTag: fc.Arbitrary<EntityTag> = fc.record({ weak: fc.boolean(), opaque }, { noNullPrototype: true })

/** The text with one character taken out, put in or changed. */
const nearly = (text: string): fc.Arbitrary<string> => fc.tuple(fc.nat(text.length), fc.nat(1), fc.constantFrom('', ...CHARACTERS))
  .map(([at, length, character]) => text.slice(0, at) + character + text.slice(at + length))

/** One element of a list as somebody sends it who has the tag `own`, or means to. */
const element = (own: string): fc.Arbitrary<string> => fc.oneof(
  { weight: 4, arbitrary: fc.constant(own) },
  { weight: 2, arbitrary: nearly(own) },
  { weight: 2, arbitrary: entityTag.map(formatEntityTag) },
  { weight: 2, arbitrary: fc.constantFrom(`W/${own}`, `w/${own}`, own.replace(/^W\//, ''), own.replaceAll('"', ''), own.slice(0, -1), own.toUpperCase(), '', '*', '"*"', '""') }
)

const line = (own: string): fc.Arbitrary<string> => fc.oneof(
  { weight: 10, arbitrary: element(own) },
  { weight: 2, arbitrary: fc.constantFrom('*', ' *\t', '') },
  {
    weight: 6,
    arbitrary: fc.tuple(ows, fc.array(fc.tuple(element(own), fc.constantFrom(', ', ',', ' ,\t', ',,', ' ', '')), { maxLength: 3 }), element(own), ows)
      .map(([start, elements, last, end]) => start + elements.flat().join('') + last + end)
  }
)

const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** A moment in each of the three forms. */
function formsOf (date: number): [string, string, string] {
  const imf = new Date(date * 1000).toUTCString()
  const [day, dd, month, year, time] = imf.replace(',', '').split(' ') as [string, string, string, string, string]
  const long = LONG_DAYS.find(name => name.startsWith(day))
  return [imf, `${long}, ${dd}-${month}-${year.slice(-2)} ${time} GMT`, `${day} ${month} ${dd.replace(/^0/, ' ')} ${time} ${year}`]
}

const moment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(MODIFIED - 1, MODIFIED, MODIFIED + 1) },
  { weight: 1, arbitrary: fc.integer({ min: secondsAt(1900, 0, 1, 0), max: secondsAt(2199, 11, 31, 0) }) }
)
const form = moment.chain(date => fc.constantFrom(...formsOf(date)))
const dateLine = fc.oneof(
  { weight: 6, arbitrary: form },
  { weight: 2, arbitrary: form.chain(text => fc.tuple(fc.nat(text.length - 1), fc.constantFrom(...'0123456789 :,-aGg')).map(([at, character]) => text.slice(0, at) + character + text.slice(at + 1))) },
  { weight: 1, arbitrary: form.chain(text => fc.constantFrom(`${text}, ${text}`, ` ${text}`, text.slice(0, -1), text.toLowerCase(), text.replace('GMT', 'UTC'), `"${text}"`)) },
  { weight: 1, arbitrary: fc.constantFrom('', '*', '0', '2026-01-02T03:04:05Z', 'Fri, 31 Feb 2026 03:04:05 GMT', 'Fri, 02 Jan 2026 23:59:60 GMT', 'Fri, 02 Jan 2026 03:04:60 GMT', 'Fri Feb 29 00:00:00 2025', String(MODIFIED)) }
)

/** The lines of one field: none, one, or several. */
const field = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<Array<[string, string]>> => fc.oneof(
  { weight: 6, arbitrary: fc.constant<string[]>([]) },
  { weight: 5, arbitrary: value.map(one => [one]) },
  { weight: 1, arbitrary: fc.array(value, { minLength: 2, maxLength: 3 }) }
).chain(lines => fc.tuple(...lines.map(one => fc.tuple(fc.constantFrom(name, name.toLowerCase(), name.toUpperCase()), fc.constant(one)))))

const linesFor = (own: string): fc.Arbitrary<Array<[string, string]>> => fc.tuple(
  field('If-Match', line(own)), field('If-None-Match', line(own)), field('If-Modified-Since', dateLine), field('If-Unmodified-Since', dateLine)
).chain(fields => fc.shuffledSubarray([...fields, [['Host', 'x']] as Array<[string, string]>], { minLength: 5 }))
  .map(fields => fields.flat())

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST']
const ACCEPTED: Accepted[] = ['If-Match: *', 'If-None-Match', 'If-Unmodified-Since']
const own = entityTag.map(formatEntityTag)
const lastModified = fc.constantFrom(undefined, MODIFIED, MODIFIED, MODIFIED)
const standing = (etag: string): fc.Arbitrary<Standing | undefined> =>
  fc.record({ etag: fc.constantFrom(undefined, etag, etag, etag, etag), lastModified }, { noNullPrototype: true })
const state = (etag: string): fc.Arbitrary<Standing | undefined> => fc.oneof({ weight: 6, arbitrary: standing(etag) }, { weight: 1, arbitrary: fc.constant(undefined) })

const asked: fc.Arbitrary<Asked> = own.chain(etag => fc.record({
  method: fc.constantFrom(...METHODS, 'GET', 'GET', 'PUT', 'QUERY'),
  lines: linesFor(etag),
  current: state(etag),
  now: fc.constant(now),
  required: fc.boolean(),
  create: fc.constantFrom('never', 'may', 'only'),
  missing: fc.constantFrom(428, 409),
  accept: fc.subarray(ACCEPTED),
  createIgnoresIfMatch: fc.boolean(),
  weak: fc.boolean(),
  isWhole: fc.constantFrom(true, true, true, true, true, true, true, false)
}, { noNullPrototype: true }))

const requestOf = (method: string, lines: Asked['lines']): ConditionalRequest => ({ method, raw: { rawHeaders: lines.flat() } })
const unfolded = (list: EntityTagList | undefined): '*' | readonly EntityTag[] | undefined => typeof list === 'object' ? [...list] : list
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code
const validatorsOf = ({ etag, lastModified }: Standing): Validators => ({ etag: etag === undefined ? undefined : parseEntityTag(etag)!, lastModified })

/** The same as the second reading says it, from the files of `lib`. */
function verdictOn ({ method, lines, current, now, required, create, missing, accept, createIgnoresIfMatch, weak, isWhole }: Asked): string {
  let sent: Conditions
  try {
    sent = readConditions(requestOf(method, lines), now)
  } catch (error) {
    return codeOf(error) === 'FST_ETAG_INVALID_FIELD' ? '400' : String(error)
  }
  const { status, field } = decide({
    method, sent, current: current && validatorsOf(current), required, create, missing, accept, createIgnoresIfMatch, tolerateWeak: weak, isWhole
  })
  return status === undefined ? 'perform' : [status, field ?? []].flat().join(' ')
}

t.test('RFC 9110, 13, read a second time comes to the same answer of every request', async t => {
  const came = new Map<string, number>()
  fc.assert(fc.property(asked, asked => {
    const expected = answerTo(asked)
    came.set(expected, (came.get(expected) ?? 0) + 1)
    const found = verdictOn(asked)
    return found === expected || fail(`${found}, and the RFC says ${expected}`)
  }), { numRuns: 6000 })
  const answers = ['perform', '304 If-None-Match', '304 If-Modified-Since', '412 If-Match', '412 If-None-Match', '412 If-Unmodified-Since', '412', '428 If-Match', '409 If-Match', '404', '400']
  t.strictSame([...came.keys()].sort(), answers.sort(), 'every answer came')
  for (const [answer, times] of came) t.ok(times >= 10, `${answer} came ${times} times`)
})

function fail (message: string): never {
  throw new Error(message)
}

/** A resource that may be there, in an application that writes only by guard. */
interface Service {
  readonly app: FastifyInstance
  current: Standing | undefined
  runs: number
  writes: number
}

async function serviceOf (options: EtagPluginOptions, hasLoad: boolean): Promise<Service> {
  const app = Fastify()
  await app.register(etagPlugin, { source: ({ etag }: Standing) => etag ?? null, unguarded: 'error', ...options })
  const service: Service = { app, current: undefined, runs: 0, writes: 0 }
  const dated = ({ lastModified }: Standing): number | null => lastModified === undefined ? null : lastModified * 1000
  const config = { etag: { lastModified: dated, ...(hasLoad && { load: () => service.current }) } }
  app.get('/', { config }, async (request, reply) => {
    service.runs++
    if (hasLoad) return request.precondition.load()
    return service.current ?? reply.code(404).send({})
  })
  if (!hasLoad) return service
  app.route({
    method: ['PUT', 'PATCH', 'DELETE', 'POST'],
    url: '/',
    config,
    handler: async request => {
      service.runs++
      const write = async (): Promise<object> => { service.writes++; return {} }
      return request.precondition.guard(write, { create: write })
    }
  })
  return service
}

/** Fields of which each line is one, as `inject` takes them. */
function headersOf (lines: Asked['lines']): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of lines) (headers[name.toLowerCase()] ??= []).push(value)
  return headers
}

const RULES = [
  { policy: 'REQUIRED', create: 'may' },
  { policy: 'REQUIRED', create: 'never', missing: 409, accept: ['If-Match: *', 'If-Unmodified-Since'] },
  { policy: 'OPTIONAL', create: 'only' },
  { policy: 'REQUIRED_FOR_DELETE', create: 'may', createIgnoresIfMatch: true, tolerate: { weak: true } }
] as const

for (const rules of RULES) {
  t.test(`an application under ${JSON.stringify(rules)} answers as the second reading says, and performs a method exactly when that does`, async t => {
    const service = await serviceOf(rules as unknown as EtagPluginOptions, true)
    await fc.assert(fc.asyncProperty(asked.filter(({ method }) => METHODS.includes(method)), async one => {
      const { method, lines, current } = one
      const writes = method !== 'GET' && method !== 'HEAD'
      const question: Asked = {
        ...one,
        now: Math.floor(Date.now() / 1000),
        required: ['PUT', 'PATCH', 'DELETE'].includes(method) && (rules.policy === 'REQUIRED' || (rules.policy === 'REQUIRED_FOR_DELETE' && method === 'DELETE')),
        create: rules.create,
        missing: 'missing' in rules ? rules.missing : 428,
        accept: 'accept' in rules ? rules.accept : [],
        createIgnoresIfMatch: 'createIgnoresIfMatch' in rules,
        weak: 'tolerate' in rules,
        isWhole: true
      }
      const expected = answerTo(question)
      Object.assign(service, { current, runs: 0, writes: 0 })
      const response = await service.app.inject({ method: method as 'PUT', url: '/', headers: headersOf(lines) })

      const performs = expected === 'perform'
      // where nothing depends on what is there, only the handler finds out that nothing is
      const finds = expected === '404' && !dependsOnState(question)
      const told = [response.statusCode, service.runs, service.writes]
      const due = [performs ? 200 : Number.parseInt(expected), performs || finds ? 1 : 0, performs && writes ? 1 : 0]
      return isDeepStrictEqual(told, due) || fail(`${told}, and the RFC says ${due}: ${expected}`)
    }), { numRuns: 250 })
    await service.app.close()
  })
}

t.test('a read whose state is known only from its answer is answered as one whose state was loaded', async t => {
  const [early, late] = [await serviceOf({}, true), await serviceOf({}, false)]
  const read = fc.tuple(asked, fc.constantFrom('GET', 'HEAD') as fc.Arbitrary<'GET' | 'HEAD'>)
  await fc.assert(fc.asyncProperty(read, async ([{ lines, current }, method]) => {
    const [one, other] = await Promise.all([early, late].map(service => {
      service.current = current
      return service.app.inject({ method, url: '/', headers: headersOf(lines) })
    }))
    const seen = ({ statusCode, headers: { etag, 'last-modified': date } }: typeof one & object): unknown[] => [statusCode, etag, date]
    return isDeepStrictEqual(seen(one!), seen(other!)) || fail(`${seen(one!)} and ${seen(other!)}`)
  }), { numRuns: 250 })
})

// Entity-tags and their lists

t.test('a strong match is an equal field value that is not weak, a weak match the same of what both would be if they were', async t => {
  fc.assert(fc.property(entityTag, entityTag, (a, b) => {
    const [one, other] = [formatEntityTag(a), formatEntityTag(b)]
    const bare = (text: string): string => text.slice(text.indexOf('"'))
    return strongMatch(a, b) === (one === other && one.startsWith('"')) &&
      weakMatch(a, b) === (bare(one) === bare(other)) &&
      strongMatch(a, b) === strongMatch(b, a) && weakMatch(a, b) === weakMatch(b, a) && weakMatch(a, a)
  }), { numRuns: 2000 })
})

t.test('a tag is found at exactly the places of a text at which the grammar finds one', async t => {
  const text = fc.array(fc.oneof(fc.constantFrom(...CHARACTERS), own), { maxLength: 6 }).map(parts => parts.join(''))
  fc.assert(fc.property(text, text => {
    for (let start = 0; start <= text.length; start++) {
      const grammar = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y
      grammar.lastIndex = start
      const found = grammar.exec(text)
      const expected = found === null ? undefined : { tag: { weak: found[1] !== undefined, opaque: found[2] }, end: grammar.lastIndex }
      if (!isDeepStrictEqual(scanEntityTag(text, start), expected)) return false
    }
    return true
  }), { numRuns: 2000 })
})

t.test('a list is read as the grammar says, however nearly its text is one', async t => {
  fc.assert(fc.property(own.chain(line), text => {
    const list = parseEntityTagList(text)
    return isDeepStrictEqual(typeof list === 'object' ? Array.from(list, formatEntityTag) : list, tagsIn([text]))
  }), { numRuns: 5000 })
})

t.test('lines are a list exactly when each of them is one, and its tags are theirs: no tag and no bare text spans two lines', async t => {
  for (const parse of [parseEntityTagList, parseUnquotedList]) {
    fc.assert(fc.property(own.chain(tag => fc.array(line(tag), { minLength: 2, maxLength: 4 })), lines => {
      const lists = lines.map(line => unfolded(parse(line)))
      const readable = lists.every(list => typeof list === 'object')
      return isDeepStrictEqual(unfolded(parse(lines.join(', '))), readable ? lists.flat() : undefined)
    }), { numRuns: 3000 })
  }
})

t.test('a list without its quotes is read only where each element is a tag, or bare text that is no asterisk', async t => {
  fc.assert(fc.property(fc.array(fc.oneof(own, opaque.filter(text => /^[^",\s]+$/.test(text))), { minLength: 1, maxLength: 4 }), elements => {
    const text = elements.join(', ')
    const expected = text === '*' ? '*' : elements.includes('*') ? undefined : elements.map(one => one.endsWith('"') ? one : `"${one}"`)
    const list = parseUnquotedList(text)
    return isDeepStrictEqual(typeof list === 'object' ? Array.from(list, formatEntityTag) : list, expected)
  }), { numRuns: 2000 })
})

t.test('two texts that stand together have the forms of each, so that no escape begins in one and ends in the other', async t => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('%', 'u', '%u', '0', '41', '"', ' ', '\xff', '\ud83d', '\ude00') }))
  fc.assert(fc.property(text, text, (a, b) => formatOpaqueText(a + b) === formatOpaqueText(a) + formatOpaqueText(b)), { numRuns: 2000 })
})

// Dates

t.test('a date is what the calendar says, counted day by day, in any of the three forms and in none', async t => {
  const anyNow = fc.integer({ min: secondsAt(1950, 0, 1, 0), max: secondsAt(2150, 0, 1, 0) })
  let read = 0
  fc.assert(fc.property(fc.oneof(dateLine, dateLine.chain(nearly)), anyNow, (text, now) => {
    const date = parseHttpDate(text, now)
    if (date !== undefined) read++
    return Object.is(date, dateIn(text, now)) || fail(`${date}, and the calendar says ${dateIn(text, now)}`)
  }), { numRuns: 5000 })
  t.ok(read > 1000, `${read} were dates`)
})

t.test('of two digits the year is the latest that is not more than 50 years ahead, to the second', async t => {
  const day = fc.integer({ min: secondsAt(1976, 0, 1, 0), max: secondsAt(2120, 0, 1, 0) })
  fc.assert(fc.property(day, day, fc.constantFrom(-1, 0, 1), (date, any, off) => {
    const anniversary = new Date(date * 1000)
    anniversary.setUTCFullYear(anniversary.getUTCFullYear() - 50)
    for (const now of [any, anniversary.getTime() / 1000 + off]) {
      const text = formsOf(date)[1]
      if (parseHttpDate(text, now) !== dateIn(text, now)) return fail(`${text}, ${now}`)
    }
    return true
  }), { numRuns: 2000 })
})

t.test('dates come in the order of their moments', async t => {
  fc.assert(fc.property(moment, moment, (a, b) => {
    const [one, other] = [a, b].map(date => parseHttpDate(formatHttpDate(date), now)!) as [number, number]
    return Math.sign(one - other) === Math.sign(a - b)
  }))
})

t.test('a Range is honoured for an equal tag that is not weak, or for the very date where that is strong, however nearly', async t => {
  const ifRange = (etag: string): fc.Arbitrary<string> => fc.oneof(line(etag), dateLine)
  fc.assert(fc.property(own.chain(etag => fc.tuple(ifRange(etag), standing(etag))), fc.constantFrom(true, false, undefined), ([text, current], dateIsStrong) => {
    const { etag, lastModified } = current!
    const isTag = text === etag && !text.startsWith('W/')
    const date = dateIn(text, now)
    const expected = isTag || (dateIsStrong === true && date !== undefined && date === lastModified)
    return mayHonourRange(text, { ...validatorsOf(current!), dateIsStrong }, now) === expected
  }), { numRuns: 3000 })
})

// Conditions, preconditions, policy and verdict

const list = fc.oneof(fc.constant<'*'>('*'), fc.array(entityTag, { maxLength: 3 }))
const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(arbitrary, { nil: undefined })
const sent: fc.Arbitrary<Conditions> = fc.record({
  ifMatch: optional(list), ifNoneMatch: optional(list), ifModifiedSince: optional(moment), ifUnmodifiedSince: optional(moment)
}, { noNullPrototype: true })
const validators: fc.Arbitrary<Validators> = own.chain(standing).map(current => validatorsOf(current!))
const current = optional(validators)
const method = fc.constantFrom(...METHODS)
const outcomeOf = (...question: Parameters<typeof evaluate>): string => evaluate(...question).outcome

t.test('fields between and around the conditional ones change no condition, nor does the order of fields or the case of their names', async t => {
  const other = fc.tuple(fc.constantFrom('Range', 'ETag', 'If-Matches', 'If-Non-Match', 'X-Match', 'If_Match', 'If-Modified-Sinc'), fc.constantFrom('*', '"3"', 'junk'))
  const read = (method: string, lines: Asked['lines']): unknown => {
    try {
      return readConditions(requestOf(method, lines), now)
    } catch (error) {
      return codeOf(error)
    }
  }
  fc.assert(fc.property(method, own.chain(linesFor), fc.array(other), fc.func(fc.nat(3)), (method, lines, others, turn) => {
    const groups = Object.entries(grouped(lines))
    const moved = groups.reverse().flatMap(([name, lines]) => [...others.slice(0, turn(name)), ...lines.map(([, value]) => [name.toUpperCase(), value] as const)])
    return isDeepStrictEqual(read(method, lines), read(method, [...moved, ...others]))
  }), { numRuns: 1000 })
})

function grouped (lines: Asked['lines']): Record<string, Array<readonly [string, string]>> {
  const groups: Record<string, Array<readonly [string, string]>> = {}
  for (const one of lines) (groups[one[0].toLowerCase()] ??= []).push(one)
  return groups
}

t.test('a list that is cut into lines is the same one, unless a line begins or ends within a tag', async t => {
  const cut = own.chain(tag => fc.tuple(fc.constantFrom('If-Match', 'If-None-Match'), fc.array(element(tag), { minLength: 1, maxLength: 3 }).map(elements => elements.join(',')), fc.func(fc.boolean())))
  fc.assert(fc.property(fc.constantFrom('PUT', 'DELETE'), fc.boolean(), cut, (method, unquoted, [name, text, isCut]) => {
    const lines = text.split(',').reduce<string[]>((lines, part, at) => at > 0 && !isCut(at) ? [...lines.slice(0, -1), `${lines.at(-1)},${part}`] : [...lines, part], [])
    const parse = unquoted ? parseUnquotedList : parseEntityTagList
    const lists = lines.map(line => unfolded(parse(line)))
    const expected = lists.length === 1 ? lists[0] : lists.every(list => typeof list === 'object') ? lists.flat() : undefined
    try {
      const { ifMatch, ifNoneMatch } = readConditions(requestOf(method, lines.map(line => [name, line])), now, unquoted)
      return isDeepStrictEqual(unfolded(ifMatch ?? ifNoneMatch), expected)
    } catch (error) {
      return expected === undefined && codeOf(error) === 'FST_ETAG_INVALID_FIELD'
    }
  }), { numRuns: 2000 })
})

t.test('what is tolerated without quotes changes nothing of a request that has them', async t => {
  fc.assert(fc.property(method, own.chain(linesFor), (method, lines) => {
    let strict: Conditions
    try {
      strict = readConditions(requestOf(method, lines), now)
    } catch {
      return true
    }
    const tolerant = readConditions(requestOf(method, lines), now, true)
    // an unreadable If-None-Match of a read is ignored, and may be readable then
    return isDeepStrictEqual(tolerant, { ...strict, ...(strict.ifNoneMatch === undefined && 'ifNoneMatch' in strict && { ifNoneMatch: tolerant.ifNoneMatch }) })
  }), { numRuns: 2000 })
})

t.test('the order of the tags in a list, and one that comes twice, decide nothing', async t => {
  fc.assert(fc.property(method, sent, current, (method, sent, current) => {
    const turned = (list: Conditions['ifMatch']): Conditions['ifMatch'] => typeof list === 'object' ? [...list, ...list].reverse() : list
    return isDeepStrictEqual(evaluate(method, sent, current), evaluate(method, { ...sent, ifMatch: turned(sent.ifMatch), ifNoneMatch: turned(sent.ifNoneMatch) }, current))
  }), { numRuns: 2000 })
})

t.test('one tag more in If-Match refuses no write that was let through, one more in If-None-Match lets none through that was refused', async t => {
  fc.assert(fc.property(fc.constantFrom('PUT', 'PATCH', 'DELETE', 'POST'), sent, current, entityTag, (method, sent, current, tag) => {
    const { ifMatch, ifNoneMatch } = sent
    const before = outcomeOf(method, sent, current)
    if (typeof ifMatch === 'object' && before === 'proceed' && outcomeOf(method, { ...sent, ifMatch: [...ifMatch, tag] }, current) !== 'proceed') return false
    return !(typeof ifNoneMatch === 'object' && before !== 'proceed' && outcomeOf(method, { ...sent, ifNoneMatch: [...ifNoneMatch, tag] }, current) === 'proceed')
  }), { numRuns: 2000 })
})

t.test('a date beside the field with tags decides nothing once the fields are read, and 304 and If-Modified-Since are for reads alone', async t => {
  fc.assert(fc.property(method, sent, current, moment, (method, sent, current, date) => {
    const { outcome } = evaluate(method, sent, current)
    const isRead = method === 'GET' || method === 'HEAD'
    if (!isRead && (outcome === 'not-modified' || outcomeOf(method, { ...sent, ifModifiedSince: date }, current) !== outcome)) return false
    if (sent.ifMatch !== undefined && outcomeOf(method, { ...sent, ifUnmodifiedSince: date }, current) !== outcome) return false
    return sent.ifNoneMatch === undefined || outcomeOf(method, { ...sent, ifModifiedSince: date }, current) === outcome
  }), { numRuns: 2000 })
})

t.test('a weak comparison holds wherever a strong one does', async t => {
  fc.assert(fc.property(fc.constantFrom('PUT', 'DELETE'), sent, current, (method, sent, current) =>
    outcomeOf(method, sent, current) !== 'proceed' || outcomeOf(method, sent, current, weakMatch) === 'proceed'), { numRuns: 2000 })
})

t.test('a write that names a version is refused in every state whose tag it does not name', async t => {
  let named = 0
  fc.assert(fc.property(sent, validators, opaque, (sent, current, other) => {
    if (current.etag === undefined || !namesVersion(sent, current)) return true
    named++
    const tags = sent.ifMatch as readonly EntityTag[]
    return tags.some(tag => tag.opaque === other) || outcomeOf('PUT', sent, { ...current, etag: { weak: false, opaque: other } }) === 'precondition-failed'
  }), { numRuns: 3000 })
  t.ok(named > 300, `${named} named one`)
})

t.test('what is accepted besides only adds to what names a version', async t => {
  fc.assert(fc.property(sent, validators, fc.subarray(ACCEPTED), fc.constantFrom(...ACCEPTED), (sent, current, accept, more) =>
    !namesVersion(sent, current, accept) || namesVersion(sent, current, [...accept, more])), { numRuns: 2000 })
})

t.test('where nothing can be compared, a read and a write without tags go on, unless a version must be named, and any tag is refused', async t => {
  fc.assert(fc.property(method, sent, fc.boolean(), fc.constantFrom(428 as const, 409 as const), (method, sent, required, missing) => {
    const isRead = method === 'GET' || method === 'HEAD'
    const field = sent.ifMatch !== undefined ? 'If-Match' : sent.ifNoneMatch !== undefined ? 'If-None-Match' : undefined
    const expected = isRead || (field === undefined && !required) ? [undefined, undefined] : field === undefined ? [missing, 'If-Match'] : [412, field]
    const verdict = decideUnevaluable(method, sent, { required, missing })
    return isDeepStrictEqual([verdict.status, verdict.field], expected)
  }), { numRuns: 2000 })
})

t.test('who lost a race is told 412 by a field that was sent, and 409 where none was', async t => {
  fc.assert(fc.property(sent, ({ ifModifiedSince, ...sent }) => {
    const { status, field } = lostRace(sent)
    const isSent: Readonly<Record<string, unknown>> = { 'If-Match': sent.ifMatch, 'If-None-Match': sent.ifNoneMatch, 'If-Unmodified-Since': sent.ifUnmodifiedSince }
    return status === 412 ? isSent[field!] !== undefined : status === 409 && Object.values(isSent).every(one => one === undefined)
  }))
})

// Sources

const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true })
const version = fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt(), fc.constantFrom('3', 3, 3n, '', 0, -0, '0'))

/** The tag of a state, none, or the code of the error that says why. */
function named (nameState: NameState, state: unknown): string | undefined {
  try {
    const { etag } = nameState(state, undefined)
    return etag && formatEntityTag(etag)
  } catch (error) {
    return String(codeOf(error) ?? error)
  }
}

const DECLARED = [
  'a',
  { field: 'a.b' },
  { timestamp: ['a', 'b'] },
  { timestamp: 'a', precision: 'ms' },
  { members: 'a' },
  { members: { timestamp: ['a', 'b'], precision: 'ms' }, id: 'b', at: 'items' },
  (state: { a: string } | null | undefined) => state?.a
] as const

t.test('whatever a state is, a source gives a tag within the grammar, none, or FST_ETAG_INVALID_VERSION', async t => {
  const row = fc.oneof(anything, fc.record({ id: anything, a: fc.oneof(anything, version), b: fc.oneof(anything, version) }))
  const state = fc.oneof(row, fc.array(row), fc.record({ items: fc.array(row) }), fc.record({ a: fc.record({ b: anything }) }))
  for (const source of DECLARED) {
    const nameState = resolveSource(source as Parameters<typeof resolveSource>[0])
    fc.assert(fc.property(state, state => {
      const found = named(nameState, state)
      return found === undefined || found === 'FST_ETAG_INVALID_VERSION' || parseEntityTag(found) !== undefined || fail(found)
    }), { numRuns: 500 })
  }
})

t.test('two versions have one tag exactly when their texts are one', async t => {
  const isOne = (a: unknown, b: unknown): boolean => String(a) === String(b)
  for (const nameState of [fieldSource(['a']), timestampSource({ timestamp: 'a' }), functionSource(({ a }) => a)]) {
    fc.assert(fc.property(version, version, (a, b) => {
      const [one, other] = [named(nameState, { a }), named(nameState, { a: b })]
      if (one === undefined) return false
      // a function may return a complete tag
      return [a, b].some(text => typeof text === 'string' && parseEntityTag(text) !== undefined) || (one === other) === isOne(a, b)
    }), { numRuns: 1000 })
  }
})

t.test('a path leads to what stands at its end, and to nothing where any part of it is missing', async t => {
  const key = fc.constantFrom('a', 'b', '0', 'length', 'meta')
  fc.assert(fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.oneof(version, anything), fc.nat(3), fc.constantFrom(null, undefined), (path, value, cut, nothing) => {
    const around = (path: readonly string[], value: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), value)
    const at = cut % path.length
    return Object.is(readField(around(path, value), path), value) &&
      (at === 0 || readField(around(path.slice(0, at), nothing), path) === undefined)
  }), { numRuns: 1000 })
})

t.test('of Dates that promise milliseconds two have one tag exactly when they are one moment', async t => {
  const nameState = timestampSource({ timestamp: 'at', precision: 'ms' })
  const moment = fc.oneof(fc.date({ noInvalidDate: true }), fc.integer({ min: -2, max: 2 }).map(at => new Date(at)))
  fc.assert(fc.property(moment, moment, (a, b) =>
    (named(nameState, { at: a }) === named(nameState, { at: b })) === (a.getTime() === b.getTime())), { numRuns: 1000 })
})

t.test('two lists have one tag exactly when they have the same ids and versions in one order, and are as weak as their weakest member', async t => {
  const row = fc.record({ id: fc.oneof(fc.nat(3), fc.constantFrom('1', '1n', '"', '],[')), version: fc.oneof(fc.nat(2), fc.constantFrom('1', '",["')), rest: anything }, { noNullPrototype: true })
  const rows = fc.array(row, { maxLength: 3 })
  const nameState = resolveSource({ members: 'version' })
  const pairs = (rows: Array<{ id: unknown, version: unknown }>): string => JSON.stringify(rows.map(({ id, version }) => [String(id), String(version)]))
  fc.assert(fc.property(rows, rows, (a, b) => (named(nameState, a) === named(nameState, b)) === (pairs(a) === pairs(b))), { numRuns: 2000 })

  const tagged = resolveSource({ members: ({ tag }: { tag: EntityTag }) => tag })
  fc.assert(fc.property(fc.array(entityTag), tags => {
    const text = named(tagged, tags.map((tag, id) => ({ id, tag })))!
    return text.startsWith('W/') === tags.some(({ weak }) => weak)
  }))
})

t.test('a timestamp is the moment that the calendar says, whatever its notation, or no modification date', async t => {
  const two = (max: number): fc.Arbitrary<string> => fc.nat(max).map(value => String(value).padStart(2, '0'))
  const zone = fc.oneof(fc.constantFrom(['Z', 0] as const), fc.tuple(fc.constantFrom('+', '-'), two(23), fc.option(two(59)), fc.constantFrom(':', ''))
    .map(([sign, hours, minutes, colon]) => [
      sign + hours + (minutes === null ? '' : colon + minutes), (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes ?? 0))
    ] as const))
  const dateState = resolveLastModified('at')
  const read = (at: unknown): unknown => {
    try {
      return dateState({ at }, undefined)
    } catch (error) {
      return codeOf(error)
    }
  }
  const year = fc.integer({ min: 1, max: 9998 }).map(value => String(value).padStart(4, '0'))
  fc.assert(fc.property(year, two(13), two(32), fc.constantFrom('T', ' '), two(23), two(60), two(60), fc.option(fc.stringMatching(/^[0-9]{1,9}$/)), zone,
    (year, month, day, between, hour, minute, second, fraction, [zone, offset]) => {
      const text = `${year}-${month}-${day}${between}${hour}:${minute}:${second}${fraction === null ? '' : `.${fraction}`}${zone}`
      const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 &&
        secondsAt(Number(year), Number(month) - 1, Number(day), 0) < secondsAt(Number(year), Number(month), 1, 0)
      const isTime = Number(minute) < 60 && Number(second) < 60
      const expected = isDay && isTime
        ? secondsAt(Number(year), Number(month) - 1, Number(day), Number(hour) * 3600 + Number(minute) * 60 + Number(second)) - offset
        : 'FST_ETAG_INVALID_DATE'
      return read(text) === expected || fail(`${text} is ${read(text)}, and the calendar says ${expected}`)
    }), { numRuns: 3000 })

  fc.assert(fc.property(fc.oneof(anything, fc.double(), fc.date(), fc.string()), at => {
    const found = read(at)
    if (at === null || at === undefined) return found === undefined
    return found === 'FST_ETAG_INVALID_DATE' || (Number.isInteger(found) && parseHttpDate(formatHttpDate(found as number), now) === found) || fail(String(found))
  }), { numRuns: 2000 })
})
