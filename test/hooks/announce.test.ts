import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import t from 'tap'
import Fastify from 'fastify'
import etagPlugin, { type Decision } from '../../lib/index.js'

t.test('every decision is published once, when its answer goes out, and nothing is where no route asked', async t => {
  const published: Decision[] = []
  const listen = (message: unknown): void => { published.push(message as Decision) }
  subscribe('fastify-etag-policy:decision', listen)
  t.teardown(() => unsubscribe('fastify-etag-policy:decision', listen))

  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  const load = (): { version: number } => ({ version: 1 })
  app.get('/:id', { config: { etag: { load } } }, async () => ({ version: 1 }))
  app.put('/:id', { config: { etag: { load, kind: 'doc' } } }, async request => request.precondition.guard(async () => ({ version: 2 })))
  app.get('/late/:id', { config: { etag: {} } }, async () => ({ version: 1 }))
  app.get('/text/:id', { config: { etag: {} } }, async (_request, reply) => reply.header('etag', '"1"').send('text'))
  app.get('/plain/:id', async () => ({}))

  const table = [
    ['GET', '/7', {}, { route: '/:id', method: 'GET', outcome: 'proceed', status: undefined, loads: 0, attempts: 0 }],
    ['GET', '/7', { 'if-none-match': '"1"' }, { outcome: 'not-modified', status: 304, field: 'If-None-Match', loads: 1 }],
    ['GET', '/late/7', { 'if-none-match': '"1"' }, { route: '/late/:id', outcome: 'not-modified', status: 304 }],
    ['GET', '/text/7', { 'if-none-match': '"1"' }, { route: '/text/:id', outcome: 'not-modified', status: 304 }],
    ['GET', '/text/7', { 'if-match': '"0"' }, { route: '/text/:id', outcome: 'precondition-failed', status: 412 }],
    ['PUT', '/7', {}, { outcome: 'precondition-required', status: 428, policy: 'REQUIRED', level: 'plugin', kind: 'doc' }],
    ['PUT', '/7', { 'if-match': '"0"' }, { outcome: 'precondition-failed', status: 412, field: 'If-Match', reason: 'changed' }],
    ['PUT', '/7', { 'if-match': 'junk' }, { outcome: 'invalid', status: 400, field: 'If-Match' }],
    ['PUT', '/7', { 'if-match': '"1"' }, { outcome: 'proceed', attempts: 1, loads: 1 }]
  ] as const
  for (const [method, url, headers, expected] of table) {
    await app.inject({ method, url, headers })
    t.equal(published.length, 1, `${method} ${url} ${JSON.stringify(headers)}`)
    t.match(published.pop(), expected)
  }
  await app.inject('/plain/7')
  t.equal(published.length, 0)
})
