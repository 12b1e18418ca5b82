import t from 'tap'
import type { FastifyError } from '@fastify/error'
import { readPluginOptions, readRouteOptions } from '../lib/options.js'

const ROUTE = 'PUT /documents/:id'

const POLICY = "'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', "

const SHARED: Readonly<Record<string, string>> = {
  source: "a field, { field: 'path.to.field' }, { timestamp: field or fields, precision?: 'ms' }, a function of state and request, { members: one of these, id?: field, at?: 'path.to.list' } or { digest: algorithm of node:crypto or function of the body }",
  weak: 'a boolean',
  lastModified: 'a field, a list of fields or a function of state and request',
  at: "'preHandler' or 'onRequest'",
  missing: '428 or 409',
  checkEtagParam: 'a boolean',
  accept: "a list of 'If-Match: *', 'If-None-Match' and 'If-Unmodified-Since'",
  enforce: 'a boolean or a function of the request',
  create: "'never', 'may' or 'only'",
  createIgnoresIfMatch: 'a boolean',
  tolerate: '{ weak?: boolean, suffix?: boolean, unquoted?: boolean }',
  variant: 'a function of the request',
  answer: 'a boolean',
  unguarded: "'warn', 'error' or 'off'",
  isConflict: 'a function of an error',
  isDuplicateKey: 'a function of an error',
  headers: 'an object of header fields or a function of state and request that returns one',
  disclose: 'a boolean or a function of the request',
  problem: 'a function of problem and request'
}

/** Where options are read, how the place is called, and what each of its options takes, in the order in which they are listed. */
const PLACES: ReadonlyArray<{ where: string, read: (given: object) => object, options: Readonly<Record<string, string>> }> = [
  {
    where: 'fastify-etag-policy',
    read: readPluginOptions,
    options: { policy: `${POLICY}an object of these by kind, or a function of request and state`, ...SHARED, allReads: 'a boolean' }
  },
  {
    where: `${ROUTE}, config.etag`,
    read: given => readRouteOptions(given, ROUTE),
    options: { policy: `${POLICY}or a function of request and state`, kind: 'a text', load: 'a function of request and purpose', loadValidators: 'a function of the request', parseVersion: 'a function of a text', bulk: "a boolean or { waive: 'why' }", schema: 'a JSON schema', ...SHARED }
  }
]
const ADDED: Readonly<Record<string, string>> = { of: 'a function', guarded: 'a function', tag: 'a function' }

/** The code and the whole message of what is thrown. */
function errorOf (read: () => unknown): string {
  try {
    read()
  } catch (error) {
    const { code, message } = error as FastifyError
    return `${code}: ${message}`
  }
  return 'no error'
}

const NO_BOOLEAN = [['yes', "'yes'"], ['true', "'true'"], [1, '1'], [0, '0'], [null, 'null'], [{}, '{}'], [[], '[]']] as const

type Values = ReadonlyArray<readonly [value: unknown, found: string]>

