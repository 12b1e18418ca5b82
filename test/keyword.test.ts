import t from 'tap'
import { hasKeyword, KeywordReader, mentionsKeyword } from '../lib/keyword.js'
import { nodeOf, type SharedSchemas } from '../lib/schema-graph.js'

const PLACE = 'GET /documents/:id, schema.response.200'
const added: Record<string, unknown> = {
  Document: { $id: 'Document', 'x-etag': { policy: 'REQUIRED' } },
  Loop: { $id: 'Loop', type: 'integer', allOf: [{ $ref: 'Loop#' }], 'x-etag': 'version' },
  Tangle: { $id: 'Tangle', anyOf: [{ $ref: 'Tangle#' }, { 'x-etag': true }] }
}
const shared: SharedSchemas = { get: id => added[id], all: () => added }
const reader = new KeywordReader(PLACE, shared)
const saidOf = (schema: object): unknown => reader.saidOf(nodeOf(schema)!)
const fieldOf = (schema: object): unknown => reader.fieldOf(nodeOf(schema)!)

t.test('the keyword is found on a node, in it, and in what it refers to', async t => {
  const table = [
    [{ 'x-etag': 'version' }, true, true],
    [{ properties: { a: { 'x-etag': true } } }, false, true],
    [{ $ref: 'Document#' }, false, true],
    [{ properties: { 'x-etag': {} } }, false, false],
    [{ $ref: 'Nobody#' }, false, false]
  ] as const
  for (const [schema, stands, isMentioned] of table) {
    t.equal(hasKeyword(nodeOf(schema)!), stands, JSON.stringify(schema))
    t.equal(mentionsKeyword(schema, shared), isMentioned, JSON.stringify(schema))
  }
  t.equal(mentionsKeyword(true, shared), false)
})

t.test('a text marks a field, whose types may name a state', async t => {
  const table = [
    [{ 'x-etag': 'version', type: ['integer', 'null'] }, 'version'],
    [{ 'x-etag': 'last-modified', type: 'Date' }, 'last-modified'],
    [{ 'x-etag': 'id', anyOf: [{ type: 'string' }, { $ref: 'Nobody#' }] }, 'id'],
    [{ $ref: 'Loop#', 'x-etag': 'version' }, 'version'],
    [{ 'x-etag': true }, undefined],
    [{}, undefined]
  ] as const
  for (const [schema, field] of table) t.equal(fieldOf(schema), field, JSON.stringify(schema))
})

t.test('anything else is said of the whole: by the node, else by what stands in its place, of which the strictest holds', async t => {
  const table = [
    [{ 'x-etag': true }, {}],
    [{ 'x-etag': { policy: 'OPTIONAL', weak: true } }, { policy: 'OPTIONAL', weak: true }],
    [{ 'x-etag': { policy: 'OPTIONAL' }, $ref: 'Document#' }, { policy: 'OPTIONAL' }],
    [{ allOf: [{ 'x-etag': { policy: 'OPTIONAL' } }, { 'x-etag': { weak: false } }, { $ref: 'Document#' }] }, { policy: 'REQUIRED', weak: false }],
    [{ $ref: 'Tangle#' }, {}],
    [{ 'x-etag': 'version' }, undefined],
    [{ properties: { a: { 'x-etag': true } } }, undefined]
  ] as const
  for (const [schema, said] of table) t.strictSame(saidOf(schema), said, JSON.stringify(schema))
})

t.test('what the keyword cannot say is refused by the name of its place', async t => {
  const refused = (what: string) => ({ code: 'FST_ETAG_INVALID_ANNOTATION', message: `${PLACE}: ${what}` })
  const field = "x-etag of a field must be 'version' or 'last-modified' or 'id', found 'Version'"
  t.throws(() => fieldOf({ 'x-etag': 'Version' }), refused(field))
  t.throws(() => fieldOf({ 'x-etag': 'id', type: ['string', 'null'] }), refused('id stands on a field whose type is null'))
  const table = [
    [7, 'x-etag of an object must be true or { policy?, weak? }, found 7'],
    [{ polcy: 'REQUIRED' }, 'x-etag of an object knows policy and weak, and not polcy'],
    [{ policy: 'required' }, "policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', found \"required\""],
    [{ weak: 1 }, 'weak must be a boolean, found 1']
  ] as const
  for (const [said, what] of table) t.throws(() => saidOf({ 'x-etag': said }), refused(what))
})
