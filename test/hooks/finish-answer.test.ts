import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { type Refusal } from '../../lib/index.js'

const load = (): { version: number } => ({ version: 1 })
const stale = { method: 'PUT', url: '/', headers: { 'if-match': '"0"' } } as const

async function appOf (prepare: (app: FastifyInstance) => void = () => {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: () => new Date(0) })
  prepare(app)
  app.put('/', { config: { etag: { load } } }, async () => ({ version: 2 }))
  return app
}

t.test('an error handler sees the refusal first, and its own body stays', async t => {
  let seen: Refusal | undefined
  const app = await appOf(app => app.setErrorHandler<Refusal>(async (error, _request, reply) => {
    seen = error
    return reply.code(error.statusCode).send({ mine: true })
  }))
  const response = await app.inject(stale)
  t.equal(response.statusCode, 412)
  t.same(response.json(), { mine: true })
  t.equal(response.headers.etag, '"1"')
  t.match(seen, { code: 'FST_ETAG_PRECONDITION_FAILED', statusCode: 412, decision: { outcome: 'precondition-failed', field: 'If-Match', reason: 'changed', loads: 1 } })
})

t.test('an error handler that passes the error on gets the problem', async t => {
  const app = await appOf(app => app.setErrorHandler(async (error, _request, reply) => reply.send(error)))
  t.match((await app.inject(stale)).json(), { title: 'Precondition Failed', status: 412 })
})

t.test('an error handler that answers another status gets an answer without our tag', async t => {
  for (const status of [200, 404, 422, 500]) {
    const app = await appOf(app => app.setErrorHandler(async (_error, _request, reply) => reply.code(status).send({ mine: true })))
    const response = await app.inject(stale)
    t.equal(response.statusCode, status)
    t.notOk(response.headers.etag)
  }
})

t.test('onError hooks see the refusal', async t => {
  const codes: string[] = []
  const app = await appOf(app => app.addHook('onError', async (_request, _reply, error) => { codes.push(error.code) }))
  await app.inject(stale)
  t.same(codes, ['FST_ETAG_PRECONDITION_FAILED'])
})

t.test('peers 4.31: what the handler set itself is kept, and compared', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: () => new Date(0) })
  const own = { etag: '"own"', 'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT', 'cache-control': 'max-age=60' }
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.headers(own).send({ version: 1 }))
  t.match((await app.inject('/')).headers, own)
  for (const [tag, status] of [['"own"', 304], ['"1"', 200]] as const) {
    t.equal((await app.inject({ url: '/', headers: { 'if-none-match': tag } })).statusCode, status, tag)
  }
})

t.test('a tag that the handler set before it was refused gives way to the current one', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load } } }, async (request, reply) => {
    reply.header('etag', '"new"')
    throw await request.precondition.failed()
  })
  t.equal((await app.inject({ method: 'PUT', url: '/' })).headers.etag, '"1"')
})

t.test('a tag that the handler set does not slip out where none is to be told', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', disclose: false })
  app.put('/', { config: { etag: { load } } }, async (request, reply) => {
    reply.header('etag', '"new"')
    throw await request.precondition.failed()
  })
  const response = await app.inject({ method: 'PUT', url: '/' })
  t.equal(response.statusCode, 409)
  t.notOk(response.headers.etag)
})

t.test('a handler that catches the refusal and answers itself is labelled by its own answer', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let loads = 0
  app.put('/', { config: { etag: { load: () => ({ version: ++loads }) } } }, async request => {
    await request.precondition.guard(async () => null).catch(() => {})
    return { version: 9 }
  })
  const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })
  t.equal(response.statusCode, 200)
  t.equal(response.headers.etag, '"9"')
})

t.test('an error of somebody else stays as it is', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load } } }, async () => { throw Object.assign(new Error('mine'), { statusCode: 412 }) })
  const response = await app.inject({ method: 'PUT', url: '/' })
  t.same(response.json(), { statusCode: 412, error: 'Precondition Failed', message: 'mine' })
  t.notOk(response.headers.etag)
})

t.test('the problem has its own length, also for HEAD', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: { load } } }, async () => ({ version: 1 }))
  app.head('/own', { config: { etag: { load } } }, async () => ({ version: 1 }))
  const headers = { 'if-match': '"0"' }
  const get = await app.inject({ url: '/', headers })
  t.equal(get.headers['content-length'], String(Buffer.byteLength(get.body)))
  const head = await app.inject({ method: 'HEAD', url: '/', headers })
  t.equal(head.headers['content-length'], get.headers['content-length'])
  t.equal(head.headers['content-type'], 'application/problem+json')
  t.equal((await app.inject({ method: 'HEAD', url: '/own', headers })).headers['content-length'], String(get.body.length + '/own'.length - 1))
})