const WRONG: Readonly<Record<string, Values>> = {
  policy: [
    ['required', "'required'"],
    ['Optional', "'Optional'"],
    ['', "''"],
    [null, 'null'],
    [true, 'true'],
    [['REQUIRED'], "[ 'REQUIRED' ]"],
    [{}, '{}'],
    [{ doc: 'required' }, "{ doc: 'required' }"],
    [{ db: 'REQUIRED', doc: undefined }, "{ db: 'REQUIRED', doc: undefined }"],
    [{ doc: { db: 'REQUIRED' } }, "{ doc: { db: 'REQUIRED' } }"]
  ],
  kind: [['', "''"], [7, '7'], [null, 'null'], [['doc'], "[ 'doc' ]"]],
  load: [['find', "'find'"], [null, 'null'], [{}, '{}'], [true, 'true']],
  loadValidators: [['find', "'find'"], [null, 'null'], [{}, '{}'], [true, 'true']],
  parseVersion: [['number', "'number'"], [null, 'null'], [{}, '{}'], [true, 'true']],
  source: [
    ['', "''"],
    [7, '7'],
    [null, 'null'],
    [true, 'true'],
    [{}, '{}'],
    [['version'], "[ 'version' ]"],
    [{ field: '' }, "{ field: '' }"],
    [{ field: 1 }, '{ field: 1 }'],
    [{ field: 'a..b' }, "{ field: 'a..b' }"],
    [{ field: '.a' }, "{ field: '.a' }"],
    [{ field: 'a.' }, "{ field: 'a.' }"],
    [{ field: '.' }, "{ field: '.' }"],
    [{ field: ['a', 'b'] }, "{ field: [ 'a', 'b' ] }"],
    [{ feild: 'version' }, "{ feild: 'version' }"],
    [{ field: 'version', weak: true }, "{ field: 'version', weak: true }"],
    [{ timestmap: 'x' }, "{ timestmap: 'x' }"],
    [{ timestamp: '' }, "{ timestamp: '' }"],
    [{ timestamp: [] }, '{ timestamp: [] }'],
    [{ timestamp: ['updated', ''] }, "{ timestamp: [ 'updated', '' ] }"],
    [{ timestamp: 7 }, '{ timestamp: 7 }'],
    [{ timestamp: 'updated', precision: 's' }, "{ timestamp: 'updated', precision: 's' }"],
    [{ timestamp: 'updated', precision: 3 }, "{ timestamp: 'updated', precision: 3 }"],
    [{ precision: 'ms' }, "{ precision: 'ms' }"],
    [{ timestamp: 'updated', field: 'rev' }, "{ timestamp: 'updated', field: 'rev' }"],
    [{ digest: 'sha265' }, "{ digest: 'sha265' }"],
    [{ digest: '' }, "{ digest: '' }"],
    [{ digest: true }, '{ digest: true }'],
    [{ digest: 'sha256', encoding: 'hex' }, "{ digest: 'sha256', encoding: 'hex' }"],
    [{ members: { digest: 'sha256' } }, "{ members: { digest: 'sha256' } }"],
    [{ members: '' }, "{ members: '' }"],
    [{ members: { members: 'version' } }, "{ members: { members: 'version' } }"],
    [{ members: { field: 'a..b' } }, "{ members: { field: 'a..b' } }"],
    [{ members: 'version', id: '' }, "{ members: 'version', id: '' }"],
    [{ members: 'version', at: 'a.' }, "{ members: 'version', at: 'a.' }"],
    [{ members: 'version', ordered: true }, "{ members: 'version', ordered: true }"],
    [{ id: 'id', at: 'items' }, "{ id: 'id', at: 'items' }"]
  ],
  bulk: [['true', "'true'"], [null, 'null'], [{}, '{}'], [{ waive: '' }, "{ waive: '' }"], [{ waive: ' ' }, "{ waive: ' ' }"], [{ waive: true }, '{ waive: true }'], [{ waive: 'x', why: 'y' }, "{ waive: 'x', why: 'y' }"]],
  schema: [['Document', "'Document'"], [true, 'true'], [null, 'null']],
  weak: NO_BOOLEAN,
  lastModified: [
    ['', "''"],
    [3, '3'],
    [null, 'null'],
    [[], '[]'],
    [['updated', ''], "[ 'updated', '' ]"],
    [['updated', 7], "[ 'updated', 7 ]"],
    [{ field: 'updated' }, "{ field: 'updated' }"],
    [new Date(0), '1970-01-01T00:00:00.000Z']
  ],
  at: [['prehandler', "'prehandler'"], ['preValidation', "'preValidation'"], ['', "''"], [true, 'true'], [null, 'null'], [['onRequest'], "[ 'onRequest' ]"]],
  missing: [[400, '400'], [412, '412'], [0, '0'], ['428', "'428'"], [428.5, '428.5'], [null, 'null'], [true, 'true']],
  checkEtagParam: NO_BOOLEAN,
  accept: [
    ['If-Match: *', "'If-Match: *'"],
    [['If-Match'], "[ 'If-Match' ]"],
    [['If-Match: *', 'If-Modified-Since'], "[ 'If-Match: *', 'If-Modified-Since' ]"],
    [['if-none-match'], "[ 'if-none-match' ]"],
    [[''], "[ '' ]"],
    [[undefined], '[ undefined ]'],
    [null, 'null'],
    [true, 'true'],
    [{}, '{}']
  ],
  enforce: NO_BOOLEAN,
  create: [[true, 'true'], ['always', "'always'"], ['May', "'May'"], ['', "''"], [null, 'null']],
  createIgnoresIfMatch: NO_BOOLEAN,
  tolerate: [
    [true, 'true'],
    [null, 'null'],
    ['weak', "'weak'"],
    [['weak'], "[ 'weak' ]"],
    [{ weak: 'yes' }, "{ weak: 'yes' }"],
    [{ weak: 1 }, '{ weak: 1 }'],
    [{ weak: null }, '{ weak: null }'],
    [{ week: true }, '{ week: true }'],
    [{ suffix: '-gzip' }, "{ suffix: '-gzip' }"],
    [{ weak: true, unquoted: 'no' }, "{ weak: true, unquoted: 'no' }"],
    [{ weak: true, Unquoted: true }, '{ weak: true, Unquoted: true }']
  ],
  variant: [['fields', "'fields'"], [null, 'null'], [{}, '{}'], [true, 'true']],
  answer: NO_BOOLEAN,
  unguarded: [['Warn', "'Warn'"], ['ignore', "'ignore'"], [false, 'false'], [null, 'null'], [1, '1']],
  isConflict: [['P2025', "'P2025'"], [true, 'true'], [null, 'null'], [{}, '{}']],
  isDuplicateKey: [['P2002', "'P2002'"], [false, 'false'], [null, 'null'], [[], '[]']],
  headers: [
    ['no-cache', "'no-cache'"],
    [null, 'null'],
    [true, 'true'],
    [[], '[]'],
    [['cache-control', 'no-cache'], "[ 'cache-control', 'no-cache' ]"],
    [{ vary: () => 'accept' }, '{ vary: [Function: vary] }'],
    [{ vary: null }, '{ vary: null }'],
    [{ vary: undefined }, '{ vary: undefined }'],
    [{ vary: true }, '{ vary: true }'],
    [{ vary: {} }, '{ vary: {} }'],
    [{ vary: ['accept', 7] }, "{ vary: [ 'accept', 7 ] }"],
    [{ vary: 'accept', age: NaN }, "{ vary: 'accept', age: NaN }"]
  ],
  disclose: NO_BOOLEAN,
  problem: [[true, 'true'], [null, 'null'], ['problem', "'problem'"], [{}, '{}'], [{ type: 'about:blank' }, "{ type: 'about:blank' }"]],
  allReads: NO_BOOLEAN,
  of: [[7, '7'], [null, 'null']],
  guarded: [['x', "'x'"], [{}, '{}']],
  tag: [['x', "'x'"], [{}, '{}']]
}

