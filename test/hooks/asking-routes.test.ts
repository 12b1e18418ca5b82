import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'

// these applications are made before the package is loaded, as a plugin that is imported late finds them
const empty = Fastify()
const withRoutes = Fastify()
const twoScopes = Fastify()
const config = { etag: { source: 'version', load: () => ({ version: 1 }) } } as object
withRoutes.put('/early', { config }, async () => ({ version: 2 }))
withRoutes.put('/early/off', { config: { etag: false } as object }, async () => ({}))
withRoutes.put('/plain', async () => ({}))
withRoutes.put('/described', { schema: { body: { type: 'object' } } }, async () => ({}))
withRoutes.get('/annotated', { schema: { response: { 200: { type: 'object', properties: { version: { type: 'integer', 'x-etag': 'version' } } } } } }, async () => ({ version: 1 }))

const put = async (app: FastifyInstance, url: string): Promise<[number, string | undefined]> => {
  const response = await app.inject({ method: 'PUT', url, headers: { 'if-match': '"0"' } })
  return [response.statusCode, response.json().code]
}

t.test('an application that was made before the package was loaded', async t => {
  const { default: etagPlugin } = await import('../../lib/index.js')

  t.test('has its later routes guarded', async t => {
    await empty.register(etagPlugin, { policy: 'REQUIRED' })
    empty.put('/', { config }, async () => ({ version: 2 }))
    t.strictSame(await put(empty, '/'), [412, 'FST_ETAG_PRECONDITION_FAILED'])
  })

  t.test('refuses the requests of a route that asked before the plugin came, and serves every other', async t => {
    await withRoutes.register(etagPlugin, { policy: 'REQUIRED' })
    withRoutes.put('/late', { config }, async () => ({ version: 2 }))
    t.strictSame(await put(withRoutes, '/early'), [500, 'FST_ETAG_TOO_EARLY'])
    t.strictSame(await put(withRoutes, '/late'), [412, 'FST_ETAG_PRECONDITION_FAILED'])
    t.strictSame(await put(withRoutes, '/early/off'), [200, undefined])
    t.equal((await withRoutes.inject('/annotated')).json().code, 'FST_ETAG_TOO_EARLY')
    t.strictSame(await put(withRoutes, '/plain'), [200, undefined])
    t.equal((await withRoutes.inject({ method: 'PUT', url: '/described', payload: {} })).statusCode, 200)
    t.equal((await withRoutes.inject('/nowhere')).statusCode, 404)
  })

  t.test('refuses in each scope what asked there before the plugin came', async t => {
    twoScopes.register(async scope => {
      await scope.register(etagPlugin)
      scope.put('/one', { config }, async () => ({}))
    })
    twoScopes.register(async scope => {
      scope.put('/two', { config }, async () => ({}))
      await scope.register(etagPlugin, { policy: 'REQUIRED' })
    })
    t.strictSame(await put(twoScopes, '/two'), [500, 'FST_ETAG_TOO_EARLY'])
    t.strictSame(await put(twoScopes, '/one'), [412, 'FST_ETAG_PRECONDITION_FAILED'])
  })

  t.test('stops at the start for what is declared wrongly after that', async t => {
    const app = Fastify()
    app.put('/', { config }, async () => ({}))
    await t.rejects(async () => { await app.ready() }, { code: 'FST_ETAG_NOT_REGISTERED' })
  })
})
