import t from 'tap'
import { Kind, OptionalKind, Type } from '@sinclair/typebox'
import { relieved } from '../lib/request-schemas.js'

const said = { type: 'integer', 'x-etag': 'version' } as const
const plain = { type: 'integer' } as const

t.test('the keyword is taken from the schemas of requests, wherever a schema stands, and from nothing else', async t => {
  const table: ReadonlyArray<readonly [given: object, left: object]> = [
    [said, plain],
    [{ properties: { version: said, text: { type: 'string' } } }, { properties: { version: plain, text: { type: 'string' } } }],
    [{ type: 'object', 'x-etag': { policy: 'REQUIRED' }, properties: {} }, { type: 'object', properties: {} }],
    [{ items: said }, { items: plain }],
    [{ items: [said, plain] }, { items: [plain, plain] }],
    [{ allOf: [{ $ref: 'A' }, { properties: { a: said } }] }, { allOf: [{ $ref: 'A' }, { properties: { a: plain } }] }],
    [{ anyOf: [said], oneOf: [said], not: said, if: said, then: said, else: said }, { anyOf: [plain], oneOf: [plain], not: plain, if: plain, then: plain, else: plain }],
    [{ $defs: { a: said }, definitions: { a: said }, patternProperties: { a: said }, dependentSchemas: { a: said } },
      { $defs: { a: plain }, definitions: { a: plain }, patternProperties: { a: plain }, dependentSchemas: { a: plain } }],
    [{ additionalProperties: said, contains: said, propertyNames: said, prefixItems: [said] }, { additionalProperties: plain, contains: plain, propertyNames: plain, prefixItems: [plain] }],
    [{ content: { 'application/json': { schema: said } } }, { content: { 'application/json': { schema: plain } } }]
  ]
  for (const [given, left] of table) {
    const frozen = JSON.stringify(given)
    for (const part of ['body', 'querystring', 'query', 'params', 'headers']) t.strictSame(relieved({ [part]: given, summary: 'x' }), { [part]: left, summary: 'x' }, `${part} ${frozen}`)
    t.equal(JSON.stringify(given), frozen, 'the given one is what it was')
  }
  const schema = { response: { 200: said }, body: { properties: { 'x-etag': { type: 'string' } }, const: { 'x-etag': 1 }, default: { 'x-etag': 1 }, enum: [{ 'x-etag': 1 }] }, tags: ['a'] }
  t.equal(relieved(schema), schema, 'answers, a field of that name, and values are left alone')
  for (const odd of [{}, { body: null }, { body: true }, { body: { properties: null } }, { params: 'x' }]) t.equal(relieved(odd), odd)
})

t.test('a copy keeps what TypeBox tells its types by, and may be made of what is frozen', async t => {
  const text = Type.Optional(Type.String())
  const body = Type.Object({ version: Type.Optional(Type.Integer({ 'x-etag': 'version' })), text })
  const { body: copy } = relieved({ body: Object.freeze(body) })
  t.equal(copy[Kind], 'Object')
  t.equal(copy.properties.version[Kind], 'Integer')
  t.equal(copy.properties.version[OptionalKind], 'Optional')
  t.equal(copy.properties.text, text, 'what does not change is not copied')
  t.notOk('x-etag' in copy.properties.version)
  const hidden = Object.defineProperty({ type: 'integer', 'x-etag': 'version' }, '~kind', { value: 'Integer' })
  t.equal((relieved({ body: hidden }).body as unknown as { '~kind': string })['~kind'], 'Integer')
})

t.test('a schema that contains itself is no trap', async t => {
  const body: Record<string, unknown> = { 'x-etag': true }
  body.properties = { self: body, version: said }
  const { body: copy } = relieved({ body }) as { body: { properties: { version: object } } }
  t.strictSame(copy.properties.version, plain)
})

t.test('what is used in many places is copied once', async t => {
  let body: object = { properties: { version: said } }
  for (let level = 0; level < 60; level++) body = { properties: { left: body, right: body } }
  const { body: copy } = relieved({ body }) as { body: { properties: { left: object, right: object } } }
  t.not(copy, body)
  t.equal(copy.properties.left, copy.properties.right)
})
