import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../../lib/index.js'

t.test('a state is asked for only where a field or the policy needs one', async t => {
  let loads = 0
  const load = (): { version: number, at: string } => { loads++; return { version: 1, at: '2026-01-02T03:04:05Z' } }
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED_FOR_DELETE', source: 'version', lastModified: 'at' })
  app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/', config: { etag: { load } }, handler: async () => ({ version: 1 }) })
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT'
  const table = [
    ['GET', {}, 0],
    ['GET', { 'if-none-match': '"0"' }, 1],
    ['GET', { 'if-none-match': 'malformed' }, 0],
    ['GET', { 'if-modified-since': date }, 1],
    ['GET', { 'if-modified-since': '2026' }, 0],
    ['PUT', {}, 0],
    ['PUT', { 'if-modified-since': date }, 0],
    ['PUT', { 'if-unmodified-since': date }, 1],
    ['PUT', { 'if-match': '"1"' }, 1],
    ['PUT', { 'if-match': 'malformed' }, 0],
    ['DELETE', {}, 1]
  ] as const
  for (const [method, headers, expected] of table) {
    loads = 0
    await app.inject({ method, url: '/', headers })
    t.equal(loads, expected, `${method} ${JSON.stringify(headers)}`)
  }
})

t.test("create: 'only' makes a PUT look before it makes anything, and a PUT with create: 'may' need not", async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const states: Record<string, object> = { there: { version: 1 } }
  for (const create of ['only', 'may'] as const) {
    app.put<{ Params: { id: string } }>(`/${create}/:id`, {
      config: { etag: { create, load: request => states[(request.params as { id: string }).id] } }
    }, async (_request, reply) => reply.code(201).send({ version: 1 }))
  }
  const put = async (url: string, headers = {}): Promise<number> => (await app.inject({ method: 'PUT', url, headers })).statusCode
  t.equal(await put('/only/there'), 412)
  t.equal(await put('/only/there', { 'if-match': '"1"' }), 412)
  t.equal(await put('/only/new'), 201)
  t.equal(await put('/only/new', { 'if-none-match': '*' }), 201)
  t.equal(await put('/only/new', { 'if-match': '"1"' }), 412)
  t.equal(await put('/may/there'), 201)
  t.equal(await put('/may/there', { 'if-none-match': '*' }), 412)
  t.equal(await put('/may/new', { 'if-match': '*' }), 412)
})

t.test('a state that is known at once is decided on in the same turn', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let turns = 0
  app.get('/', {
    config: { etag: { load: () => { queueMicrotask(() => { turns++ }); return { version: 1 } } } },
    onSend: (_request, _reply, payload, done) => { t.equal(turns, 0); done(null, payload) }
  }, async () => ({}))
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
})
