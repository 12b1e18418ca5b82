import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type Decision, type EtagPluginOptions, type EtagRouteOptions } from '../lib/index.js'

type Headers = Record<string, string>

interface Probe {
  readonly app: FastifyInstance
  readonly runs: () => number
  readonly decision: () => Decision | undefined
  readonly send: (method: 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'DELETE' | 'POST', headers?: Headers, url?: string) => Promise<LightMyRequestResponse>
}

/** One route of all methods that loads version 1 and answers with version 2; `/new` has nothing. */
async function probe (etag: EtagRouteOptions, options: EtagPluginOptions = {}): Promise<Probe> {
  const app = Fastify()
  await app.register(etagPlugin, options)
  let runs = 0
  let decision: Decision | undefined
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'],
    url: '/:id',
    config: {
      etag: {
        source: 'version',
        lastModified: 'at',
        load: request => (request.params as { id: string }).id === 'new' ? null : { version: 1, at: '2026-01-02T03:04:05Z' },
        ...etag
      }
    },
    handler: async request => {
      runs++
      decision = request.precondition.decision
      return { version: request.method === 'GET' || request.method === 'HEAD' ? 1 : 2, at: '2026-01-02T03:04:06Z' }
    }
  })
  return {
    app,
    runs: () => runs,
    decision: () => decision,
    send: (method, headers = {}, url = '/7') => app.inject({ method, url, headers })
  }
}

t.test('missing: 409 answers in place of 428, with the tag and a problem that says so', async t => {
  const { send } = await probe({ policy: 'REQUIRED', missing: 409 })
  const response = await send('PUT')
  t.equal(response.statusCode, 409)
  t.equal(response.headers.etag, '"1"')
  t.match(response.json(), { title: 'Conflict', status: 409, code: 'FST_ETAG_PRECONDITION_REQUIRED', field: 'If-Match', currentEtag: '"1"' })
})

t.test('accept lets other fields satisfy a policy, each only itself, and not where nothing stands behind it', async t => {
  const date = { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }
  const table: ReadonlyArray<readonly [EtagRouteOptions, Headers, number]> = [
    [{ accept: ['If-Match: *'] }, { 'if-match': '*' }, 200],
    [{ accept: ['If-Match: *'] }, { 'if-none-match': '"0"' }, 428],
    [{ accept: ['If-None-Match'] }, { 'if-none-match': '"0"' }, 200],
    [{ accept: ['If-None-Match'] }, { 'if-match': '*' }, 428],
    [{ accept: ['If-Unmodified-Since'] }, date, 200],
    [{ accept: ['If-Unmodified-Since'] }, { 'if-unmodified-since': 'yesterday' }, 428],
    [{ accept: ['If-Unmodified-Since'], lastModified: () => null }, date, 428],
    [{ accept: ['If-Match: *', 'If-None-Match', 'If-Unmodified-Since'] }, {}, 428]
  ]
  for (const [etag, headers, status] of table) {
    const { send } = await probe({ policy: 'REQUIRED', ...etag })
    t.equal((await send('PUT', headers)).statusCode, status, JSON.stringify([etag.accept, headers]))
  }
})

t.test('enforce: false lets a write through that misses its policy, says what it would have got, and honours what was sent', async t => {
  for (const enforce of [false, () => false]) {
    const { send, decision } = await probe({ policy: 'REQUIRED', enforce, missing: 409 })
    t.equal((await send('PUT')).statusCode, 200)
    t.match(decision(), { outcome: 'proceed', wouldAnswer: 409, loads: 0 })
    t.equal((await send('PUT', { 'if-match': '*' })).statusCode, 200)
    t.match(decision(), { wouldAnswer: 409 })
    t.equal((await send('PUT', { 'if-match': '"1"' })).statusCode, 200)
    t.equal(decision()!.wouldAnswer, undefined)
    t.equal((await send('PUT', { 'if-match': '"0"' })).statusCode, 412)
    t.equal((await send('PUT', { 'if-match': 'junk' })).statusCode, 400)
    t.equal((await send('GET', { 'if-none-match': '"1"' })).statusCode, 304)
  }
})

t.test('enforce as a function is asked once for each write that the policy is about, and only a clear no counts', async t => {
  let asked = 0
  const strict = await probe({ policy: 'REQUIRED', enforce: () => { asked++; return true } })
  t.equal((await strict.send('PUT')).statusCode, 428)
  t.equal((await strict.send('PUT', { 'if-match': '"1"' })).statusCode, 200)
  t.equal(asked, 2)
  await strict.send('GET')
  t.equal(asked, 2)
  for (const enforce of [() => undefined, () => Promise.resolve(false)]) {
    t.equal((await (await probe({ policy: 'REQUIRED', enforce: enforce as unknown as () => boolean })).send('PUT')).statusCode, 428)
  }
  const failing = await probe({ policy: 'REQUIRED', enforce: () => { throw new Error('no') } })
  t.equal((await failing.send('PUT')).statusCode, 500)
  t.equal(failing.runs(), 0)
})

