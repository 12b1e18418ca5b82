import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../lib/index.js'

const load = (): { version: number } => ({ version: 1 })

t.test('a misspelt or wrong option of register stops the start by name', async t => {
  for (const [options, message] of [
    [{ polcy: 'REQUIRED' }, /no option polcy; the options are policy, source, weak/],
    [{ policy: 'REQIRED' }, /policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', an object of these by kind, or a function of request and state, found 'REQIRED'/]
  ] as const) {
    const app = Fastify()
    await t.rejects(async () => { await app.register(etagPlugin, options as object) }, { code: 'FST_ETAG_INVALID_OPTION', message })
  }
})

t.test('a wrong option of a route stops the start and names the route', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  t.throws(() => app.put('/documents/:id', { config: { etag: { polcy: 1 } as object } }, () => {}), {
    code: 'FST_ETAG_INVALID_OPTION', message: /^PUT \/documents\/:id, config\.etag: there is no option polcy/
  })
})

t.test('a policy that no load could keep stops the start and names the route', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  t.throws(() => app.put('/documents/:id', { config: { etag: { source: 'version' } } }, () => {}), {
    code: 'FST_ETAG_LOAD_MISSING', message: /PUT \/documents\/:id needs a load: the policy REQUIRED of its plugin/
  })
})

t.test('registered twice in one scope stops the start', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  await t.rejects(async () => { await app.register(etagPlugin) }, { code: 'FST_ETAG_REGISTERED_TWICE' })
})

t.test('registered again inside a scope, the nearest policy wins, and siblings keep theirs', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'OPTIONAL', source: 'version' })
  await app.register(async scope => {
    await scope.register(etagPlugin, { policy: 'REQUIRED' })
    scope.put('/strict', { config: { etag: { load } } }, async () => ({}))
    scope.put('/own', { config: { etag: { load, policy: 'REQUIRED_FOR_DELETE' } } }, async () => ({}))
    await scope.register(async inner => {
      await inner.register(etagPlugin, { policy: 'OPTIONAL' })
      inner.put('/inner', { config: { etag: { load } } }, async () => ({}))
    })
  })
  await app.register(async scope => { scope.put('/sibling', { config: { etag: { load } } }, async () => ({})) })
  app.put('/root', { config: { etag: { load } } }, async () => ({}))

  for (const [url, status] of [['/strict', 428], ['/own', 200], ['/inner', 200], ['/sibling', 200], ['/root', 200]] as const) {
    t.equal((await app.inject({ method: 'PUT', url })).statusCode, status, url)
  }
  t.match((await app.inject({ method: 'PUT', url: '/strict' })).json(), { policy: 'REQUIRED', level: 'scope', currentEtag: '"1"' })
})

t.test('a route that did not ask, or says false, is left as it is', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  app.put('/plain', async () => ({ version: 1 }))
  app.put('/off', { config: { etag: false } }, async () => ({ version: 1 }))
  for (const url of ['/plain', '/off']) {
    const response = await app.inject({ method: 'PUT', url, headers: { 'if-match': 'malformed' } })
    t.equal(response.statusCode, 200)
    t.notOk(response.headers.etag)
  }
})

t.test('request.precondition on a route that did not ask is an error that names the route', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.get('/plain/:id', async request => request.precondition.load())
  const response = await app.inject('/plain/1')
  t.equal(response.statusCode, 500)
  t.match(response.json(), { code: 'FST_ETAG_NOT_CONFIGURED', message: /^GET \/plain\/:id has no precondition/ })

  const missing = Fastify()
  await missing.register(etagPlugin)
  missing.setNotFoundHandler(async request => request.precondition.load())
  t.match((await missing.inject('/nowhere')).json(), { code: 'FST_ETAG_NOT_CONFIGURED', message: /^GET \/nowhere has no precondition/ })
})

t.test('one route of several methods is each of them in turn', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED_FOR_DELETE', source: 'version' })
  app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/', config: { etag: { load } }, handler: async () => ({ version: 1 }) })
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 412)
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 200)
  t.equal((await app.inject({ method: 'DELETE', url: '/' })).statusCode, 428)
})

t.test('a POST is governed by the policy of its own route only, and honours what it was sent', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  app.post('/made', { config: { etag: {} } }, async (_request, reply) => reply.code(201).send({ version: 1 }))
  app.post('/action', { config: { etag: { load, policy: 'REQUIRED' } } }, async () => ({ version: 2 }))
  const made = await app.inject({ method: 'POST', url: '/made' })
  t.equal(made.statusCode, 201)
  t.equal(made.headers.etag, '"1"')
  t.match((await app.inject({ method: 'POST', url: '/made', headers: { 'if-match': '"1"' } })).json(), { status: 412, reason: 'unevaluable' })
  t.equal((await app.inject({ method: 'POST', url: '/action' })).statusCode, 428)
  t.equal((await app.inject({ method: 'POST', url: '/action', headers: { 'if-match': '"1"' } })).statusCode, 200)
})

t.test('OPTIONS is no method that a precondition is about', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.options('/', { config: { etag: { load } } }, async () => ({}))
  t.equal((await app.inject({ method: 'OPTIONS', url: '/', headers: { 'if-match': '"0"', 'if-none-match': '*' } })).statusCode, 200)
})