/** The warnings that a route writes when it is asked twice. */
async function warningsOf (etag: object, handler: (request: FastifyRequest, reply: FastifyReply) => unknown, method: 'GET' | 'PUT' | 'DELETE' = 'GET'): Promise<string[]> {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { lines.push(line) } } } })
  await app.register(etagPlugin)
  app.route({ method, url: '/', config: { etag: { unguarded: 'off', ...etag } }, handler })
  for (let times = 0; times < 2; times++) await app.inject({ method, url: '/', headers: method === 'PUT' ? { 'if-match': '*' } : {} })
  return lines.map(line => `${JSON.parse(line).route}: ${JSON.parse(line).msg}`)
}

t.test('an answer without a tag on a route that asked is reported once, unless that is what its author said', async t => {
  const source = 'version'
  const untagged = ['GET /: An answer goes out without an ETag: no version was found in it']
  t.same(await warningsOf({ source }, async () => ({ data: { version: 1 } })), untagged)
  t.same(await warningsOf({ source }, async () => 'text'), untagged)
  t.same(await warningsOf({ source }, async (_request, reply) => reply.code(204).send()), untagged)
  t.same(await warningsOf({ source, load }, async () => ({ ok: true }), 'PUT'), [untagged[0]!.replace('GET', 'PUT')])
  const silent: ReadonlyArray<readonly [object, (request: FastifyRequest, reply: FastifyReply) => unknown, ('GET' | 'PUT' | 'DELETE')?]> = [
    [{ source }, async () => ({ version: 1 })],
    [{ source }, async () => ({ version: null })],
    [{ source: () => null }, async () => ({})],
    [{ source }, async (_request, reply) => reply.header('etag', '"own"').send('text')],
    [{ source }, async (_request, reply) => reply.code(404).send({})],
    [{ lastModified: 'at' }, async () => ({})],
    [{ source, load, answer: false }, async () => ({ ok: true }), 'PUT'],
    [{ source, load }, async () => ({ ok: true }), 'DELETE'],
    [{ source }, async (_request, reply) => reply.validators({ version: 7 }).send('text')]
  ]
  for (const [etag, handler, method] of silent) t.same(await warningsOf(etag, handler, method), [])
})

t.test('a guarded write whose row did not move is reported once, and a DELETE that returns what it removed is not', async t => {
  const guards = async (request: FastifyRequest): Promise<unknown> => request.precondition.guard(async ({ current }) => current)
  t.same(await warningsOf({ source: 'version', load }, guards, 'PUT'), ['PUT /: A guarded write returned a row whose version did not move'])
  t.same(await warningsOf({ source: 'version', load }, guards, 'DELETE'), [])
  t.same(await warningsOf({ source: 'version', load }, async request => { await request.precondition.guard(async () => 1); return { version: 2 } }, 'PUT'), [])
  const fussy = (state: { id?: number }): string => { if (state.id === undefined) throw new Error('no id'); return 'v' + state.id }
  t.same(await warningsOf({ source: fussy, load: () => ({ id: 1 }), answer: false },
    async request => { await request.precondition.guard(async () => ({ ok: true })); return {} }, 'PUT'), [])
})

t.test('a state without a tag that lets * satisfy its policy is reported once', async t => {
  t.same(await warningsOf({ source: 'version', policy: 'REQUIRED', load: () => ({ version: null }) }, async () => ({ version: 1 }), 'PUT'),
    ['PUT /: A write is satisfied by If-Match: *, since its state has no ETag'])
})

t.test('reply.validators names the state of an answer, before everything else that would', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const name = (state: object, send: unknown) => async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (request.method === 'PUT') await request.precondition.guard(async () => ({ version: 'written' }))
    return reply.validators(state).send(send)
  }
  app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/', config: { etag: { load } }, handler: name({ version: 'named' }, { version: 'sent' }) })
  app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/text', config: { etag: { load, answer: false } }, handler: name({ version: 'named' }, 'text') })
  app.get('/plain', async (_request, reply) => reply.validators({}).send({}))
  app.get('/late', { config: { etag: {} } }, name({ version: 'named' }, 'text'))
  for (const url of ['/', '/text']) {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) t.equal((await app.inject({ method, url })).headers.etag, '"named"', `${method} ${url}`)
  }
  t.equal((await app.inject({ url: '/late', headers: { 'if-none-match': '"named"' } })).statusCode, 304)
  t.match((await app.inject('/plain')).json(), { code: 'FST_ETAG_NOT_CONFIGURED' })
})
