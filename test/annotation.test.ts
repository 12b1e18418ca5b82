import t from 'tap'
import { Type } from '@sinclair/typebox'
import { readAnnotation, type Annotation } from '../lib/annotation.js'

const PLACE = 'GET /documents/:id, schema.response.200'
const VERSION = { type: 'integer', 'x-etag': 'version' }
const MODIFIED = { type: 'string', format: 'date-time', 'x-etag': 'last-modified' }
const object = (properties: object, said?: unknown): object => ({ type: 'object', properties, ...(said !== undefined && { 'x-etag': said }) })
const DOCUMENT = { ...object({ id: { type: 'string' }, version: VERSION, updatedAt: MODIFIED }, { policy: 'REQUIRED' }), $id: 'Document' }
const shared: Record<string, unknown> = {
  Document: DOCUMENT,
  Parts: { definitions: { version: VERSION, loop: { 'x-etag': 'version', $ref: '#/definitions/loop' }, 'a/b~c': object({ version: VERSION }), self: object({ version: VERSION, next: { $ref: '#/definitions/self' } }) } },
  Tree: { $id: 'Tree', ...object({ version: VERSION, children: { type: 'array', items: { $ref: 'Tree#' } } }) },
  Outer: { $id: 'Outer', definitions: { i: { ...DOCUMENT, $id: 'Inner' } } },
  Anchored: { $id: 'Anchored', definitions: { a: { $id: '#doc', ...object({ rev: VERSION }) } } },
  Comment: { $id: 'Comment', ...object({ replies: { type: 'array', items: { $ref: 'Comment#' } } }) },
  Node: { $id: 'Node', ...object({ parent: { $ref: 'Node#' }, kids: { items: { $ref: 'Node#' } } }, true) },
  Loop: { $id: 'Loop', allOf: [{ $ref: 'Loop#' }], properties: { version: VERSION } }
}

const read = (schema: unknown) => {
  const { annotation, several, unknown } = readAnnotation(schema, PLACE, { get: id => shared[id], all: () => shared })
  return { annotation, several, unknown }
}
const refused = (schema: unknown): string => {
  try {
    read(schema)
  } catch (error) {
    const { code, message } = error as { code: string, message: string }
    return `${code}: ${message}`
  }
  return 'nothing'
}

