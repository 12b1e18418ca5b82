import t from 'tap'
import Fastify from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'

async function headersOf (etag: EtagRouteOptions, own: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const app = Fastify()
  await app.register(etagPlugin)
  app.get('/', { config: { etag } }, async (_request, reply) => reply.headers(own).send({ version: 1, at: '2026-01-02T03:04:05.999Z' }))
  return (await app.inject('/')).headers
}

t.test('a modification date in the future becomes the date of the answer', async t => {
  const before = Math.floor(Date.now() / 1000)
  const { 'last-modified': lastModified } = await headersOf({ lastModified: () => Date.now() + 86_400_000 })
  const said = Date.parse(String(lastModified)) / 1000
  t.ok(said >= before && said <= Date.now() / 1000, String(lastModified))
})

t.test('Last-Modified brings Cache-Control: no-cache along unless somebody said more, and an ETag alone does not', async t => {
  t.equal((await headersOf({ lastModified: 'at' }))['cache-control'], 'no-cache')
  t.equal((await headersOf({ lastModified: 'at' }, { 'cache-control': 'private' }))['cache-control'], 'private')
  t.equal((await headersOf({ lastModified: 'at', headers: { 'Cache-Control': 'max-age=1' } }))['cache-control'], 'max-age=1')
  t.notOk((await headersOf({ source: 'version' }))['cache-control'])
})

t.test('what the handler set goes before what headers declare, and Vary is what both say', async t => {
  const headers = { 'content-location': '/declared', vary: 'Accept, Origin' }
  t.match(await headersOf({ headers }, { 'content-location': '/own', vary: 'origin, Cookie' }), { 'content-location': '/own', vary: 'origin, Cookie, Accept' })
  t.match(await headersOf({ headers }), headers)
  t.equal((await headersOf({ headers: { vary: '' } }, { vary: 'Accept' })).vary, 'Accept')
})

t.test('a function of the state gives no fields where no state is known, and its failure is an error of the server', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.get('/text', { config: { etag: { headers: () => { throw new Error('asked') } } } }, async () => 'text')
  app.get('/', { config: { etag: { headers: () => { throw new Error('asked') } } } }, async () => ({}))
  t.equal((await app.inject('/text')).statusCode, 200)
  t.match((await app.inject('/')).json(), { statusCode: 500, code: 'FST_ETAG_LOAD_FAILED' })
})
