import t from 'tap'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

async function appOf (etag: EtagRouteOptions, handler: Handler): Promise<ReturnType<typeof Fastify>> {
  const app = Fastify()
  await app.register(etagPlugin)
  app.route({ method: ['GET', 'PUT'], url: '/', config: { etag }, handler })
  return app
}

t.test('without load the tag is in the object that is sent, and a 304 serialises nothing', async t => {
  let serialised = 0
  const handler = async (): Promise<object> => ({ version: 1, at: '2026-01-02T03:04:05Z', toJSON () { serialised++; return {} } })
  const app = await appOf({ source: 'version', lastModified: 'at' }, handler)
  const table = [
    [{}, 200],
    [{ 'if-none-match': '"0"' }, 200],
    [{ 'if-none-match': '"1"' }, 304],
    [{ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }, 304],
    [{ 'if-match': '"1"' }, 200],
    [{ 'if-match': '"0"' }, 412]
  ] as const
  for (const method of ['GET', 'HEAD'] as const) {
    for (const [headers, status] of table) {
      serialised = 0
      const response = await app.inject({ method, url: '/', headers })
      t.equal(response.statusCode, status, `${method} ${JSON.stringify(headers)}`)
      t.equal(response.headers.etag, '"1"')
      t.equal(serialised, status === 200 ? 1 : 0)
      if (status !== 304) continue
      t.notOk(response.headers['content-type'])
      t.notOk(response.headers['content-length'])
      t.equal(response.headers['last-modified'], 'Fri, 02 Jan 2026 03:04:05 GMT')
    }
  }
})

t.test('the tag that a handler set itself goes out, and is the one that is compared', async t => {
  const app = await appOf({ source: 'version' }, async (_request, reply) => reply.header('ETag', '"own"').send({ version: 1 }))
  t.equal((await app.inject('/')).headers.etag, '"own"')
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 200)
  const response = await app.inject({ url: '/', headers: { 'if-none-match': '"own"' } })
  t.equal(response.statusCode, 304)
  t.equal(response.headers.etag, '"own"')
})

t.test('a tag of the handler that is none is compared with nothing', async t => {
  const app = await appOf({ source: 'version' }, async (_request, reply) => reply.header('etag', 'own').send({ version: 1 }))
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"own"' } })).statusCode, 200)
})

t.test('an answer that is no success is neither labelled nor turned into a 304', async t => {
  for (const status of [302, 404, 500]) {
    const app = await appOf({ source: 'version' }, async (_request, reply) => reply.code(status).send({ version: 1 }))
    const response = await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })
    t.equal(response.statusCode, status)
    t.notOk(response.headers.etag)
  }
})

t.test('a read whose object cannot be named is an error that says why; a write that was done is not', async t => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: line => { lines.push(line) } } } })
  await app.register(etagPlugin)
  app.route({ method: ['GET', 'PUT'], url: '/', config: { etag: { source: 'version' } }, handler: async () => ({ version: new Date(0) }) })
  const read = await app.inject('/')
  t.equal(read.statusCode, 500)
  t.match(read.json(), { code: 'FST_ETAG_INVALID_VERSION', message: /The field version .* a Date/ })
  lines.length = 0
  const write = await app.inject({ method: 'PUT', url: '/' })
  t.equal(write.statusCode, 200)
  t.notOk(write.headers.etag)
  t.match(lines.join(''), /The answer goes out without its ETag/)
})

t.test('a write is labelled by what it returned and never by the state before it', async t => {
  const load = (): object => ({ version: 1 })
  const sendsRow = await appOf({ source: 'version', load }, async () => ({ version: 2 }))
  const sendsOther = await appOf({ source: 'version', load }, async () => ({ ok: true }))
  const sendsNothing = await appOf({ source: 'version', load }, async (_request, reply) => reply.code(204).send())
  const guards = await appOf({ source: 'version', load }, async (request, reply) => {
    await request.precondition.guard(async () => ({ version: 2 }))
    return reply.code(204).send()
  })
  for (const [app, etag] of [[sendsRow, '"2"'], [sendsOther, undefined], [sendsNothing, undefined], [guards, '"2"']] as const) {
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).headers.etag, etag)
  }
})

