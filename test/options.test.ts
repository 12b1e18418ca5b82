import t from 'tap'
import type { FastifyError } from '@fastify/error'
import type { TSchema } from '@sinclair/typebox'
import { pluginOptionsSchema, readPluginOptions, readRouteOptions, routeOptionsSchema } from '../lib/options.js'

const ROUTE = 'PUT /documents/:id'
const PLACES = [
  { where: 'fastify-etag-policy', schema: pluginOptionsSchema, read: readPluginOptions, known: 'policy, source, lastModified' },
  {
    where: `${ROUTE}, config.etag`,
    schema: routeOptionsSchema,
    read: (given: object) => readRouteOptions(given, ROUTE),
    known: 'policy, source, lastModified, load, create'
  }
] as const

const POLICY = "'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL'"
const SOURCE = "a field, { field: 'path.to.field' } or a function of state and request"
const LAST_MODIFIED = 'a field, a list of fields or a function of state and request'
const LOAD = 'a function of request and purpose'
const CREATE = "'never', 'may' or 'only'"

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

const WRONG: ReadonlyArray<readonly [option: string, value: unknown, expected: string, found: string]> = [
  ['policy', 'required', POLICY, "'required'"],
  ['policy', '', POLICY, "''"],
  ['policy', null, POLICY, 'null'],
  ['policy', true, POLICY, 'true'],
  ['policy', ['REQUIRED'], POLICY, "[ 'REQUIRED' ]"],
  ['source', '', SOURCE, "''"],
  ['source', 7, SOURCE, '7'],
  ['source', null, SOURCE, 'null'],
  ['source', {}, SOURCE, '{}'],
  ['source', ['version'], SOURCE, "[ 'version' ]"],
  ['source', { field: '' }, SOURCE, "{ field: '' }"],
  ['source', { field: 1 }, SOURCE, '{ field: 1 }'],
  ['source', { feild: 'version' }, SOURCE, "{ feild: 'version' }"],
  ['source', { field: 'version', weak: true }, SOURCE, "{ field: 'version', weak: true }"],
  ['lastModified', '', LAST_MODIFIED, "''"],
  ['lastModified', [], LAST_MODIFIED, '[]'],
  ['lastModified', ['updated', ''], LAST_MODIFIED, "[ 'updated', '' ]"],
  ['lastModified', ['updated', 7], LAST_MODIFIED, "[ 'updated', 7 ]"],
  ['lastModified', { field: 'updated' }, LAST_MODIFIED, "{ field: 'updated' }"],
  ['lastModified', new Date(0), LAST_MODIFIED, '1970-01-01T00:00:00.000Z'],
  ['load', 'find', LOAD, "'find'"],
  ['load', null, LOAD, 'null'],
  ['load', {}, LOAD, '{}'],
  ['create', true, CREATE, 'true'],
  ['create', 'always', CREATE, "'always'"],
  ['create', null, CREATE, 'null'],
  ['of', 7, 'a function', '7'],
  ['tag', 'x', 'a function', "'x'"]
]

t.test('a wrong value stops the start and says where, which option, what was expected and what was found', async t => {
  for (const { where, schema, read } of PLACES) {
    for (const [option, value, expected, found] of WRONG.filter(([option]) => option in schema.properties)) {
      t.equal(errorOf(() => read({ [option]: value })), `FST_ETAG_INVALID_OPTION: ${where}: ${option} must be ${expected}, found ${found}`)
    }
  }
})

t.test('every option has a row above, a description and a text for what it expects', async t => {
  for (const { schema, known } of PLACES) {
    const properties = schema.properties as Record<string, TSchema>
    t.strictSame(Object.keys(properties).filter(name => !WRONG.some(([option]) => option === name)), [])
    for (const name of known.split(', ')) {
      t.match(properties[name]!.description, /^[A-Z].*[.?]$/, `${name} has a description`)
      t.type(properties[name]!.expected, 'string', `${name} has an expected text`)
    }
  }
})

t.test('a misspelt option stops the start, and the known ones are listed', async t => {
  for (const { where, read, known } of PLACES) {
    for (const option of ['polcy', 'Policy', 'etag']) {
      t.equal(errorOf(() => read({ policy: 'REQUIRED', [option]: 'REQUIRED' })),
        `FST_ETAG_INVALID_OPTION: ${where}: there is no option ${option}; the options are ${known}`)
    }
  }
  t.throws(() => readPluginOptions({ load: () => null }), { message: /there is no option load;/ }, 'load belongs to a route')
  t.throws(() => readPluginOptions({ create: 'may' }), { message: /there is no option create;/ }, 'create belongs to a route')
})

t.test('a name that every object inherits is no option either', async t => {
  for (const { where, read, known } of PLACES) {
    for (const option of ['toString', 'constructor']) {
      t.equal(errorOf(() => read({ [option]: 'REQUIRED' })),
        `FST_ETAG_INVALID_OPTION: ${where}: there is no option ${option}; the options are ${known}`)
    }
  }
})

t.test('what is no object has no options', async t => {
  const table = [[undefined, 'undefined'], [null, 'null'], [true, 'true'], ['version', "'version'"], [7, '7'], [[], '[]']] as const
  for (const [given, found] of table) {
    t.equal(errorOf(() => readRouteOptions(given, ROUTE)), `FST_ETAG_INVALID_OPTION: ${ROUTE}, config.etag: expected an object, found ${found}`)
  }
  t.equal(errorOf(() => readPluginOptions([])), 'FST_ETAG_INVALID_OPTION: fastify-etag-policy: expected an object, found []')
})

t.test('what register passes along is no option of a route', async t => {
  for (const option of ['prefix', 'logLevel', 'logSerializers']) {
    t.strictSame(readPluginOptions({ policy: 'REQUIRED', [option]: undefined }), { policy: 'REQUIRED' })
    t.strictSame(readPluginOptions({ policy: 'REQUIRED', [option]: {} }), { policy: 'REQUIRED' })
    t.throws(() => readRouteOptions({ policy: 'REQUIRED', [option]: {} }, ROUTE), { message: new RegExp(`there is no option ${option};`) })
  }
})

t.test('every right value is taken as it is, and undefined is the same as nothing', async t => {
  const table: ReadonlyArray<readonly [option: string, values: readonly unknown[]]> = [
    ['policy', ['REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL', undefined]],
    ['source', ['version', 'meta.rev', { field: 'meta.rev' }, () => null, undefined]],
    ['lastModified', ['updated', ['updated'], ['updated', 'created'], () => null, undefined]],
    ['load', [() => null, async () => null, undefined]],
    ['create', ['never', 'may', 'only', undefined]],
    ['of', [() => null]],
    ['tag', [() => '"1"']]
  ]
  for (const [option, values] of table) {
    for (const { read } of PLACES.filter(({ schema }) => option in schema.properties)) {
      for (const value of values) {
        const options = read({ [option]: value }) as Record<string, unknown>
        t.equal(options[option], value, `${option}: ${String(value)}`)
      }
    }
  }
})

t.test('the object of the caller is neither changed nor filled with defaults, and may be frozen', async t => {
  for (const { read } of PLACES) {
    const source = Object.freeze({ field: 'meta.rev' })
    const given = Object.freeze({ source })
    t.strictSame(read(given), { source: { field: 'meta.rev' } })
    t.equal(read(given).source, source)

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