t.test('a wrong value stops the start and says where, which option, what was expected and what was found', async t => {
  for (const { where, read, options } of PLACES) {
    for (const [option, expected] of Object.entries(options)) {
      for (const [value, found] of WRONG[option]!) {
        // a right one beside it does not help
        for (const beside of [{}, { answer: true, policy: 'OPTIONAL' }]) {
          t.equal(errorOf(() => read({ ...beside, [option]: value })), `FST_ETAG_INVALID_OPTION: ${where}: ${option} must be ${expected}, found ${found}`)
        }
      }
    }
  }
})

t.test('what defineEtag adds to a definition is held to be functions', async t => {
  const [, { where, read }] = PLACES as [unknown, typeof PLACES[number]]
  for (const [option, expected] of Object.entries(ADDED)) {
    for (const [value, found] of WRONG[option]!) {
      t.equal(errorOf(() => read({ [option]: value })), `FST_ETAG_INVALID_OPTION: ${where}: ${option} must be ${expected}, found ${found}`)
    }
  }
})

t.test('policies by kind are no policy of a route', async t => {
  t.equal(errorOf(() => readRouteOptions({ policy: { doc: 'REQUIRED' }, kind: 'doc' }, ROUTE)),
    `FST_ETAG_INVALID_OPTION: ${ROUTE}, config.etag: policy must be ${POLICY}or a function of request and state, found { doc: 'REQUIRED' }`)
})

