import t from 'tap'
import { anyOf, nodeOf, partsOf, resolveRef, standInsOf, within, type SharedSchemas } from '../lib/schema-graph.js'

const NONE: SharedSchemas = { get: () => undefined, all: () => ({}) }

t.test('a schema consists of what stands where schemas stand, by name and in place, and of nothing else', async t => {
  const [a, b, c, d] = [{ title: 'a' }, { title: 'b' }, { title: 'c' }, { title: 'd' }]
  const schema = { properties: { a, x: true }, $defs: { b }, items: [c], not: d, const: a, default: b, enum: [c], examples: [d], required: ['a'] }
  t.strictSame(partsOf(nodeOf(schema)!).map(({ schema }) => schema.title), ['a', 'b', 'c', 'd'])
  for (const odd of [null, undefined, true, 'x', [], { parse () {} }]) t.equal(nodeOf(odd), undefined)
  t.strictSame(partsOf(nodeOf({ properties: null, items: true, allOf: 'x' })!), [])
})

t.test('a reference is relative to the nearest $id, and finds embedded schemas, anchors and shared ones', async t => {
  const inner = { $id: 'Inner', $defs: { v: { title: 'v' } }, properties: { list: { items: [{ title: 'first' }] } } }
  const document = { $id: 'Outer', definitions: { inner, anchored: { $id: '#old', title: 'old' }, modern: { $anchor: 'new', title: 'new' } } }
  const shared: SharedSchemas = { get: id => id === 'Shared' ? { $id: 'Shared', title: 'shared' } : undefined, all: () => ({ Other: { $id: 'Other', $defs: { e: { $id: 'Embedded', title: 'embedded' } } }, odd: 7 }) }
  const node = nodeOf(document)!
  const titleOf = (ref: string, from = node) => resolveRef(ref, from, shared)?.schema.title
  t.equal(resolveRef('#', node, shared)?.schema, document)
  t.equal(resolveRef('Outer#', node, shared)?.schema, document)
  t.equal(resolveRef('Inner', node, shared)?.schema, inner)
  t.equal(titleOf('Inner#/$defs/v'), 'v')
  t.equal(titleOf('Inner#/properties/list/items/0'), 'first')
  t.equal(titleOf('#/$defs/v', within(node, inner)), 'v')
  t.equal(titleOf('#/$defs/v'), undefined)
  t.equal(titleOf('#old'), 'old')
  t.equal(titleOf('Outer#new'), 'new')
  t.equal(titleOf('#nowhere'), undefined, 'an anchor that is nowhere is not the whole')
  t.equal(titleOf('Shared#'), 'shared')
  t.equal(titleOf('Embedded'), 'embedded')
  t.equal(titleOf('Nowhere'), undefined)
  t.equal(titleOf('Shared#/title/of'), undefined)
})

t.test('each schema is looked at once, whatever refers to whatever', async t => {
  const looked: unknown[] = []
  const shared: SharedSchemas = { get: id => ({ a: { $ref: 'b' }, b: { $ref: 'a', title: 'b' } })[id], all: () => ({}) }
  const loop = { get: (id: string) => all[id as 'a' | 'b'], all: () => all }
  const all = { a: { $ref: 'b' }, b: { $ref: 'a', title: 'b' } }
  t.equal(anyOf(nodeOf({ $ref: 'a' })!, ({ schema }) => { looked.push(schema); return false }, loop), false)
  t.equal(looked.length, 3)
  t.equal(anyOf(nodeOf({ $ref: 'a' })!, ({ schema }) => schema.title === 'b', shared), true)
  t.equal(anyOf(nodeOf({ $ref: 'nowhere' })!, ({ schema }) => schema.title === 'b', NONE), false)
})

t.test('what a node refers to stands in its place, and then what it is composed of', async t => {
  const shared: SharedSchemas = { get: id => id === 'Shared' ? { title: 'shared' } : undefined, all: () => ({}) }
  const composed = { allOf: [{ title: 'a' }], anyOf: [{ title: 'b' }, true], oneOf: { title: 'c' } }
  const titlesOf = (schema: object) => standInsOf(nodeOf(schema)!, shared).map(({ schema }) => schema.title)
  t.strictSame(titlesOf({ ...composed, $ref: 'Shared#' }), ['shared', 'a', 'b', 'c'])
  t.strictSame(titlesOf({ ...composed, $ref: 'Nobody#' }), ['a', 'b', 'c'])
  t.strictSame(titlesOf({ properties: { d: {} }, items: {} }), [])
})