t.test('disclose: no keeps the tag from refusals, in the field and in the problem', async t => {
  for (const disclose of [false, () => false, (() => undefined) as unknown as () => boolean]) {
    const { send } = await probe({ policy: 'REQUIRED', disclose })
    for (const headers of [{}, { 'if-match': '"0"' }]) {
      const response = await send('PUT', headers)
      t.match(response.statusCode, headers['if-match'] === undefined ? 428 : 412)
      t.notOk(response.headers.etag)
      t.notOk('currentEtag' in response.json())
    }
    t.match((await send('PUT')).json().detail, /Read the document and send its ETag/)
  }
  const { send } = await probe({ policy: 'REQUIRED', disclose: (request: FastifyRequest) => request.headers.authorization !== undefined })
  t.equal((await send('PUT', { authorization: 'me' })).headers.etag, '"1"')
  t.notOk((await send('PUT')).headers.etag)
})

t.test("at: 'onRequest' decides before the body is read, and after the onRequest hooks of others", async t => {
  const app = Fastify()
  await app.register(etagPlugin, { at: 'onRequest', policy: 'REQUIRED' })
  const seen: string[] = []
  app.addHook('onRequest', async () => { seen.push('scope') })
  app.put('/', {
    onRequest: async () => { seen.push('route') },
    preParsing: async () => { seen.push('body') },
    config: { etag: { source: 'version', load: () => { seen.push('load'); return { version: 1 } } } }
  }, async () => ({ version: 2 }))
  const put = async (tag: string): Promise<number> => (await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag, 'content-type': 'application/json' }, payload: '{broken' })).statusCode
  t.equal(await put('"0"'), 412)
  t.strictSame(seen.splice(0), ['scope', 'route', 'load'])
  t.equal(await put('"1"'), 400)
  t.strictSame(seen, ['scope', 'route', 'load', 'body'])
})

t.test('answer: false labels no write, and every read', async t => {
  const { send } = await probe({ answer: false })
  t.equal((await send('GET')).headers.etag, '"1"')
  for (const method of ['PUT', 'PATCH', 'POST'] as const) {
    const response = await send(method)
    t.notOk(response.headers.etag)
    t.notOk(response.headers['last-modified'])
  }
})

t.test('headers stand on the 200 and on the 304 of a read, and on nothing else', async t => {
  const declared: readonly EtagRouteOptions[] = [
    { headers: { 'Cache-Control': 'max-age=60', Vary: 'accept, accept-language' } },
    { headers: state => ({ 'cache-control': `max-age=${state.version * 60}`, vary: ['accept', 'accept-language'] }) }
  ]
  for (const etag of declared) {
    const { send } = await probe(etag)
    for (const headers of [{}, { 'if-none-match': '"1"' }]) {
      for (const method of ['GET', 'HEAD'] as const) {
        const response = await send(method, headers)
        t.equal(response.statusCode, 'if-none-match' in headers ? 304 : 200)
        t.equal(response.headers['cache-control'], 'max-age=60')
        t.equal(response.headers.vary, 'accept, accept-language')
      }
    }
    t.equal((await send('PUT')).headers.vary, undefined)
    t.equal((await send('GET', { 'if-match': '"0"' })).headers.vary, undefined)
  }
})

t.test('createIgnoresIfMatch is no leave to make anew what was there when the request was checked', async t => {
  const app = Fastify()
  let row: { version: number } | null = { version: 1 }
  await app.register(etagPlugin, { source: 'version', createIgnoresIfMatch: true })
  app.put('/', { config: { etag: { load: () => row } } }, request => request.precondition.guard(async () => {
    // somebody else removes it
    row = null
    return null
  }, { create: async () => { row = { version: 1 }; return row } }))
  const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })
  t.match(response.json(), { status: 412, reason: 'absent' })
  t.equal(row, null)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 200, 'what was not there is made')
})

t.test('createIgnoresIfMatch lets a PUT make something in spite of If-Match', async t => {
  t.equal((await (await probe({})).send('PUT', { 'if-match': '"1"' }, '/new')).statusCode, 412)
  const { send } = await probe({ createIgnoresIfMatch: true, policy: 'REQUIRED' })
  t.equal((await send('PUT', { 'if-match': '"1"' }, '/new')).statusCode, 200)
  t.equal((await send('PUT', { 'if-match': '"0"' })).statusCode, 412)
  t.equal((await send('PATCH', { 'if-match': '"1"' }, '/new')).statusCode, 404)
})

t.test('tolerate.unquoted takes bare tags as they are meant', async t => {
  const { send } = await probe({ tolerate: { unquoted: true } })
  t.equal((await send('PUT', { 'if-match': '1' })).statusCode, 200)
  t.equal((await send('PUT', { 'if-match': '0, 1' })).statusCode, 200)
  t.equal((await send('PUT', { 'if-match': '0' })).statusCode, 412)
  t.equal((await send('PUT', { 'if-match': '"1' })).statusCode, 400)
  t.equal((await send('GET', { 'if-none-match': '1' })).statusCode, 304)
})

