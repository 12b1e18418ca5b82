import t from 'tap'
import Fastify, { type FastifyRequest } from 'fastify'
import { Registry } from 'prom-client'
import etagPlugin, { defineEtag } from 'fastify-etag-policy'
import { countDecisions } from './metrics.js'
import { loadFrom, type Reader } from './replicas.js'
import { rollOut } from './rollout.js'

interface Row { version: number }

t.test('the counters tell the rates of 304, 412 and 428 by route, and what enforce let through', async t => {
  const register = new Registry()
  countDecisions(register)
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  const config = { etag: { load: () => ({ version: 1 }) } }
  app.get('/documents/:id', { config }, async () => ({ version: 1 }))
  app.put('/documents/:id', { config }, async () => ({ version: 2 }))
  app.put('/drafts/:id', { config: { etag: { ...config.etag, enforce: false } } }, async () => ({ version: 2 }))

  await app.inject('/documents/1')
  await app.inject({ url: '/documents/1', headers: { 'if-none-match': '"1"' } })
  await app.inject({ url: '/documents/2', headers: { 'if-none-match': '"1"' } })
  await app.inject({ method: 'PUT', url: '/documents/1' })
  await app.inject({ method: 'PUT', url: '/documents/1', headers: { 'if-match': '"0"' } })
  await app.inject({ method: 'PUT', url: '/documents/1', headers: { 'if-match': '"1"' } })
  await app.inject({ method: 'PUT', url: '/drafts/1' })

  const text = await register.metrics()
  const line = (labels: string): string => `http_preconditions_total{${labels}}`
  for (const [labels, count] of [
    ['route="/documents/:id",method="GET",outcome="proceed",status="",reason=""', 1],
    ['route="/documents/:id",method="GET",outcome="not-modified",status="304",reason=""', 2],
    ['route="/documents/:id",method="PUT",outcome="precondition-required",status="428",reason=""', 1],
    ['route="/documents/:id",method="PUT",outcome="precondition-failed",status="412",reason="changed"', 1],
    ['route="/documents/:id",method="PUT",outcome="proceed",status="",reason=""', 1]
  ] as const) t.ok(text.includes(`${line(labels)} ${count}\n`), labels)
  t.ok(text.includes('http_preconditions_not_enforced_total{route="/drafts/:id",method="PUT",would_answer="428"} 1\n'))
})

t.test('a roll-out asks the clients that are ready first, and everybody from its day on', async t => {
  let today = new Date('2026-01-01')
  const app = Fastify()
  await rollOut(app, new Date('2026-02-01'), () => today)
  app.put('/', { config: { etag: { source: 'version', load: () => ({ version: 1 }) } } }, async () => ({ version: 2 }))
  const put = async (headers = {}): Promise<number> => (await app.inject({ method: 'PUT', url: '/', headers })).statusCode
  t.equal(await put(), 200)
  t.equal(await put({ 'x-api-version': '2' }), 428)
  t.equal(await put({ 'if-match': '"0"' }), 412, 'what was sent is honoured from the first day')
  today = new Date('2026-02-01')
  t.equal(await put(), 428)
})

t.test('a write is decided on the primary, also where the replica lags behind', async t => {
  const asked: string[] = []
  const reader = (name: string, version: number): Reader<Row> => ({ find: async () => { asked.push(name); return { version } } })
  const load = loadFrom(reader('primary', 2), reader('replica', 1))
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load })
  app.get<{ Params: { id: string } }>('/:id', { config: { etag: document } }, request => document.of(request).load())
  app.put<{ Params: { id: string } }>('/:id', { config: { etag: document } }, (request: FastifyRequest<{ Params: { id: string } }>) =>
    document.of(request).guard(async ({ version }) => ({ version: version + 1 })))
  t.equal((await app.inject('/1')).headers.etag, '"1"')
  t.equal((await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"2"' } })).headers.etag, '"3"')
  const stale = await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"1"' } })
  t.equal(stale.statusCode, 412)
  t.equal(stale.headers.etag, '"2"')
  t.same(asked, ['replica', 'primary', 'primary'])
})
