import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../../lib/index.js'

t.test('a route that decides in onRequest is served where its handler is reached, and has its tag then', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', at: 'onRequest' })
  let stops = false
  app.get('/', {
    config: { etag: {} },
    preHandler: async (_request, reply) => { if (stops) return reply.send({ version: 9 }) }
  }, async () => ({ version: 1 }))
  t.equal((await app.inject('/')).headers.etag, '"1"')
  stops = true
  t.equal((await app.inject('/')).headers.etag, undefined)
})