t.test('a policy by kind holds for the routes of that kind, and reads need no kind', async t => {
  const policy = { db: 'REQUIRED', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' } as const
  for (const [kind, put, remove] of [['db', 428, 428], ['coll', 200, 428], ['doc', 200, 200]] as const) {
    const { send } = await probe({ kind }, { policy })
    t.equal((await send('PUT')).statusCode, put, kind)
    t.equal((await send('DELETE')).statusCode, remove, kind)
  }
  const { send, decision } = await probe({ kind: 'db', policy: 'OPTIONAL' }, { policy })
  t.equal((await send('PUT')).statusCode, 200, 'the policy of the route is nearer')
  t.match(decision(), { kind: 'db', policy: 'OPTIONAL', level: 'route' })
  const app = Fastify()
  await app.register(etagPlugin, { policy, source: 'version' })
  app.get('/', { config: { etag: {} } }, async () => ({ version: 1 }))
  t.equal((await app.inject('/')).headers.etag, '"1"')
})

t.test('allReads makes every GET and HEAD of the scope ask, and its writes refuse the tags that they cannot compare', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: 'version', policy: 'REQUIRED' })
  app.get('/', async () => ({ version: 1 }))
  app.get('/off', { config: { etag: false } }, async () => ({ version: 1 }))
  app.options('/', { preHandler: async () => {} }, async () => 'allowed')
  app.route({ method: ['GET', 'PUT', 'DELETE'], url: '/mixed', handler: async () => ({ version: 1 }) })
  await app.register(async scope => {
    await scope.register(etagPlugin, { allReads: false })
    scope.get('/quiet', async () => ({ version: 1 }))
  })
  const headers = { 'if-none-match': '"1"' }
  for (const method of ['GET', 'HEAD'] as const) t.equal((await app.inject({ method, url: '/', headers })).statusCode, 304)
  t.equal((await app.inject({ url: '/mixed', headers })).statusCode, 304)
  t.equal((await app.inject({ method: 'OPTIONS', url: '/', headers: { 'if-match': '"0"' } })).statusCode, 200, 'OPTIONS is about no representation')
  for (const url of ['/off', '/quiet']) t.equal((await app.inject({ url, headers })).statusCode, 200, url)
  for (const method of ['PUT', 'DELETE'] as const) {
    const response = await app.inject({ method, url: '/mixed' })
    t.equal(response.statusCode, 200, `${method}: no policy makes it ask`)
    t.notOk(response.headers.etag)
    for (const field of ['if-match', 'if-none-match']) {
      const refused = await app.inject({ method, url: '/mixed', headers: { [field]: '"1"' } })
      t.equal(refused.statusCode, 412, `${method} with ${field}`)
      t.equal(refused.json().reason, 'unevaluable')
      t.notOk(refused.headers.etag)
    }
  }
})

t.test('under allReads a write that does not ask starts, whatever hooks others add behind ours', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: 'version' })
  app.addHook('onRoute', options => {
    if (options.method === 'POST') options.preHandler = [options.preHandler ?? [], async () => {}].flat()
  })
  app.post('/', async () => 'done')
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 200)
  t.equal((await app.inject({ method: 'POST', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 412)
})

t.test('a timestamp keeps the microseconds that a Date would lose', async t => {
  const source = { timestamp: ['updated', 'created'] } as const
  const app = Fastify()
  await app.register(etagPlugin, { source })
  const states: Record<string, object> = {
    text: { updated: '2026-02-04 10:00:00.123456+00', created: null },
    fallback: { updated: null, created: '2026-02-04 09:00:00.000001+00' },
    unset: { updated: null, created: null },
    date: { updated: new Date(0) }
  }
  app.put('/:id', { config: { etag: { load: request => states[(request.params as { id: string }).id] } } }, async () => ({}))
  const put = async (id: string, tag: string): Promise<LightMyRequestResponse> => app.inject({ method: 'PUT', url: `/${id}`, headers: { 'if-match': tag } })
  t.equal((await put('text', '"2026-02-04%2010:00:00.123456+00"')).statusCode, 200)
  t.equal((await put('text', '"2026-02-04%2010:00:00.123+00"')).headers.etag, '"2026-02-04%2010:00:00.123456+00"')
  t.equal((await put('fallback', '"2026-02-04%2009:00:00.000001+00"')).statusCode, 200)
  t.match((await put('unset', '"x"')).json(), { status: 412, reason: 'unevaluable' })
  t.match((await put('date', '"x"')).json(), { statusCode: 500, code: 'FST_ETAG_INVALID_VERSION', message: /The field updated .* select the timestamp as text, or promise by precision: 'ms'/ })
})
