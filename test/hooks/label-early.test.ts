import { gzipSync } from 'node:zlib'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import etagPlugin from '../../lib/index.js'

/** A read of which nothing is asked, and a hook of the scope that has its way with the answer. */
async function appOf (onSend: (reply: FastifyReply, payload: unknown) => unknown): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: () => 0 })
  app.addHook('onSend', async (_request, reply, payload) => onSend(reply, payload))
  app.get('/', { config: { etag: {} } }, async () => ({ version: 1 }))
  return app
}

t.test('an answer that a hook of the scope makes a failure of has no validators', async t => {
  for (const status of [403, 500, 307]) {
    const app = await appOf(reply => { reply.code(status) })
    t.match(await app.inject('/'), { statusCode: status, headers: { etag: undefined, 'last-modified': undefined, 'cache-control': undefined } })
  }
})

t.test('an answer that fails in a hook of the scope has no validators', async t => {
  const app = await appOf(() => { throw Object.assign(new Error('no'), { statusCode: 403 }) })
  t.match(await app.inject('/'), { statusCode: 403, headers: { etag: undefined, 'last-modified': undefined } })
})

t.test('an answer that a hook of the scope codes has the tag of what it became', async t => {
  const app = await appOf((reply, payload) => {
    reply.header('content-encoding', 'gzip')
    return gzipSync(String(payload))
  })
  t.match(await app.inject('/'), { statusCode: 200, headers: { etag: '"1;gzip"', vary: 'Accept-Encoding', 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' } })
})

t.test('a tag that a hook of the scope sets in place of ours stays', async t => {
  const app = await appOf(reply => { reply.header('etag', '"own"').code(201) })
  t.equal((await app.inject('/')).headers.etag, '"own"')
  const failing = await appOf(reply => { reply.header('etag', '"own"').code(500) })
  t.equal((await failing.inject('/')).headers.etag, '"own"')
})

t.test('what is named in a hook of the scope labels the answer', async t => {
  const app = await appOf(reply => { reply.validators({ version: 2 }) })
  t.equal((await app.inject('/')).headers.etag, '"2"')
})

t.test('what a decision was is told of a read that nothing was asked of', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let decided: unknown
  app.addHook('onSend', async request => { decided = request.precondition.decision.outcome })
  app.get('/', { config: { etag: {} } }, async () => ({ version: 1 }))
  t.equal((await app.inject('/')).headers.etag, '"1"')
  t.equal(decided, 'proceed')
})

t.test('a digest that fails, or is of no body, labels nothing', async t => {
  const app = Fastify()
  let fails = false
  await app.register(etagPlugin, { source: { digest: body => { if (fails) throw new Error('no'); return String(body).length.toString() } } })
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.send({ version: 1 }))
  app.get('/none', { config: { etag: {} } }, async (_request, reply) => reply.code(204).send())
  t.equal((await app.inject('/')).headers.etag, '"13"')
  t.equal((await app.inject('/none')).headers.etag, undefined)
  fails = true
  t.match((await app.inject('/')).json(), { code: 'FST_ETAG_LOAD_FAILED' })
})

t.test('an annotated envelope shows the state in it, and without one none', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const document = { type: 'object', nullable: true, properties: { version: { type: 'integer', 'x-etag': 'version' } }, 'x-etag': true }
  let data: unknown = { version: 1 }
  app.get('/', { config: { etag: {} }, schema: { response: { 200: { type: 'object', properties: { data: document } } } } }, async () => ({ data }))
  t.equal((await app.inject('/')).headers.etag, '"1"')
  data = null
  t.match(await app.inject('/'), { statusCode: 200, headers: { etag: undefined } })
})
