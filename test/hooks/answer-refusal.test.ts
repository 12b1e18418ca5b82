import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type RouteShorthandOptions } from 'fastify'
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

t.test('a Location that was meant for a success makes no redirect of a refusal, and an error handler may redirect', async t => {
  let row = { version: 3 }
  for (const method of ['PUT', 'POST'] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.route({
      method,
      url: '/',
      config: { etag: { load: () => row } },
      handler: async (request, reply) => {
        reply.header('location', '/made')
        return request.precondition.guard(async () => { row = { version: row.version + 1 }; return null })
      }
    })
    const refused = await app.inject({ method, url: '/', headers: { 'if-match': `"${row.version}"` } })
    t.match(refused, { statusCode: 412, headers: { 'content-type': 'application/problem+json', etag: `"${row.version}"` } }, method)
  }

  for (const [answer, status] of [['told', 412], ['redirected', 302]] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
    app.setErrorHandler((_error, _request, reply) => answer === 'told' ? reply.code(412).header('location', '/help').send({ own: true }) : reply.redirect('/login'))
    app.put('/', { config: { etag: { load: () => row } } }, async () => row)
    const refused = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })
    t.equal(refused.statusCode, status, answer)
  }
})

t.test('a problem has nothing of what was said of another content', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: { load: () => null } } }, async (request, reply) => {
    reply.headers({ 'content-encoding': 'gzip', 'content-language': 'de' })
    return request.precondition.load()
  })
  const { headers, body } = await app.inject('/')
  t.match(headers, { 'content-type': 'application/problem+json', 'content-encoding': undefined, 'content-language': undefined, 'content-length': String(body.length) })
})

t.test('a Location that was there before the refusal makes none of it, though its error handler sends no content', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
  app.setErrorHandler((error: { statusCode: number }, _request, reply) => reply.code(error.statusCode).send())
  const preHandler = async (_request: unknown, reply: FastifyReply): Promise<void> => { reply.header('location', '/made') }
  app.put('/', { config: { etag: { load: () => ({ version: 1 }) } }, preHandler }, async () => ({}))
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 428)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })).statusCode, 412)
})

t.test('a problem that fails behind an error handler that passes the error on is an error of the server', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', problem: () => { throw new Error('no shape') } })
  app.setErrorHandler(async (error, _request, reply) => reply.send(error))
  let runs = 0
  app.put('/', { config }, async () => { runs++; return { version: 2 } })
  const failed = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })
  t.equal(failed.statusCode, 500)
  t.notMatch(failed.body, /no shape/)
  t.equal(runs, 0)
})
