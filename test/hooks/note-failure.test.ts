import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin from '../../lib/index.js'

const load = (): { version: number } => ({ version: 3 })

/** Routes that fail after they loaded or wrote, under an error handler that answers 200 all the same. */
async function appOf (): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.setErrorHandler(async (_error, _request, reply) => reply.code(200).send({ ok: false, version: 99 }))
  app.get('/', { config: { etag: { load } } }, async request => {
    await request.precondition.load()
    throw new Error('broken')
  })
  app.get('/late', { config: { etag: {} } }, async () => { throw new Error('broken') })
  app.put('/', { config: { etag: { load } } }, async request => {
    await request.precondition.guard(async () => ({ version: 4 }))
    throw new Error('broken')
  })
  return app
}

t.test('what an error handler answers as a success shows no state, and is never 304', async t => {
  const app = await appOf()
  for (const [method, url, headers] of [
    ['GET', '/', {}],
    ['GET', '/', { 'if-match': '"0"' }],
    ['GET', '/late', {}],
    ['GET', '/late', { 'if-none-match': '"99"' }],
    ['GET', '/late', { 'if-match': 'junk' }],
    ['PUT', '/', {}],
    ['PUT', '/', { 'if-match': '"0"' }]
  ] as const) {
    const response = await app.inject({ method, url, headers })
    t.equal(response.statusCode, 200, `${method} ${url} ${JSON.stringify(headers)}`)
    t.same(response.json(), { ok: false, version: 99 })
    t.notOk(response.headers.etag)
  }
})
