import t from 'tap'
import { optionsOf, readSchemas, refuseContradiction, refuseUnread, type Schemas } from '../lib/annotated-route.js'

const TITLE = 'PUT /documents/:id'
const one = (version = 'version', said?: object): object => ({ properties: { [version]: { type: 'integer', 'x-etag': 'version' } }, ...(said !== undefined && { 'x-etag': said }) })
const read = (schemas: Schemas) => readSchemas(schemas, TITLE, { get: () => undefined, all: () => ({}) })

t.test('the schema of the first success is the one that is read', async t => {
  const table: ReadonlyArray<readonly [response: unknown, source: string | undefined]> = [
    [{ 200: one('a') }, 'a'],
    [{ 201: one('b'), 200: one('a') }, 'a'],
    [{ 201: one('b'), 204: { type: 'null' } }, 'b'],
    [{ 200: { type: 'object' }, 201: one('b') }, 'b'],
    [{ 202: one('c') }, 'c'],
    [{ '2xx': one('d') }, 'd'],
    [{ '2XX': one('d'), 200: one('a') }, 'a'],
    [{ 200: { description: 'one', content: { 'application/json': { schema: one('e') }, 'application/xml': { schema: one('f') } } } }, 'e'],
    [{ 200: { content: {} } }, undefined],
    [{ 404: one('a') }, undefined],
    [{ default: one('a') }, 'a'],
    [{ 200: { content: { 'text/csv': { schema: { type: 'string' } }, 'application/json': { schema: one('g') } } } }, 'g'],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
    ['', undefined]
  ]
  for (const [response, source] of table) t.equal(read({ response }).annotation?.source, source, JSON.stringify(response))
  t.throws(() => read({ response: { 201: one('a', { policy: 'no' }) } }), { message: /^PUT \/documents\/:id, schema.response.201: policy must be / })
})

t.test('the schema that config.etag names says the same as that of the answer, or something where that says nothing', async t => {
  const enveloped = { 200: { properties: { data: one('version', { policy: 'REQUIRED' }) } } }
  t.strictSame(read({ state: one() }).annotation, { source: 'version', envelope: [] })
  t.strictSame(read({ response: { 204: { type: 'null' } }, state: one() }).annotation, { source: 'version', envelope: [] })
  t.strictSame(read({ response: enveloped, state: one() }).annotation, { source: 'version', policy: 'REQUIRED', envelope: ['data'] })
  t.strictSame(read({ response: { 200: one() }, state: one('version', { policy: 'OPTIONAL' }) }).annotation, { source: 'version', policy: 'OPTIONAL', envelope: [] })
  t.throws(() => read({ response: { 200: one('a') }, state: one('b') }), {
    code: 'FST_ETAG_INVALID_ANNOTATION', message: `${TITLE}: its answer and config.etag.schema contradict each other: source is "a" and "b"`
  })
  t.throws(() => read({ state: { properties: {} } }), { message: `${TITLE}, config.etag.schema: nothing in it has x-etag` })
  t.strictSame(read({ state: { $ref: 'Later' } }), { annotation: undefined, isAnnotated: true, several: [], unknown: ['Later'] })
  t.equal(read({ response: { 200: one('version', { policy: 'OPTIONAL' }), 201: one('version', { policy: 'REQUIRED' }) } }).annotation?.policy, 'REQUIRED', 'the strictest of all successes')
})

t.test('an annotation becomes the options of its level', async t => {
  t.strictSame(optionsOf({ envelope: ['data'] }), {})
  t.strictSame(optionsOf({ source: { members: 'v' }, lastModified: ['at'], policy: 'REQUIRED', weak: true, envelope: [] }), { source: { members: 'v' }, lastModified: 'at', policy: 'REQUIRED', weak: true })
  const { lastModified } = optionsOf({ lastModified: ['meta', 'at'], envelope: [] })
  t.equal((lastModified as (state: object) => unknown)({ meta: { at: 7 } }), 7)
})

t.test('what config.etag says otherwise than the schema is refused, and what it says the same is not', async t => {
  const annotation = { source: 'version', lastModified: ['updatedAt'], weak: false, envelope: [] } as const
  const list = { source: { members: 'version' }, envelope: [] } as const
  const same: ReadonlyArray<readonly [options: object, annotation: Parameters<typeof refuseContradiction>[1]]> = [
    [{}, annotation],
    [{ source: 'version' }, annotation],
    [{ source: { field: 'version' } }, annotation],
    [{ lastModified: 'updatedAt', weak: false }, annotation],
    [{ lastModified: ['updatedAt'] }, annotation],
    [{ source: 'other' }, { envelope: [] }],
    [{ source: { members: { field: 'version' }, id: 'id' } }, list]
  ]
  for (const [options, said] of same) t.doesNotThrow(() => refuseContradiction(options, said, TITLE), JSON.stringify(options))
  const other: ReadonlyArray<readonly [options: object, said: Parameters<typeof refuseContradiction>[1], why: string]> = [
    [{ source: 'rev' }, annotation, 'source is {"field":"rev"} and {"field":"version"}'],
    [{ source: () => 1 }, annotation, 'source is a function and {"field":"version"}'],
    [{ source: { timestamp: 'version' } }, annotation, 'source is {"timestamp":"version"} and {"field":"version"}'],
    [{ lastModified: 'at' }, annotation, 'lastModified is "at" and "updatedAt"'],
    [{ lastModified: ['meta', 'at'] }, { lastModified: ['meta', 'at'], envelope: [] }, 'lastModified is ["meta","at"] and {"path":["meta","at"]}'],
    [{ weak: true }, annotation, 'weak is true and false'],
    [{ source: { members: 'version', id: 'key' } }, list, 'source is {"id":"key","members":{"field":"version"}} and {"id":"id","members":{"field":"version"}}']
  ]
  for (const [options, said, why] of other) {
    t.throws(() => refuseContradiction(options, said, TITLE), { code: 'FST_ETAG_INVALID_ANNOTATION', message: `${TITLE}: config.etag and its schema contradict each other: ${why}` })
  }
})

t.test('a write whose schemas have the keyword where nobody can keep it is refused', async t => {
  const read = { annotation: undefined, isAnnotated: true, several: [], unknown: [] }
  const refused = (said: object, options: object, methods: readonly string[]): string => {
    try {
      refuseUnread({ ...read, ...said }, options, methods, TITLE)
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  const cure = 'say config.etag with a source or schema, or config: { etag: false }'
  for (const methods of [['PUT'], ['GET', 'PATCH'], ['DELETE']]) {
    t.equal(refused({}, {}, methods), `${TITLE}: its answer has x-etag where it says nothing of one state: ${cure}`)
    t.equal(refused({ several: ['a', 'b'] }, { load: () => null }, methods), `${TITLE}: its answer has several states that have x-etag, at a and b: ${cure}`)
    t.equal(refused({}, { source: 'version' }, methods), 'nothing')
    t.equal(refused({ annotation: { envelope: [] } }, {}, methods), 'nothing')
    t.equal(refused({ isAnnotated: false }, {}, methods), 'nothing')
  }
  for (const methods of [['GET'], ['POST'], ['OPTIONS']]) t.equal(refused({ several: ['a', 'b'] }, {}, methods), 'nothing')
  t.equal(refused({ unknown: ['Typo#'] }, {}, ['GET']), `${TITLE}, config.etag.schema: nobody has added the schema Typo#`)
})
