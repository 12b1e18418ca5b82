import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin from '../lib/index.js'

const METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const

const SENT = [
  {},
  { 'if-match': '"1"' },
  { 'if-match': '"0"' },
  { 'if-match': 'malformed' },
  { 'if-none-match': '"1"' },
  { 'if-none-match': '*' },
  { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }
] as const

async function refuse (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(401).send({ error: 'who are you?' })
}

const places: Record<string, (app: FastifyInstance) => { preHandler?: typeof refuse }> = {
  "a route's own preHandler": () => ({ preHandler: refuse }),
  'a preHandler hook of the scope': app => { app.addHook('preHandler', refuse); return {} },
  'an onRequest hook of the scope': app => { app.addHook('onRequest', refuse); return {} }
}

for (const [place, prepare] of Object.entries(places)) {
  t.test(`${place} that refuses the caller answers before any precondition, and no state is loaded`, async t => {
    const app = Fastify()
    await app.register(etagPlugin, { policy: 'REQUIRED' })
    let loads = 0
    await app.register(async scope => {
      const own = prepare(scope)
      for (const method of METHODS.filter(method => method !== 'HEAD')) {
        scope.route({
          method,
          url: '/',
          ...own,
          config: { etag: { source: 'version', load: () => { loads++; return { version: 1, updatedAt: '2026-01-02T03:04:05Z' } } } },
          handler: async () => ({})
        })
      }
    })

    for (const method of METHODS) {
      for (const headers of SENT) {
        const response = await app.inject({ method, url: '/', headers })
        t.equal(response.statusCode, 401, `${method} ${JSON.stringify(headers)}`)
        t.notOk(response.headers.etag)
      }
    }
    t.equal(loads, 0)
  })
}

t.test('validation of the body answers before any precondition', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  const schema = { body: { type: 'object', required: ['title'] } }
  app.put('/', { schema, config: { etag: { source: 'version', load: () => ({ version: 1 }) } } }, async () => ({}))
  for (const headers of SENT) {
    const response = await app.inject({ method: 'PUT', url: '/', headers, payload: {} })
    t.equal(response.json().code, 'FST_ERR_VALIDATION')
    t.notOk(response.headers.etag)
  }
})

t.test('a hook that loads the state to authorise shares it with the decision', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  let loads = 0
  app.put('/', {
    preHandler: async request => { t.match(await request.precondition.load(), { owner: 'me' }) },
    config: { etag: { source: 'version', load: async () => { loads++; return { version: 1, owner: 'me' } } } }
  }, async request => {
    t.equal(request.precondition.expected.version, 1)
    return { version: 2 }
  })
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })).statusCode, 412)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 200)
  t.equal(loads, 2)
})
