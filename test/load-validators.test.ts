import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../lib/index.js'

const DATE = '2026-01-02T03:04:05Z'

/** A document of two columns that name and date it, and one that is long; each asks its store by `load` or by `loadValidators`. */
async function appOf (etag: EtagRouteOptions = {}): Promise<{ app: FastifyInstance, asked: string[], stored: { row: { version: number, at: string, text: string } | null } }> {
  const asked: string[] = []
  const stored = { row: { version: 1, at: DATE, text: 'long' } as { version: number, at: string, text: string } | null }
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: 'at' })
  const config = {
    etag: {
      load: async () => { asked.push('load'); return stored.row },
      loadValidators: async () => { asked.push('loadValidators'); return stored.row && { version: stored.row.version, at: stored.row.at } },
      ...etag
    }
  }
  app.get('/', { config }, async ({ precondition }) => precondition.load())
  app.get('/text', { config }, async () => 'text')
  app.get('/known', { config }, async ({ precondition: { current, expected, decision } }) => ({ current: current ?? 'nothing', version: expected.version, loads: decision.loads }))
  app.put('/', { config }, async ({ precondition }) => precondition.guard(async ({ version }) => ({ version: version + 1 })))
  return { app, asked, stored }
}

t.test('a read with a condition asks for the validators alone, and for the state only where its handler does', async t => {
  const { app, asked } = await appOf()
  const modified = new Date(DATE).toUTCString()
  const table = [
    [{}, 200, ['load']],
    [{ 'if-none-match': '"1"' }, 304, ['loadValidators']],
    [{ 'if-none-match': '"0"' }, 200, ['loadValidators', 'load']],
    [{ 'if-modified-since': modified }, 304, ['loadValidators']],
    [{ 'if-match': '"0"' }, 412, ['loadValidators']],
    [{ 'if-match': '"1"' }, 200, ['loadValidators', 'load']],
    [{ 'if-none-match': 'junk' }, 200, ['load']]
  ] as const
  for (const [headers, status, expected] of table) {
    for (const method of ['GET', 'HEAD'] as const) {
      asked.length = 0
      const response = await app.inject({ method, url: '/', headers })
      t.equal(response.statusCode, status, `${method} ${JSON.stringify(headers)}`)
      t.same(asked, expected)
      t.match(response.headers, { etag: '"1"', ...(status !== 412 && { 'last-modified': modified }) })
    }
  }
})

t.test('a write is compared with the state itself, which may be in another store than the one that reads ask', async t => {
  const { app, asked } = await appOf()
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).headers.etag, '"2"')
  t.same(asked, ['load'])
})

t.test('what was loaded to be compared is not the state that a handler gets', async t => {
  const { app } = await appOf()
  t.same((await app.inject({ url: '/known', headers: { 'if-none-match': '"0"' } })).json(), { current: 'nothing', version: 1, loads: 0 })
})

t.test('the answer is labelled by what it shows, else by what was compared, which is no newer', async t => {
  const { app, stored } = await appOf({ loadValidators: async () => ({ version: 0 }) })
  const read = async (url: string) => (await app.inject({ url, headers: { 'if-none-match': '"9"' } })).headers.etag
  t.equal(await read('/'), '"1"')
  t.equal(await read('/text'), '"0"')
  stored.row!.version = 2
  t.equal(await read('/'), '"2"')
})

t.test('what is not there is 404, also where it goes before its handler asks for it', async t => {
  const { app, stored } = await appOf({ loadValidators: () => ({ version: 1 }) })
  stored.row = null
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"0"' } })).statusCode, 404)
  for (const nothing of [null, undefined]) {
    const gone = await appOf({ loadValidators: () => nothing })
    t.equal((await gone.app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 404)
    t.same(gone.asked, [])
  }
})

t.test('what fails is an error of the server, and tells nothing', async t => {
  for (const loadValidators of [() => { throw new Error('secret') }, async () => { throw new Error('secret') }]) {
    const { app } = await appOf({ loadValidators })
    const response = await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })
    t.match(response.json(), { statusCode: 500, code: 'FST_ETAG_LOAD_FAILED' })
    t.notMatch(response.body, /secret/)
  }
})

t.test('a part is sent only of the state that was compared', async t => {
  const { app } = await appOf()
  app.get('/part', { config: { etag: { load: async () => ({ version: 1 }), loadValidators: async () => ({ version: 1 }) } } }, async ({ precondition }, reply) => {
    return reply.code(precondition.mayUseRange ? 206 : 200).send('part')
  })
  const read = async (tag: string) => (await app.inject({ url: '/part', headers: { range: 'bytes=0-1', 'if-range': tag } })).statusCode
  t.equal(await read('"1"'), 206)
  t.equal(await read('"0"'), 200)
})

t.test('it stands beside a load, and finds what names a state and not a body', async t => {
  const declare = async (etag: EtagRouteOptions): Promise<void> => {
    const app = Fastify()
    await app.register(etagPlugin)
    app.get('/', { config: { etag } }, async () => ({}))
    await app.ready()
  }
  const loadValidators = (): object => ({ version: 1 })
  await t.rejects(declare({ source: 'version', loadValidators }), { code: 'FST_ETAG_LOAD_MISSING', message: /GET \/ needs a load: loadValidators stands beside one/ })
  await t.rejects(declare({ source: { digest: 'sha256' }, load: () => null, loadValidators }), { code: 'FST_ETAG_INVALID_OPTION', message: /GET \/, config.etag: loadValidators finds what names a state/ })
})