t.test('a read that sends something else than the state is labelled by the state that it was made of', async t => {
  const load = (): object => ({ version: 1 })
  const sends: readonly Handler[] = [
    async request => ({ data: await request.precondition.load() }),
    async request => JSON.stringify(await request.precondition.load()),
    async request => Buffer.from(JSON.stringify(await request.precondition.load()))
  ]
  for (const handler of sends) t.equal((await (await appOf({ source: 'version', load }, handler)).inject('/')).headers.etag, '"1"')
  const text = await appOf({ source: 'version', load }, async () => 'text')
  t.notOk((await text.inject('/')).headers.etag, 'nothing is loaded after the handler to label its answer')
})

t.test('an envelope that a hook of the scope puts around the state hides no tag', async t => {
  const state = { id: 7, version: 1 }
  const sources: readonly EtagRouteOptions[] = [{ source: 'version' }, { source: (state: { id: number, version: number }) => `"${state.id}-v${state.version}"` }]
  for (const { source } of sources) {
    const app = Fastify()
    await app.register(etagPlugin, { source: source! })
    app.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
    app.get('/loaded', { config: { etag: { load: () => state } } }, async request => request.precondition.load())
    app.get('/conditional', { config: { etag: { load: () => state } } }, async () => state)
    app.get('/named', { config: { etag: {} } }, async (_request, reply) => reply.validators(state).send(state))
    app.put('/written', { config: { etag: { load: () => state } } }, async request => request.precondition.guard(async () => ({ id: 7, version: 2 })))
    const tag = typeof source === 'function' ? '"7-v1"' : '"1"'
    const loaded = await app.inject('/loaded')
    t.same(loaded.json(), { data: state })
    t.equal(loaded.headers.etag, tag)
    t.equal((await app.inject('/named')).headers.etag, tag)
    t.equal((await app.inject({ method: 'PUT', url: '/written' })).headers.etag, typeof source === 'function' ? '"7-v2"' : '"2"')
    const conditional = await app.inject({ url: '/conditional', headers: { 'if-none-match': tag } })
    t.equal(conditional.statusCode, 304)
  }
  const bare = Fastify()
  await bare.register(etagPlugin, { source: 'version' })
  bare.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
  bare.get('/', { config: { etag: {} } }, async () => state)
  t.match(await bare.inject('/'), { headers: { etag: '"1"' }, body: '{"data":{"id":7,"version":1}}' })
  t.equal((await bare.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
})

t.test('of an annotated envelope the state is found in what the hooks of the scope make of it', async t => {
  const state: { version: unknown } = { version: 1 }
  const app = Fastify()
  await app.register(etagPlugin)
  app.addHook('preSerialization', async (_request, _reply, payload) => ({ data: payload }))
  const response = { 200: { type: 'object', properties: { data: { type: 'object', properties: { version: { 'x-etag': 'version' } } } } } }
  app.get('/', { schema: { response } }, async () => state)
  app.get('/without', { schema: { response } }, async () => undefined)
  app.get('/null', { schema: { response } }, async () => null)
  for (const url of ['/without', '/null']) t.match(await app.inject(url), { statusCode: 200, headers: { etag: undefined } })
  t.match(await app.inject('/'), { body: '{"data":{"version":1}}', headers: { etag: '"1"' } })
  t.match(await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } }), { statusCode: 304, headers: { etag: '"1"', 'content-type': undefined } })
  t.equal((await app.inject({ url: '/', headers: { 'if-match': '"0"' } })).statusCode, 412)
  t.equal((await app.inject({ url: '/', headers: { 'if-match': '"1"' } })).statusCode, 200)
  state.version = {}
  t.match((await app.inject('/')).json(), { code: 'FST_ETAG_INVALID_VERSION' })
})
