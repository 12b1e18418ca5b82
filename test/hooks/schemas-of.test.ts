import t from 'tap'
import Fastify from 'fastify'
import { schemasOf } from '../../lib/hooks/schemas-of.js'

t.test('the schemas of a route are read with those that its scope knows', async t => {
  const app = Fastify()
  app.addSchema({ $id: 'Document', properties: { version: { type: 'integer', 'x-etag': 'version' } } })
  const route = { method: 'GET' as const, url: '/', handler: async () => {} }
  const annotation = { source: 'version', envelope: [] }
  const read = { annotation, isAnnotated: true, several: [], unknown: [] }
  t.strictSame(schemasOf(app, { ...route, schema: { response: { 200: { $ref: 'Document' } } } }), read)
  t.strictSame(schemasOf(app, { ...route, config: { etag: { schema: { $ref: 'Document' } } } }), read)
  t.strictSame(schemasOf(app, { ...route, config: { etag: false } }), { annotation: undefined, isAnnotated: false, several: [], unknown: [] })
  t.throws(() => schemasOf(app, { ...route, method: ['GET', 'PUT'], schema: { response: { 200: { 'x-etag': 7 } } } }), { message: /^GET, PUT \/, schema.response.200: / })
})