t.test('a kind without a name is no kind, in policies by kind as on a route', async t => {
  t.match(errorOf(() => readPluginOptions({ policy: { '': 'REQUIRED' } })), /^FST_ETAG_INVALID_OPTION: fastify-etag-policy: policy must be /)
})

t.test('header fields in an object that does not list them are refused, since none of them would be sent', async t => {
  for (const headers of [new Headers({ vary: 'accept' }), new Map([['vary', 'accept']])]) {
    t.match(errorOf(() => readPluginOptions({ headers })), /^FST_ETAG_INVALID_OPTION: fastify-etag-policy: headers must be /, headers.constructor.name)
  }
})

t.test('a misspelt option stops the start, and the known ones are listed', async t => {
  for (const { where, read, options } of PLACES) {
    const known = Object.keys(options).join(', ')
    for (const option of ['polcy', 'Policy', 'etag', 'toString', 'constructor', 'hasOwnProperty']) {
      t.equal(errorOf(() => read({ policy: 'REQUIRED', [option]: 'REQUIRED' })),
        `FST_ETAG_INVALID_OPTION: ${where}: there is no option ${option}; the options are ${known}`)
    }
  }
})

t.test('an option is called as it was written, whatever characters it has', async t => {
  for (const option of ['a/b', 'a~b', 'weak/', '%s', 'a b', '']) {
    t.match(errorOf(() => readPluginOptions({ [option]: true })), `fastify-etag-policy: there is no option ${option}; the options are `, `'${option}'`)
  }
})

t.test('what belongs to one place is no option of the other', async t => {
  for (const option of ['load', 'loadValidators', 'parseVersion', 'kind', 'bulk', 'schema', 'of', 'guarded', 'tag']) {
    t.match(errorOf(() => readPluginOptions({ [option]: () => null })), `there is no option ${option};`)
  }
  for (const option of ['allReads', 'prefix', 'logLevel', 'logSerializers']) {
    t.match(errorOf(() => readRouteOptions({ policy: 'REQUIRED', [option]: true }, ROUTE)), `there is no option ${option};`)
  }
})

t.test('what is no object has no options', async t => {
  const table = [[undefined, 'undefined'], [null, 'null'], [true, 'true'], ['version', "'version'"], [7, '7'], [[], '[]']] as const
  for (const [given, found] of table) {
    t.equal(errorOf(() => readRouteOptions(given, ROUTE)), `FST_ETAG_INVALID_OPTION: ${ROUTE}, config.etag: expected an object, found ${found}`)
  }
  t.equal(errorOf(() => readPluginOptions([])), 'FST_ETAG_INVALID_OPTION: fastify-etag-policy: expected an object, found []')
})

t.test('what register passes along is left out, whatever it is', async t => {
  for (const option of ['prefix', 'logLevel', 'logSerializers']) {
    for (const value of [undefined, {}, '/v1']) {
      t.strictSame(readPluginOptions({ policy: 'REQUIRED', [option]: value }), { policy: 'REQUIRED' }, option)
    }
  }
})

