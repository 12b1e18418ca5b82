import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin from '../../lib/index.js'

type Done = () => void
const load = (): { version: number } => ({ version: 1 })

t.test('the lists and the config that routes share stay as their author left them', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const none = (_request: unknown, _reply: unknown, done: Done): void => done()
  const noneBefore = (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void): void => done(null, payload)
  const shared = {
    preHandler: Object.freeze([none]) as unknown as typeof none[],
    preSerialization: Object.freeze([noneBefore]) as unknown as typeof noneBefore[],
    onSend: Object.freeze([noneBefore]) as unknown as typeof noneBefore[],
    config: Object.freeze({ etag: Object.freeze({ load }) })
  }
  app.get('/one', shared, async () => ({ version: 1 }))
  app.get('/two', { ...shared, preHandler: none, onSend: noneBefore, preSerialization: noneBefore }, async () => ({ version: 1 }))
  for (const url of ['/one', '/two']) {
    t.equal((await app.inject(url)).headers.etag, '"1"')
    t.equal((await app.inject({ url, headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  }
})

t.test("our hooks run after the route's own", async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const seen: string[] = []
  app.get('/', {
    config: { etag: { load: () => { seen.push('load'); return { version: 1 } } } },
    preHandler: async () => { seen.push('preHandler') },
    onSend: async (_request, reply, payload) => { seen.push(`onSend ${reply.getHeader('etag')}`); return payload }
  }, async () => ({ version: 1 }))
  await app.inject({ url: '/', headers: { 'if-none-match': '"0"' } })
  t.same(seen, ['preHandler', 'load', 'onSend undefined'])
})

t.test('a HEAD route of its own is one too', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.head('/', { config: { etag: { load } } }, async () => ({ version: 1 }))
  t.equal((await app.inject({ method: 'HEAD', url: '/' })).headers.etag, '"1"')
  const response = await app.inject({ method: 'HEAD', url: '/', headers: { 'if-none-match': '"1"' } })
  t.equal(response.statusCode, 304)
  t.notOk(response.headers['content-length'])
})

t.test('a body that the route declares for a refusal is the one that is sent', async t => {
  const body = { type: 'object', properties: { statusCode: { type: 'number' }, message: { type: 'string' } } }
  async function answerOf (response: Record<string, object>): Promise<Awaited<ReturnType<FastifyInstance['inject']>>> {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.put('/', { config: { etag: { load } }, schema: { response } }, async () => ({}))
    return app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })
  }
  for (const status of ['412', '4xx', '4XX', 'default']) {
    const response = await answerOf({ [status]: body })
    t.same(Object.keys(response.json()), ['statusCode', 'message'], status)
    t.equal(response.headers.etag, '"1"')
  }
  for (const status of ['200', '428', '5xx']) t.equal((await answerOf({ [status]: body })).json().title, 'Precondition Failed', status)
  const all = { type: 'object', properties: { statusCode: { type: 'number' }, code: { type: 'string' }, error: { type: 'string' }, message: { type: 'string' } } }
  for (const status of ['412', '4xx', '4XX', 'default']) {
    const response = await answerOf({ [status]: all })
    t.same(Object.keys(response.json()), ['statusCode', 'code', 'error', 'message'], `${status}, even where it is what Fastify writes by itself`)
  }
})
