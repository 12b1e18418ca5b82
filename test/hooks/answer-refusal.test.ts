import t from 'tap'
import Fastify, { type FastifyInstance, type RouteShorthandOptions } from 'fastify'
import etagPlugin from '../../lib/index.js'

const config = { etag: { load: () => ({ version: 1 }) } }

async function appOf (options: RouteShorthandOptions = {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
  app.put('/', { config, ...options }, async request => request.precondition.guard(async () => ({ version: 2 })))
  return app
}

t.test('the problem is there before the hooks of the route see the answer', async t => {
  const seen: unknown[] = []
  const app = await appOf({ onSend: async (_request, reply, payload) => { seen.push([reply.getHeader('content-type'), JSON.parse(String(payload)).status]); return payload } })
  const refused = await app.inject({ method: 'PUT', url: '/' })
  t.same(seen, [['application/problem+json', 428]])
  t.equal(refused.headers['content-length'], String(refused.body.length))
})

t.test('what a hook of the route makes of the problem goes out as it is', async t => {
  const app = await appOf({ onSend: async (_request, reply) => { reply.type('text/plain'); return 'sorry' } })
  t.match(await app.inject({ method: 'PUT', url: '/' }), { statusCode: 428, body: 'sorry', headers: { 'content-type': /^text\/plain/, 'content-length': '5', etag: '"1"' } })
})

t.test('an answer that fails behind us loses what we wrote on it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let first = true
  app.get('/', { config, onSend: async (_request, _reply, payload) => payload }, async () => ({ version: 1 }))
  app.addHook('onRoute', options => {
    options.onSend = [options.onSend ?? [], async (_request: unknown, _reply: unknown, payload: unknown) => {
      if (first) { first = false; throw new Error('broken') }
      return payload
    }].flat() as never
  })
  app.get('/broken', { config }, async () => ({ version: 1 }))
  const failed = await app.inject('/broken')
  t.equal(failed.statusCode, 500)
  t.notOk(failed.headers.etag)
  t.equal((await app.inject('/broken')).headers.etag, '"1"')
})

t.test('a success that somebody answers in place of the route is no refusal, and has no tag', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
  app.setErrorHandler((_error, _request, reply) => reply.code(200).send({ version: 7 }))
  app.put('/', { config }, async () => ({ version: 2 }))
  t.match(await app.inject({ method: 'PUT', url: '/' }), { statusCode: 200, headers: { etag: undefined, 'content-type': /^application\/json/ } })
})