const A_FUNCTION = () => null

const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  policy: ['REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL'],
  kind: ['doc', ' '],
  load: [A_FUNCTION, async () => null],
  loadValidators: [A_FUNCTION, async () => null],
  parseVersion: [A_FUNCTION, Number],
  source: [
    'version', 'meta.rev', 'a..b', { field: 'rev' }, { field: 'meta.rev' }, { field: 'items.0.rev' }, { timestamp: 'updated' },
    { timestamp: ['updated', 'created'] }, { timestamp: 'updated', precision: 'ms' }, { timestamp: 'updated', precision: undefined }, A_FUNCTION,
    { members: 'version' }, { members: { field: 'meta.rev' }, id: '_id' }, { members: A_FUNCTION, at: 'data.items' }, { members: { timestamp: ['a', 'b'] }, id: 'key', at: 'items' },
    { digest: 'sha1' }, { digest: 'sha512-256' }, { digest: A_FUNCTION }
  ],
  bulk: [true, false, { waive: 'appends commute' }],
  schema: [{}, { type: 'object', properties: {} }],
  weak: [true, false],
  lastModified: ['updated', ['updated'], ['updated', 'created'], A_FUNCTION],
  at: ['preHandler', 'onRequest'],
  missing: [428, 409],
  checkEtagParam: [true, false],
  accept: [[], ['If-Match: *'], ['If-Match: *', 'If-None-Match', 'If-Unmodified-Since']],
  enforce: [true, false, A_FUNCTION],
  create: ['never', 'may', 'only'],
  createIgnoresIfMatch: [true, false],
  tolerate: [{}, { weak: true }, { suffix: true }, { unquoted: false }, { weak: false, unquoted: true }],
  variant: [A_FUNCTION],
  answer: [true, false],
  unguarded: ['warn', 'error', 'off'],
  isConflict: [A_FUNCTION],
  isDuplicateKey: [A_FUNCTION],
  headers: [{}, { 'cache-control': 'no-cache', age: 0, vary: ['accept', 'accept-language'], link: [] }, A_FUNCTION],
  disclose: [true, false, A_FUNCTION],
  problem: [A_FUNCTION],
  allReads: [true, false],
  of: [A_FUNCTION],
  guarded: [A_FUNCTION],
  tag: [A_FUNCTION]
}

t.test('every right value is taken as it is, and undefined is the same as nothing', async t => {
  for (const { where, read, options } of PLACES) {
    for (const option of Object.keys(options)) {
      for (const value of [...RIGHT[option]!, undefined]) {
        const taken = read({ [option]: value }) as Readonly<Record<string, unknown>>
        t.equal(taken[option], value, `${where}: ${option}`)
      }
    }
  }
  for (const option of Object.keys(ADDED)) t.strictSame(readRouteOptions({ [option]: A_FUNCTION }, ROUTE), { [option]: A_FUNCTION })
  const policy = { db: 'REQUIRED', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' } as const
  t.equal(readPluginOptions({ policy }).policy, policy)
})

t.test('the object of the caller is neither changed nor filled with defaults, and may be frozen', async t => {
  for (const { read } of PLACES) {
    const source = Object.freeze({ field: 'meta.rev' })
    const given = Object.freeze({ source, tolerate: Object.freeze({ weak: true }) })
    const taken = read(given) as typeof given
    t.strictSame(taken, { source: { field: 'meta.rev' }, tolerate: { weak: true } })
    t.equal(taken.source, source)

    const registered = { prefix: '/v1', policy: 'OPTIONAL' }
    readPluginOptions(registered)
    t.strictSame(registered, { prefix: '/v1', policy: 'OPTIONAL' })
    t.strictSame(read({}), {})
  }
})

t.test('the options of a route stay the object that was given, since it is the identity of a definition', async t => {
  const given = { source: 'version' }
  t.equal(readRouteOptions(given, ROUTE), given)
})