t.test('a schema says where a state has its version and its date, and what its policy is', async t => {
  const whole: Annotation = { source: 'version', lastModified: ['updatedAt'], policy: 'REQUIRED', envelope: [] }
  const inItems = { source: { members: 'version', at: 'items' }, policy: 'REQUIRED', envelope: [] } as const
  const table: ReadonlyArray<readonly [what: string, schema: unknown, said: Annotation | undefined]> = [
    ['itself', DOCUMENT, whole],
    ['a reference', { $ref: 'Document' }, whole],
    ['a reference with a hash', { $ref: 'Document#' }, whole],
    ['a version alone', object({ rev: VERSION }), { source: 'rev', envelope: [] }],
    ['a date alone', object({ at: MODIFIED }), { lastModified: ['at'], envelope: [] }],
    ['a field in a field', object({ meta: object({ rev: VERSION, at: MODIFIED }) }), { source: { field: 'meta.rev' }, lastModified: ['meta', 'at'], envelope: [] }],
    ['a field that is referred to', object({ rev: { $ref: 'Parts#/definitions/version' } }), { source: 'rev', envelope: [] }],
    ['a mark beside a reference', object({ rev: { $ref: 'Numbers', 'x-etag': 'version' } }), { source: 'rev', envelope: [] }],
    ['a pointer with escapes', { $ref: 'Parts#/definitions/a~1b~0c' }, { source: 'version', envelope: [] }],
    ['a reference to itself', { $ref: 'Parts#/definitions/self' }, { source: 'version', envelope: [] }],
    ['a composition of itself', { $ref: 'Loop' }, { source: 'version', envelope: [] }],
    ['local definitions', { $defs: { v: VERSION }, ...object({ rev: { $ref: '#/$defs/v' } }) }, { source: 'rev', envelope: [] }],
    ['an intersection', Type.Intersect([Type.Object({ id: Type.String() }), Type.Object({ version: Type.Integer({ 'x-etag': 'version' }) }, { 'x-etag': { policy: 'OPTIONAL' } })]),
      { source: 'version', policy: 'OPTIONAL', envelope: [] }],
    ['a union with nothing', Type.Union([Type.Null(), Type.Object({ version: Type.Union([Type.Integer({ 'x-etag': 'version' }), Type.Null()]) })]), { source: 'version', envelope: [] }],
    ['one of several', { oneOf: [object({ version: VERSION, a: {} }), object({ version: VERSION, b: {} })] }, { source: 'version', envelope: [] }],
    ['a state that is marked as one', object({ version: VERSION }, true), { source: 'version', envelope: [] }],
    ['a field that may be anything beside it', object({ version: VERSION, extra: true }), { source: 'version', envelope: [] }],
    ['one that is weak where it is composed', { allOf: [object({ version: VERSION }, { weak: true })] }, { source: 'version', weak: true, envelope: [] }],
    ['a weak one', object({ version: VERSION }, { weak: true }), { source: 'version', weak: true, envelope: [] }],
    ['the nearest of two policies', { allOf: [{ $ref: 'Document' }], 'x-etag': { policy: 'OPTIONAL' } }, { ...whole, policy: 'OPTIONAL' }],
    ['a policy alone', object({ done: { type: 'boolean' } }, { policy: 'REQUIRED' }), { policy: 'REQUIRED', envelope: [] }],
    ['an envelope', object({ data: { $ref: 'Document' }, took: { type: 'integer' } }), { ...whole, envelope: ['data'] }],
    ['an envelope in an envelope', object({ result: object({ data: DOCUMENT }) }), { ...whole, envelope: ['result', 'data'] }],
    ['a list', Type.Array(Type.Unsafe(DOCUMENT)), { source: { members: 'version' }, policy: 'REQUIRED', envelope: [] }],
    ['a list of weak members', { items: object({ version: VERSION }, { weak: true }) }, { source: { members: 'version' }, weak: true, envelope: [] }],
    ['a field that is its own type', object({ rev: { $ref: 'Parts#/definitions/loop' } }), { source: 'rev', envelope: [] }],
    ['a list of references', { type: 'array', items: { $ref: 'Document' } }, { source: { members: 'version' }, policy: 'REQUIRED', envelope: [] }],
    ['a list in an envelope', object({ total: { type: 'integer' }, items: { type: 'array', items: { $ref: 'Document' } } }), inItems],
    ['a list in two envelopes', object({ data: object({ items: { type: 'array', items: DOCUMENT } }) }), { ...inItems, source: { members: 'version', at: 'data.items' } }],
    ['a list of members with an id of another name', { items: object({ key: { type: 'string', 'x-etag': 'id' }, meta: object({ rev: VERSION }) }) },
      { source: { members: { field: 'meta.rev' }, id: 'key' }, envelope: [] }],
    ['what is referred to by a state is no part of it', object({ version: VERSION, author: { $ref: 'Document' }, tags: { type: 'array', items: DOCUMENT } }), { source: 'version', envelope: [] }],
    ['a list whose members have dates alone', { items: object({ at: MODIFIED }) }, undefined],
    ['a list whose members have dates and a policy', { items: object({ at: MODIFIED }, { policy: 'REQUIRED' }) }, { policy: 'REQUIRED', envelope: [] }],
    ['a list of lists', { items: { items: DOCUMENT } }, { policy: 'REQUIRED', envelope: [] }],
    ['a list of lists without a policy', { items: { items: object({ version: VERSION }) } }, undefined],
    ['a state that refers to one whose fields alone are marked', object({ version: VERSION, author: object({ version: VERSION, at: MODIFIED }) }), { source: 'version', envelope: [] }],
    ['a tree', { $ref: 'Tree' }, { source: 'version', envelope: [] }],
    ['the strictest of what it is composed of', { allOf: [{ $ref: 'Document' }, object({}, { policy: 'OPTIONAL' })] }, whole],
    ['an embedded schema', { $defs: { d: { ...DOCUMENT, $id: 'Own' } }, $ref: 'Own' }, whole],
    ['a schema that is embedded in a shared one', { $ref: 'Inner' }, whole],
    ['what an embedded schema refers to in itself', { allOf: [{ $id: 'Emb', $defs: { v: VERSION }, ...object({ rev: { $ref: '#/$defs/v' } }) }] }, { source: 'rev', envelope: [] }],
    ['an anchor', { $ref: 'Anchored#doc' }, { source: 'rev', envelope: [] }],
    ['a module of TypeBox', Type.Module({ Entry: Type.Object({ version: Type.Integer({ 'x-etag': 'version' }) }, { 'x-etag': { policy: 'REQUIRED' } }) }).Import('Entry'), { source: 'version', policy: 'REQUIRED', envelope: [] }],
    ['an id alone', object({ id: { type: 'string', 'x-etag': 'id' } }), undefined],
    ['nothing', object({ version: { type: 'integer' } }), undefined],
    ['no schema', undefined, undefined],
    ['true', true, undefined],
    ['a schema of another library', { parse () {}, properties: { version: VERSION } }, undefined],
    ['a field that is no schema', object({ version: true }), undefined],
    ['a pointer to nothing', { $ref: 'Parts#/definitions/nowhere/at/all' }, undefined]
  ]
  for (const [what, schema, said] of table) t.strictSame(read(schema), { annotation: said, several: [], unknown: what === 'a mark beside a reference' ? ['Numbers'] : what === 'a pointer to nothing' ? ['Parts#/definitions/nowhere/at/all'] : [] }, what)
})

