import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin, { type Decision } from '../../lib/index.js'

interface Row { version: unknown, at?: string }

/** A read of a row that is loaded, by a promise or at once. */
async function appOf (row: Row | null | undefined, later: boolean): Promise<{ app: FastifyInstance, loads: () => number }> {
  const app = Fastify()
  let loads = 0
  await app.register(etagPlugin, { source: 'version', lastModified: 'at' })
  const load = (): unknown => { loads++; return later ? Promise.resolve(row) : row }
  app.get('/', { config: { etag: { load } } }, async ({ precondition }) => precondition.load())
  return { app, loads: () => loads }
}

const DATED = { version: 1, at: '2026-01-02T03:04:05Z' }

t.test('a read that names the current tag and no other is 304, and any other is decided by what was loaded for it', async t => {
  const table = [
    [DATED, '"1"', 304],
    [DATED, 'W/"1"', 304],
    [DATED, '"0", "1"', 304],
    [DATED, '"1;gzip"', 200],
    [DATED, '"0"', 200],
    [DATED, '*', 304],
    [{ version: null }, '"1"', 200],
    [null, '"1"', 404],
    [undefined, '"1"', 404],
    [{ version: {} }, '"1"', 500]
  ] as const
  for (const later of [false, true]) {
    for (const [row, tag, status] of table) {
      for (const method of ['GET', 'HEAD'] as const) {
        const { app, loads } = await appOf(row, later)
        const response = await app.inject({ method, url: '/', headers: { 'if-none-match': tag } })
        t.equal(response.statusCode, status, `${method} ${tag} of ${JSON.stringify(row)}`)
        t.equal(loads(), 1)
        if (status === 304) t.match(response, { body: '', headers: { etag: '"1"', 'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT', 'content-length': undefined, 'content-type': undefined } })
      }
    }
  }
})

t.test('a field that is malformed is ignored, and nothing is loaded for it', async t => {
  for (const tag of ['W/W/"1"', '"1', '1"', '"1" "1"', '" 1"']) {
    const { app, loads } = await appOf(DATED, false)
    app.get('/unloaded', { config: { etag: { load: () => t.fail('loaded') } } }, async () => 'text')
    t.equal((await app.inject({ url: '/unloaded', headers: { 'if-none-match': tag } })).body, 'text', tag)
    t.equal(loads(), 0)
  }
})

t.test('another condition beside it is decided too', async t => {
  const { app } = await appOf(DATED, false)
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"', 'if-match': '"0"' } })).statusCode, 412)
})

t.test('what fails is told as a failure, and once', async t => {
  for (const load of [() => { throw new Error('secret') }, async () => { throw new Error('secret') }]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.get('/', { config: { etag: { load } } }, async () => ({}))
    const response = await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })
    t.match(response.json(), { code: 'FST_ETAG_LOAD_FAILED' })
    t.notMatch(response.body, /secret/)
  }
})

t.test('who asks what was decided is told the same as of any other request', async t => {
  const { app } = await appOf(DATED, true)
  let asked: Decision | undefined
  app.addHook('onResponse', async request => { asked = request.precondition.decision })
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  const expected = { outcome: 'not-modified', status: 304, field: 'If-None-Match', loads: 1 }
  t.match(asked, expected)
  const published: unknown[] = []
  const listen = (decision: unknown): void => { published.push(decision) }
  subscribe('fastify-etag-policy:decision', listen)
  t.match(await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } }), { statusCode: 304, headers: { etag: '"1"' } })
  unsubscribe('fastify-etag-policy:decision', listen)
  t.match(published, [expected])
})

t.test('a 304 that a hook of the scope makes a failure of has no tag', async t => {
  const { app } = await appOf(DATED, false)
  app.addHook('onSend', async (_request, reply) => { reply.code(403) })
  t.match(await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } }), { statusCode: 403, headers: { etag: undefined, 'last-modified': undefined } })
})

t.test('what a hook said of a content is not said of a 304', async t => {
  const { app } = await appOf(DATED, false)
  app.addHook('onRequest', async (_request, reply) => { reply.type('text/html') })
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).headers['content-type'], undefined)
})

t.test('who timed out while the state was loaded has no tag', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.addHook('onSend', async () => { await wait(40) })
  app.get('/', { handlerTimeout: 5, config: { etag: { load: async () => { await wait(20); return { version: 1 } } } } }, async () => ({}))
  t.match(await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } }), { statusCode: 503, headers: { etag: undefined } })
})
