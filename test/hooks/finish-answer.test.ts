import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
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

t.test('what the handler set itself is kept', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: () => new Date(0) })
  const own = { etag: '"own"', 'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT', 'cache-control': 'max-age=60' }
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.headers(own).send({ version: 1 }))
  t.match((await app.inject('/')).headers, own)
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