t.test('a reference to what nobody has added is told', async t => {
  t.strictSame(read({ $ref: 'Later#/definitions/one' }), { annotation: undefined, several: [], unknown: ['Later#/definitions/one'] })
  t.strictSame(read(object({ version: VERSION, author: { $ref: 'User' } })).annotation, { source: 'version', envelope: [] })
})

t.test('what contains itself, and what is a tangle, is read in no time', async t => {
  t.strictSame(read({ $ref: 'Comment#' }), { annotation: undefined, several: [], unknown: [] })
  t.strictSame(read({ $ref: 'Node#' }).annotation, undefined)
  // each refers to all
  const names = [...'abcdefghijklmnop']
  const tangle = (leaf: object): Record<string, unknown> => Object.fromEntries(names.map(name => [name, object({ ...Object.fromEntries(names.map(other => [other, { $ref: other }])), leaf })]))
  for (const [leaf, annotation] of [[{}, undefined], [VERSION, { source: 'leaf', envelope: [] }]] as const) {
    const own = tangle(leaf)
    t.strictSame(readAnnotation({ $ref: 'a' }, PLACE, { get: id => own[id], all: () => own }).annotation, annotation)
  }
  // twice as many ways at each step
  let dag: object = object({ version: VERSION }, { policy: 'REQUIRED' })
  for (let level = 0; level < 60; level++) dag = object({ left: dag, right: dag })
  t.equal(readAnnotation(dag, PLACE, { get: () => undefined, all: () => ({}) }).annotation, undefined)
})

t.test('an answer with several states is none of them', async t => {
  t.strictSame(read(object({ a: DOCUMENT, b: DOCUMENT })), { annotation: undefined, several: ['a', 'b'], unknown: [] })
  t.strictSame(read(object({ user: { $ref: 'Document' }, recent: { items: DOCUMENT }, took: {} })), { annotation: undefined, several: ['user', 'recent'], unknown: [] })
  t.strictSame(read(object({ a: object({ version: VERSION }), b: object({ version: VERSION }) })), { annotation: undefined, several: ['a', 'b'], unknown: [] })
  t.strictSame(read(object({ version: VERSION, a: DOCUMENT, b: DOCUMENT })).several, [], 'a state may refer to as many as it likes')
})

t.test('what cannot be is refused by the name of its place', async t => {
  const table: ReadonlyArray<readonly [schema: unknown, why: string]> = [
    [object({ a: VERSION, b: VERSION }), 'version stands on a and b'],
    [object({ 'a.b': object({ version: VERSION }) }), 'a path leads through a.b, whose name has a dot'],
    [{ items: object({ key: object({ id: { type: 'string', 'x-etag': 'id' } }), version: VERSION }) }, 'id stands on key,id, and must be a field of the member itself'],
    [{ type: 'string', 'x-etag': 'last-modified' }, "x-etag: 'last-modified' stands on the answer itself, and not on a field of it"],
    [object({ a: MODIFIED, b: MODIFIED }), 'last-modified stands on a and b'],
    [object({ version: { type: 'boolean', 'x-etag': 'version' } }), 'version stands on a field whose type is boolean'],
    [object({ version: { type: ['integer', 'object'], 'x-etag': 'version' } }), 'version stands on a field whose type is object'],
    [object({ version: { anyOf: [{ type: 'array' }, { type: 'null' }], 'x-etag': 'version' } }), 'version stands on a field whose type is array'],
    [object({ at: { type: 'boolean', 'x-etag': 'last-modified' } }), 'last-modified stands on a field whose type is boolean'],
    [object({ version: { type: 'integer', 'x-etag': 'Version' } }), "x-etag of a field must be 'version' or 'last-modified' or 'id', found 'Version'"],
    [{ type: 'integer', 'x-etag': 'version' }, "x-etag: 'version' stands on the answer itself, and not on a field of it"],
    [object({ version: VERSION }, { policy: 'required' }), "policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', found \"required\""],
    [object({ version: VERSION }, { polcy: 'REQUIRED' }), 'x-etag of an object knows policy and weak, and not polcy'],
    [object({ version: VERSION }, { weak: 'yes' }), 'weak must be a boolean, found "yes"'],
    [object({ version: VERSION }, 7), 'x-etag of an object must be true or { policy?, weak? }, found 7'],
    [object({ version: VERSION }, ['version']), 'x-etag of an object must be true or { policy?, weak? }, found ["version"]']
  ]
  for (const [schema, why] of table) t.equal(refused(schema), `FST_ETAG_INVALID_ANNOTATION: ${PLACE}: ${why}`)
})
