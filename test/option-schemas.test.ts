import t from 'tap'
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { pluginOptionsSchema, routeOptionsSchema } from '../lib/option-schemas.js'

const SHARED = [
  'source', 'weak', 'lastModified', 'at', 'missing', 'checkEtagParam', 'accept', 'enforce', 'create', 'createIgnoresIfMatch', 'tolerate', 'variant', 'answer', 'unguarded', 'isConflict', 'isDuplicateKey', 'headers', 'disclose', 'problem'
]
// what defineEtag adds to a definition; no user writes it
const ADDED = ['of', 'guarded', 'tag']

const SCHEMAS = [
  { name: 'plugin', schema: pluginOptionsSchema, options: ['policy', ...SHARED, 'allReads'] },
  { name: 'route', schema: routeOptionsSchema, options: ['policy', 'kind', 'load', 'loadValidators', 'parseVersion', 'bulk', 'schema', ...SHARED] }
] as const

const DEFAULTS: Readonly<Record<string, unknown>> = {
  policy: 'OPTIONAL',
  bulk: false,
  weak: false,
  at: 'preHandler',
  missing: 428,
  checkEtagParam: false,
  accept: [],
  enforce: true,
  create: 'may',
  createIgnoresIfMatch: false,
  tolerate: {},
  answer: true,
  unguarded: 'warn',
  disclose: true,
  allReads: false
}

const propertiesOf = (schema: TSchema) => schema.properties as Readonly<Record<string, TSchema>>

t.test('plugin and route know the same settings, besides what only one of them can say', async t => {
  t.strictSame(Object.keys(pluginOptionsSchema.properties).sort(), [...SCHEMAS[0].options].sort())
  t.strictSame(Object.keys(routeOptionsSchema.properties).sort(), [...SCHEMAS[1].options, ...ADDED].sort())
  for (const option of SHARED) t.strictSame(propertiesOf(pluginOptionsSchema)[option], propertiesOf(routeOptionsSchema)[option], option)
})

t.test('every option says what it takes and what it is for', async t => {
  for (const { name, schema, options } of SCHEMAS) {
    for (const option of options) {
      const { expected, description } = propertiesOf(schema)[option]!
      t.match(expected, /^(?:an? |'|\{ |[0-9]).*[a-z0-9}')]$/, `${name}, ${option}: expected`)
      t.match(description, /^[A-Z`].*[.?]$/, `${name}, ${option}: description`)
    }
  }
})

t.test('an option that takes one of a few values lists them, and takes no other', async t => {
  const table = [
    [routeOptionsSchema.properties.at, ['preHandler', 'onRequest'], "'preHandler' or 'onRequest'"],
    [routeOptionsSchema.properties.missing, [428, 409], '428 or 409'],
    [routeOptionsSchema.properties.create, ['never', 'may', 'only'], "'never', 'may' or 'only'"],
    [routeOptionsSchema.properties.unguarded, ['warn', 'error', 'off'], "'warn', 'error' or 'off'"]
  ] as const
  for (const [schema, values, expected] of table) {
    t.equal(schema.expected, expected)
    for (const value of values) {
      t.equal(Value.Check(schema, value), true, String(value))
      const near = typeof value === 'string' ? [value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase(), `${value} `] : [String(value), value + 1]
      for (const other of near) t.equal(Value.Check(schema, other), false, `${typeof other} ${other}`)
    }
  }
})

t.test('the defaults are those of the design, and are values that one could have given', async t => {
  for (const { name, schema, options } of SCHEMAS) {
    for (const option of options) {
      const { default: value } = propertiesOf(schema)[option]!
      t.strictSame(value, DEFAULTS[option], `${name}, ${option}`)
      if (option in DEFAULTS) t.equal(Value.Check(schema, { [option]: value }), true, `${name}, ${option}: the default is valid`)
    }
  }
})

t.test('no option must be given, and nothing else may be', async t => {
  for (const { name, schema, options } of SCHEMAS) {
    t.equal(Value.Check(schema, {}), true, name)
    for (const option of options) t.equal(Value.Check(schema, { [option]: undefined }), true, `${name}, ${option}`)
    t.equal(Value.Check(schema, { polcy: 'REQUIRED' }), false, name)
  }
})

t.test('policies by kind are for the plugin and its scopes, one route has one policy', async t => {
  const table: ReadonlyArray<readonly [policy: unknown, ofPlugin: boolean, ofRoute: boolean]> = [
    ['REQUIRED', true, true],
    [{ doc: 'OPTIONAL' }, true, false],
    [{ db: 'REQUIRED', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' }, true, false],
    [{}, false, false],
    [{ db: 'required' }, false, false]
  ]
  for (const [policy, ofPlugin, ofRoute] of table) {
    t.equal(Value.Check(pluginOptionsSchema, { policy }), ofPlugin, `${JSON.stringify(policy)}, plugin`)
    t.equal(Value.Check(routeOptionsSchema, { policy }), ofRoute, `${JSON.stringify(policy)}, route`)
  }
})
