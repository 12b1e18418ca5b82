import t from 'tap'
import Fastify, { type FastifyError, type FastifyInstance, type onSendHookHandler } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../../lib/index.js'
import { DECISIONS } from '../../lib/hooks/announce.js'

const load = (): object => ({ version: 1 })
const THROWN = { version: 3, a: 1 }
const stale = { method: 'PUT', url: '/', headers: { 'if-match': '"0"' } } as const

async function appOf (options: EtagPluginOptions = {}, add: (app: FastifyInstance) => void = () => {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', ...options })
  add(app)
  app.put('/', { config: { etag: { load } } }, async () => ({ version: 2 }))
  app.get('/', { config: { etag: { load } } }, async () => ({ version: 1 }))
  return app
}

t.test('a problem is text of its own type, and has no charset', async t => {
  for (const method of ['GET', 'PUT'] as const) {
    const response = await (await appOf()).inject({ ...stale, method })
    t.match(response, { statusCode: 412, headers: { 'content-type': 'application/problem+json', 'content-length': String(Buffer.byteLength(response.body)), etag: '"1"' } })
  }
})

t.test('a hook that fails on a refusal is answered for, at once or later', async t => {
  const failures: Readonly<Record<string, onSendHookHandler>> = {
    'a promise': (async () => { throw new Error('store down') }) as unknown as onSendHookHandler,
    'at once': (_request, _reply, _payload, done) => { done(new Error('store down')) },
    later: (_request, _reply, _payload, done) => { setImmediate(() => done(new Error('store down'))) }
  }
  for (const method of ['GET', 'PUT'] as const) {
    for (const [how, fail] of Object.entries(failures)) {
      const ofScope = await appOf({}, app => { app.addHook('onSend', fail) })
      t.match((await ofScope.inject({ ...stale, method })).statusCode, /412|500/, `${method} ${how}, of the scope`)
      const ofRoute = Fastify()
      await ofRoute.register(etagPlugin, { source: 'version' })
      ofRoute.route({ method, url: '/', config: { etag: { load } }, onSend: fail, handler: async () => ({ version: 2 }) })
      t.match((await ofRoute.inject({ ...stale, method })).statusCode, /412|500/, `${method} ${how}, of the route`)
    }
  }
})

t.test('an onError hook that fails loses no problem, and leaves no tag', async t => {
  const app = await appOf({}, app => { app.addHook('onError', async () => { throw new Error('nobody is told') }) })
  app.get('/unserialised', { config: { etag: { source: 'version' } } }, async () => ({ version: 1, toJSON () { throw new Error('no') } }))
  app.get('/thrown', { config: { etag: { source: 'version' } } }, async () => { throw THROWN })
  t.match(await app.inject({ ...stale, method: 'GET' }), { statusCode: 412, headers: { 'content-type': 'application/problem+json', etag: '"1"' } })
  for (const url of ['/unserialised', '/thrown']) t.match(await app.inject(url), { statusCode: 500, headers: { etag: undefined } }, url)
})

t.test('each of several refusals has a problem', async t => {
  for (const isAlone of [true, false]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    if (!isAlone) app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) })
    app.get('/', { config: { etag: { load: async () => null } } }, async ({ precondition }) => Promise.all([precondition.load(), precondition.load()]))
    t.match((await app.inject('/')).headers['content-type'], /problem/)
  }
})

t.test('who hooks errors is told the refusal once, ahead of its answer', async t => {
  for (const method of ['GET', 'PUT'] as const) {
    const told: string[] = []
    const app = await appOf({}, app => { app.addHook('onError', async (_request, reply, error) => { told.push(`${error.code} ${reply.sent}`) }) })
    t.equal((await app.inject({ ...stale, method })).json().status, 412)
    t.same(told, ['FST_ETAG_PRECONDITION_FAILED false'])
  }
})

t.test('the refusal is logged as Fastify logs any error of a client', async t => {
  for (const method of ['GET', 'PUT'] as const) {
    const lines: Array<{ level: number, err?: { code: string } }> = []
    const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } })
    await app.register(etagPlugin, { source: 'version' })
    app.route({ method, url: '/', config: { etag: { load } }, handler: async () => ({ version: 2 }) })
    await app.inject({ ...stale, method })
    t.same(lines.filter(({ err }) => err !== undefined).map(({ level, err }) => [level, err!.code]), [[30, 'FST_ETAG_PRECONDITION_FAILED']])
  }
})

t.test('an error handler that calls itself as Fastify calls its own still answers', async t => {
  const app = await appOf()
  app.setErrorHandler(function defaultErrorHandler (error: FastifyError, _request, reply) { reply.code(error.statusCode!).send({ mine: error.code }) })
  app.put('/other', { config: { etag: { load } } }, async () => ({}))
  t.match((await app.inject({ ...stale, url: '/other' })).json(), { mine: 'FST_ETAG_PRECONDITION_FAILED' })
})

t.test('what said how a content was coded is not said of the problem', async t => {
  for (const method of ['GET', 'PUT'] as const) {
    const app = await appOf({}, app => {
      app.addHook('onRequest', async (_request, reply) => { reply.headers({ 'content-encoding': 'gzip', 'content-length': '3', 'content-language': 'de', etag: '"own"' }) })
    })
    const { headers, body } = await app.inject({ ...stale, method })
    t.match(headers, { 'content-encoding': undefined, 'content-language': undefined, 'content-length': String(body.length), etag: '"1"' })
  }
})

t.test('a problem that fails is an error of the server, logged, and shows no state', async t => {
  for (const method of ['GET', 'PUT'] as const) {
    const app = await appOf({ problem: () => { throw new Error('no shape') } })
    const response = await app.inject({ ...stale, method })
    t.match(response, { statusCode: 500, headers: { etag: undefined } })
    t.notMatch(response.body, /no shape/)
  }
})

t.test('a refusal whose shape the route declares has the tag, and is told of, whoever else sees the answer', async t => {
  const schema = { response: { 412: { type: 'object', properties: { code: { type: 'string' } } } } }
  for (const isSeen of [false, true]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    if (isSeen) app.addHook('onSend', async () => {})
    app.get('/', { config: { etag: { load } }, schema }, async () => ({ version: 1 }))
    app.put('/', { config: { etag: { load } }, schema }, async () => ({ version: 2 }))
    // decided when it is sent, and an error that is sent
    app.get('/sent', { config: { etag: {} }, schema }, async () => ({ version: 1 }))
    app.put('/sent', { config: { etag: { load } }, schema }, async ({ precondition }, reply) => reply.send(await precondition.failed()))
    for (const [method, url] of [['GET', '/'], ['PUT', '/'], ['GET', '/sent'], ['PUT', '/sent']] as const) {
      const told: unknown[] = []
      const note = (decision: unknown): void => { told.push(decision) }
      const silent = await app.inject({ ...stale, method, url })
      DECISIONS.subscribe(note)
      const heard = await app.inject({ ...stale, method, url })
      DECISIONS.unsubscribe(note)
      for (const { statusCode, headers: { etag }, body } of [silent, heard]) {
        t.same({ statusCode, etag, body }, { statusCode: 412, etag: '"1"', body: '{"code":"FST_ETAG_PRECONDITION_FAILED"}' })
      }
      t.match(told, [{ method, status: 412 }])
    }
  }
})
