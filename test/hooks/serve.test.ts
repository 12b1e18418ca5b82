import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin from '../../lib/index.js'

const conditional = { url: '/', headers: { 'if-none-match': '"1"' } }

t.test('a read is decided about behind every preHandler, whichever plugin added it and when', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const seen: string[] = []
  app.addHook('onRoute', options => { options.preHandler = [options.preHandler ?? [], async () => { seen.push('late') }].flat() })
  app.get('/', { config: { etag: { load: () => { seen.push('load'); return { version: 1 } } } } }, async () => ({ version: 1 }))
  t.equal((await app.inject(conditional)).statusCode, 304)
  t.same(seen, ['late', 'load'])
})

t.test('a read runs no hook of ours ahead of its handler, and a write one', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const load = (): object => ({ version: 1 })
  app.get('/', { config: { etag: { load } } }, async () => ({ version: 1 }))
  app.put('/', { config: { etag: { load } } }, async () => ({ version: 2 }))
  await app.ready()
  const hooks = app.printRoutes({ includeHooks: true, commonPrefix: false })
  t.equal(hooks.match(/decidePreconditions/g)?.length, 1)
  t.notMatch(hooks, /preSerialization/)
})

t.test('what sends later is waited for, though its state is loaded by a promise', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const load = async (): Promise<object> => ({ version: 1 })
  app.get('/later', { config: { etag: { load } } }, (_request: FastifyRequest, reply: FastifyReply) => {
    setImmediate(() => { reply.send({ version: 1, text: 'later' }) })
  })
  app.get('/promised', { config: { etag: { load } } }, async () => { await wait(1); return { version: 1, text: 'promised' } })
  app.get('/nothing', { config: { etag: { load } } }, async () => {})
  for (const url of ['/later', '/promised']) {
    const response = await app.inject({ url, headers: { 'if-none-match': '"0"' } })
    t.match(response.json(), { text: url.slice(1) })
    t.equal(response.headers.etag, '"1"')
    t.match(await app.inject({ ...conditional, url }), { statusCode: 304, body: '', headers: { etag: '"1"' } })
  }
  t.match(await app.inject({ url: '/nothing', headers: { 'if-none-match': '"0"' } }), { statusCode: 200, body: '' })
})

t.test('who was answered while the state was loaded is not served', async t => {
  for (const rejects of [false, true]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    let runs = 0
    const load = async (): Promise<object> => {
      await wait(40)
      if (rejects) throw new Error('late')
      return { version: 1 }
    }
    app.get('/', { config: { etag: { load } }, handlerTimeout: 5 }, async () => { runs++; return { version: 1 } })
    t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"0"' } })).statusCode, 503)
    await wait(60)
    t.equal(runs, 0)
  }
})

t.test('who answered by the raw response while the state was loaded is not served', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let runs = 0
  app.get('/', {
    config: { etag: { load: async () => ({ version: 1 }) } },
    preHandler: (_request, reply, done) => {
      queueMicrotask(() => { reply.hijack(); reply.raw.end('raw') })
      done()
    }
  }, async () => { runs++; return {} })
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"0"' } })).body, 'raw')
  t.equal(runs, 0)
})

t.test('what is thrown is no state, whatever it looks like', async t => {
  const thrown = { version: 1, statusCode: 404 }
  for (const source of ['version', (state: { meta?: { version: number } }) => state.meta!.version]) {
    const app = Fastify()
    await app.register(etagPlugin, { source })
    app.get('/sync', { config: { etag: {} } }, () => { throw thrown })
    app.get('/async', { config: { etag: {} } }, async () => { throw thrown })
    // a promise of another make
    app.get('/thenable', { config: { etag: {} } }, () => ({ then: (_resolve: unknown, reject: (reason: object) => void) => { setImmediate(() => reject(thrown)) } }) as Promise<never>)
    app.setErrorHandler(async (error, _request, reply) => {
      t.equal(error, thrown)
      return reply.code(200).send({ version: 1 })
    })
    for (const url of ['/sync', '/async', '/thenable']) {
      for (const headers of [{}, { 'if-none-match': '"1"' }]) {
        const response = await app.inject({ url, headers })
        t.equal(response.statusCode, 200, url)
        t.equal(response.headers.etag, undefined)
      }
    }
  }
})

t.test('null is an answer, though its state is loaded by a promise', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: { load: async () => ({ version: 3 }) } } }, () => null)
  for (const headers of [{}, { 'if-none-match': '"9"' }]) t.match(await app.inject({ url: '/', headers }), { statusCode: 200, body: 'null' })
})
