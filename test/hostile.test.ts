import { createReadStream } from 'node:fs'
import { connect } from 'node:http2'
import { connect as connectTo, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { defineEtag } from '../lib/index.js'
import { gate } from './meeting.js'

// What a reviewer found who meant no good. Each was seen to go wrong before.

const load = (): { version: number } => ({ version: 3 })

t.test('a closed schema of header fields takes no condition away', async t => {
  for (const properties of [{}, { 'if-match': { type: 'integer' } }]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    let runs = 0
    app.route({
      method: ['GET', 'PUT', 'DELETE'],
      url: '/',
      schema: { headers: { type: 'object', properties: { authorization: { type: 'string' }, ...properties }, additionalProperties: false } },
      config: { etag: { load } },
      handler: async () => { runs++; return {} }
    })
    const send = async (method: 'GET' | 'PUT' | 'DELETE', headers: Record<string, string>): Promise<number> => (await app.inject({ method, url: '/', headers })).statusCode
    if (!('if-match' in properties)) {
      t.equal(await send('PUT', { 'if-match': '"1"' }), 412)
      t.equal(await send('PUT', { 'if-match': 'garbage' }), 400)
      t.equal(await send('DELETE', { 'if-match': '"1"' }), 412)
    }
    t.equal(await send('PUT', { 'if-match': '1' }), 400)
    t.equal(await send('GET', { 'if-none-match': '"3"' }), 304)
    t.equal(runs, 0)
  }
})

t.test('over HTTP/2 a condition is what it is over HTTP/1', async t => {
  const app = Fastify({ http2: true })
  await app.register(etagPlugin, { source: 'version', lastModified: () => '2026-01-02T03:04:05Z' })
  let runs = 0
  app.route({ method: ['GET', 'PUT'], url: '/', config: { etag: { load } }, handler: async () => { runs++; return {} } })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const client = connect(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
  t.teardown(async () => { client.close(); await app.close() })

  const send = (method: string, headers: Record<string, string>): Promise<number> => new Promise((resolve, reject) => {
    const stream = client.request({ ':method': method, ':path': '/', ...headers })
    stream.on('response', ({ ':status': status }) => { stream.resume(); resolve(status!) })
    stream.on('error', reject)
    stream.end()
  })
  t.equal(await send('PUT', { 'if-none-match': '"a", "3"' }), 412)
  t.equal(await send('GET', { 'if-none-match': '"a", "3"' }), 304)
  t.equal(await send('GET', { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }), 304)
  t.equal(await send('PUT', { 'if-match': '"1"' }), 412)
  t.equal(await send('PUT', { 'if-match': 'junk' }), 400)
  t.equal(runs, 0)
  t.equal(await send('PUT', { 'if-match': '"3"' }), 200)
})

t.test('the version that a write compares is the one that was checked, though the state changes where it stands', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
  const row = { version: 1 }
  const writes: number[] = []
  let waiting = 2
  let open = (): void => {}
  const bothChecked = new Promise<void>(resolve => { open = resolve })
  app.put('/', { config: { etag: { load: () => row } } }, async request => {
    if (--waiting === 0) open()
    await bothChecked
    const { version } = request.precondition.expected
    if (row.version !== version) throw await request.precondition.failed()
    row.version++
    writes.push(version)
    return row
  })
  const responses = await Promise.all([1, 2].map(() => app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })))
  t.same(responses.map(({ statusCode }) => statusCode).sort(), [200, 412])
  t.same(writes, [1])
})

t.test('a callback that changes the loaded object and misses is run again, from the new version', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const versions = [1, 2, 2]
  const seen: number[] = []
  app.put('/', { config: { etag: { load: () => ({ version: versions.shift() }) } } }, async request =>
    request.precondition.guard(async ({ version, current, attempt }) => {
      seen.push(version)
      current.version++
      return attempt === 1 ? null : { version: 3 }
    }))
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 200)
  t.same(seen, [1, 2])
})

t.test('a handler that takes the version off what it loaded is labelled all the same', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: { load } } }, async request => {
    const state = await request.precondition.load()
    delete state.version
    return state
  })
  const response = await app.inject('/')
  t.same(response.json(), {})
  t.equal(response.headers.etag, '"3"')
})

t.test('an error of the server tells nothing of what failed', async t => {
  for (const failure of [{ connectionString: 'postgres://app:secret@db' }, Object.assign(new Error('secret'), { status: 412, authorization: 'secret' })]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
    app.put('/', { config: { etag: { load: async () => { throw failure } } } }, async () => ({}))
    const response = await app.inject({ method: 'PUT', url: '/' })
    t.equal(response.statusCode, 500)
    t.notMatch(response.body, /secret/)
  }
})

t.test('the 404 of a guard that missed tells no tag of the row that it hides', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load } } }, async request => request.precondition.guard(async () => null))
  const response = await app.inject({ method: 'PUT', url: '/' })
  t.equal(response.statusCode, 404)
  t.notMatch(response.body, /3/)
  t.notOk(response.headers.etag)
})

t.test('an answer that fails after it was labelled loses the label', async t => {
  const send: Record<string, (reply: FastifyReply) => unknown> = {
    'a Response of another status': () => new Response('no', { status: 403 }),
    'a stream that cannot be opened': reply => reply.send(createReadStream('/nonexistent')),
    'a hook behind ours that throws': () => ({ version: 3, fail: true })
  }
  for (const [what, answer] of Object.entries(send)) {
    const app: FastifyInstance = Fastify()
    await app.register(etagPlugin, { source: 'version', lastModified: () => new Date(0), headers: { expires: 'never' } })
    app.addHook('onRoute', options => {
      options.onSend = [options.onSend ?? [], async (_request: FastifyRequest, _reply: FastifyReply, payload: unknown) => {
        if (typeof payload === 'string' && payload.includes('"fail"')) throw new Error('behind')
        return payload
      }].flat()
    })
    app.get('/', { config: { etag: { load } } }, async (request, reply) => {
      await request.precondition.load()
      return answer(reply)
    })
    const response = await app.inject('/')
    t.ok(response.statusCode >= 400, what)
    for (const field of ['etag', 'last-modified', 'cache-control', 'expires']) t.notOk(response.headers[field], `${what}: ${field}`)
  }
})

t.test('an answer of a hook before ours is its own, whatever was sent', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.addHook('onRequest', async (_request, reply) => reply.send({ login: 'required', version: 1 }))
  app.get('/', { config: { etag: { source: 'version' } } }, async () => ({}))
  app.get('/function', { config: { etag: { source: state => state.meta.rev } } }, async () => ({}))
  for (const url of ['/', '/function']) {
    for (const headers of [{}, { 'if-match': 'garbage' }, { 'if-match': '"0"' }, { 'if-none-match': '*' }, { 'if-none-match': '"1"' }] as Array<Record<string, string>>) {
      const response = await app.inject({ url, headers })
      t.equal(response.statusCode, 200, `${url} ${JSON.stringify(headers)}`)
      t.notOk(response.headers.etag)
    }
  }
})

t.test("a driver's result labels nothing, though a function would find something in it", async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: (state: { id: number, version: number }) => `${state.id}-${state.version}` })
  app.put('/', { config: { etag: { load: () => ({ id: 1, version: 3 }) } } }, async (request, reply) => {
    await request.precondition.guard(async () => ({ command: 'UPDATE', rowCount: 1, rows: [] }))
    return reply.code(204).send()
  })
  const response = await app.inject({ method: 'PUT', url: '/' })
  t.equal(response.statusCode, 204)
  t.notOk(response.headers.etag)
})

t.test('a store whose error claims to be a 412 is an error of the server, in the guard, in create and in a getter of the state', async t => {
  const failure = Object.assign(new Error('foreign'), { statusCode: 412 })
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/guard', { config: { etag: { load } } }, async request => request.precondition.guard(async () => { throw failure }))
  app.put('/create', { config: { etag: { load: () => null } } }, async request => request.precondition.guard(async () => null, { create: async () => { throw failure } }))
  app.put('/getter', { config: { etag: { load: () => ({ get version (): number { throw failure } }) } } }, async request => request.precondition.guard(async () => ({})))
  app.put('/proxy', { config: { etag: { load: () => new Proxy({}, { get () { throw failure } }) } } }, async request => request.precondition.guard(async () => ({})))
  for (const [url, code] of Object.entries({ '/guard': 'WRITE', '/create': 'WRITE', '/getter': 'LOAD', '/proxy': 'LOAD' })) {
    t.match((await app.inject({ method: 'PUT', url })).json(), { statusCode: 500, code: `FST_ETAG_${code}_FAILED` }, url)
  }
})

t.test('a refusal that the callback of a guard throws itself stays one', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let version = 0
  app.put('/', { config: { etag: { load: () => ({ version: ++version }) } } }, async request =>
    request.precondition.guard(async () => { throw await request.precondition.failed() }))
  const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })
  t.equal(response.statusCode, 412)
  t.equal(response.headers.etag, '"2"')
})

t.test('a second guard of one request writes nothing, whether it comes beside the first, in it or after it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const config = { etag: { load } }
  const writes: string[] = []
  const guard = (request: FastifyRequest, name: string): Promise<object> =>
    request.precondition.guard(async ({ version }) => { writes.push(name); return { version: version + 1 } })
  app.put('/beside', { config }, async request => Promise.all([guard(request, 'first'), guard(request, 'second')]))
  app.put('/in', { config }, async request => request.precondition.guard(async () => guard(request, 'in')))
  app.put('/after', { config }, async request => { await guard(request, 'first'); return guard(request, 'second') })
  for (const [url, written] of Object.entries({ '/beside': ['first'], '/in': [], '/after': ['first'] })) {
    for (const headers of [{}, { 'if-match': '"3"' }]) {
      writes.length = 0
      const response = await app.inject({ method: 'PUT', url, headers: headers as Record<string, string> })
      t.match(response.json(), { statusCode: 500, code: 'FST_ETAG_GUARDED_TWICE', message: /^PUT \/\w+ guards a second write/ }, url)
      t.same(writes, written)
    }
  }
})

t.test('after a guard that failed, and so wrote nothing, another one may follow', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load } } }, async request => {
    await request.precondition.guard(async () => null).catch(() => {})
    return request.precondition.guard(async () => ({ version: 4 }))
  })
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).headers.etag, '"4"')
})

t.test('an answer that is given before its guard has ended waits for it, and is what the guard came to', async t => {
  for (const [result, status] of [[{ version: 4 }, 204], [null, 404]] as const) {
    const lines: string[] = []
    const app = Fastify({ logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line).msg) } } } })
    await app.register(etagPlugin, { source: 'version' })
    const ended = gate()
    app.put('/', { config: { etag: { load } } }, async (request, reply) => {
      request.precondition.guard(async () => { await ended.opened; return result }).catch(() => {})
      return reply.code(204).send()
    })
    app.addHook('onSend', async () => ended.open())
    const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
    t.equal(response.statusCode, status)
    t.equal(response.headers.etag, status === 204 ? '"4"' : undefined)
    t.same(lines, ['An answer was given while its guard was still writing, and waited for it: await guard'])
  }
})

t.test('a version that was not loaded compares nothing, so nothing is written and none is expected', async t => {
  for (const loaded of [{}, [], 'text', false, 0, { version: undefined }]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.put('/guard', { config: { etag: { load: () => loaded } } }, async request => request.precondition.guard(async () => t.fail('written') as never))
    app.put('/expected', { config: { etag: { load: () => loaded } } }, async request => { await request.precondition.load(); return { was: request.precondition.expected.version } })
    for (const url of ['/guard', '/expected']) {
      for (const headers of [{}, { 'if-match': '*' }]) {
        const response = await app.inject({ method: 'PUT', url, headers: headers as Record<string, string> })
        t.match(response.json(), { statusCode: 500, code: 'FST_ETAG_INVALID_VERSION' }, `${JSON.stringify(loaded)} at ${url}`)
      }
    }
  }
})

t.test('what moved and is not shown by the tag is written from again', async t => {
  const app = Fastify()
  const row = { text: 'a', hidden: 1 }
  await app.register(etagPlugin, { source: ({ text }: { text: string }) => text })
  app.put('/', { config: { etag: { load: () => ({ ...row }) } } }, async request => request.precondition.guard(async ({ current, attempt }) => {
    if (attempt === 1) row.hidden = 2
    return current.hidden === row.hidden ? { text: 'b' } : null
  }))
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"a"' } })).headers.etag, '"b"')

  let writes = 0
  const restless = Fastify()
  await restless.register(etagPlugin, { source: ({ text }: { text: string }) => text })
  restless.put('/', { config: { etag: { load: () => ({ text: 'a', at: writes }) } } }, async request =>
    request.precondition.guard(async () => { writes++; return null }))
  t.equal((await restless.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"a"' } })).statusCode, 404)
  t.equal(writes, 4, 'and not for ever')
})

t.test('a refusal that an error handler answers without a status keeps its own', async t => {
  const app = Fastify()
  app.setErrorHandler((error, _request, reply) => reply.send({ sorry: (error as Error).message }))
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load } } }, async (request, reply) => { reply.code(201); return request.precondition.guard(async () => null) })
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 404)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 412)
})

t.test('an error handler without a status acknowledges no failure of ours, and may redirect', async t => {
  const app = Fastify()
  app.setErrorHandler((_error, request, reply) => request.method === 'PATCH' ? reply.redirect('/conflict') : reply.send({ sorry: true }))
  await app.register(etagPlugin, { source: 'version' })
  app.route({ method: ['PUT', 'PATCH'], url: '/', config: { etag: { load } }, handler: async request => request.precondition.guard(async () => { throw new Error('down') }) })
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 500)
  const elsewhere = await app.inject({ method: 'PATCH', url: '/', headers: { 'if-match': '"1"' } })
  t.match([elsewhere.statusCode, elsewhere.headers.location, elsewhere.headers.etag], [302, '/conflict', undefined])
})

t.test('a guard that failed before the answer and that nobody awaited is the answer; one that was heard of is told', async t => {
  for (const [fails, status] of [[async () => { throw new Error('down') }, 500], [async () => null, 404]] as const) {
    const lines: string[] = []
    const app = Fastify({ logger: { level: 'warn', stream: { write: line => { const { level, msg } = JSON.parse(line); if (level === 40) lines.push(msg) } } } })
    await app.register(etagPlugin, { source: 'version' })
    const config = { etag: { load } }
    app.put('/unheard', { config }, async request => {
      request.precondition.guard(fails as () => Promise<null>)
      for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve))
      return { version: 4 }
    })
    app.put('/heard', { config }, async request => {
      await request.precondition.guard(fails as () => Promise<null>).catch(() => {})
      return { version: 4 }
    })
    app.put('/waived', { config }, async request => {
      await request.precondition.guard(fails as () => Promise<null>).catch(() => {})
      request.precondition.waive('it is as the client wants it already')
      return { version: 4 }
    })
    const put = (url: string): Promise<{ statusCode: number }> => app.inject({ method: 'PUT', url, headers: { 'if-match': '"3"' } })
    t.equal((await put('/unheard')).statusCode, status)
    t.equal((await put('/heard')).statusCode, 200)
    t.equal((await put('/waived')).statusCode, 200)
    t.same(lines, [
      'An answer was given while its guard was still writing, and waited for it: await guard',
      'A conditional write was done without guard, expected or waive: another writer may be lost to it'
    ])
  }
})

t.test('expected is what it is on a route that names no version', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.put('/', { config: { etag: { lastModified: 'at', load: () => ({ at: '2026-01-02T03:04:05Z' }) } } }, async request => ({ version: request.precondition.expected.version ?? 'none' }))
  t.same((await app.inject({ method: 'PUT', url: '/', headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } })).json(), { version: 'none' })
})

t.test('a preHandler that another plugin adds behind a route which decides in onRequest may answer in its place, and shows no state', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', at: 'onRequest' })
  app.addHook('onRoute', options => { options.preHandler = [options.preHandler ?? [], async (_request: unknown, reply: FastifyReply) => reply.send({ version: 9 })].flat() })
  app.get('/', { config: { etag: {} } }, async () => ({ version: 1 }))
  t.match(await app.inject('/'), { statusCode: 200, body: '{"version":9}', headers: { etag: undefined } })
})

t.test('what a hook answers in place of a route that decides in onRequest shows no state, and is no write of its handler', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', at: 'onRequest', unguarded: 'error' })
  app.route({
    method: ['GET', 'PUT'],
    url: '/',
    config: { etag: { load } },
    preHandler: async (_request, reply) => reply.send({ cached: true }),
    handler: async () => t.fail('handled')
  })
  const read = await app.inject({ url: '/', headers: { 'if-none-match': '"x"' } })
  t.match([read.statusCode, read.headers.etag], [200, undefined])
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 200)
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"3"' } })).headers.etag, '"3"')
})

t.test('a store that returns its error in place of throwing it has failed', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let code = '42501'
  app.put('/', { config: { etag: { load } } }, async request =>
    request.precondition.guard(async () => ({ data: null, error: { code, message: 'secret' }, status: 403, statusText: 'Forbidden' })))
  const failed = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
  t.match([failed.statusCode, failed.json().code], [500, 'FST_ETAG_WRITE_FAILED'])
  t.notMatch(failed.body, 'secret')
  code = '23505'
  t.match((await app.inject({ method: 'PUT', url: '/' })).json(), { status: 409, reason: 'exists' })
})

t.test('a promise in place of a yes is none, and its failure ends nothing', async t => {
  const app = Fastify()
  const refuses = (async () => { throw new Error('no') }) as unknown as () => boolean
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED', enforce: refuses, disclose: refuses, isConflict: refuses })
  app.put('/', { config: { etag: { load } } }, async request => request.precondition.guard(async () => { throw new Error('x') }))
  const response = await app.inject({ method: 'PUT', url: '/' })
  t.match([response.statusCode, response.headers.etag], [428, undefined])
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 500)
})

t.test('a guard without a source is an error that names it, and a guard in a read is no 304', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.put('/', { config: { etag: { load } } }, async request => request.precondition.guard(async () => ({})))
  t.match((await app.inject({ method: 'PUT', url: '/' })).json(), { statusCode: 500, code: 'FST_ETAG_SOURCE_MISSING', message: /^PUT \// })
  const versions = [2, 3]
  app.close()
  const reading = Fastify()
  await reading.register(etagPlugin, { source: 'version' })
  reading.get('/', { config: { etag: { load: () => ({ version: versions.shift() ?? 3 }) } } }, async request =>
    request.precondition.guard(async ({ attempt }) => attempt === 1 ? null : { version: 4 }))
  t.equal((await reading.inject({ url: '/', headers: { 'if-none-match': '"3"' } })).statusCode, 200)
})

t.test('a 304 has no content, also where a hook of the scope or the handler gave it some', async t => {
  for (const etag of [{ load }, {}]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.addHook('onSend', async (_request, reply, payload) => reply.statusCode === 304 ? 'from a hook' : payload)
    app.get('/', { config: { etag } }, async (_request, reply) => reply.header('content-length', '13').send({ version: 3 }))
    for (const method of ['GET', 'HEAD'] as const) {
      const response = await app.inject({ method, url: '/', headers: { 'if-none-match': '"3"' } })
      t.equal(response.statusCode, 304)
      t.equal(response.body, '')
      t.notOk(response.headers['content-length'], method)
    }
  }
})

t.test('nothing of the route itself is lost: its preSerialization runs, and hooks are attached once', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let loads = 0
  const document = defineEtag({ source: 'version', load: () => { loads++; return { version: 3 } } })
  await app.register(async scope => {
    await scope.register(etagPlugin)
    scope.put('/', {
      config: { etag: document },
      preSerialization: async (_request, _reply, payload) => ({ wrapped: payload })
    }, async request => {
      const before = request.precondition.decision
      t.match(before, { outcome: 'proceed', loads: 1 })
      return { version: 4 }
    })
  })
  const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
  t.same(response.json(), { wrapped: { version: 4 } })
  t.equal(loads, 1)
  t.match((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })).json(), { status: 412 })
})

t.test('a write without load is never judged after it was done', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: {} } }, async () => ({ version: 3 }))
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-unmodified-since': 'Thu, 01 Jan 2015 00:00:00 GMT' } })).statusCode, 200)
})

t.test('a request that a bridge made without its lines is judged by its fields', async t => {
  const { IncomingMessage, ServerResponse } = await import('node:http')
  const { Socket } = await import('node:net')
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let runs = 0
  app.put('/', { config: { etag: { load } } }, async () => { runs++; return {} })
  await app.ready()
  const request = Object.assign(new IncomingMessage(new Socket()), { method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })
  const response = new ServerResponse(request)
  const ended = new Promise<void>(resolve => { response.end = () => { resolve(); return response } })
  app.routing(request, response)
  await ended
  t.equal(response.statusCode, 412)
  t.equal(runs, 0)
})

t.test('an error handler that answers 200 after a hook behind ours failed sends no tag, and one that says more is heard', async t => {
  for (const [status, own] of [[200, {}], [500, { 'cache-control': 'no-store', etag: '"mine"' }]] as const) {
    const app: FastifyInstance = Fastify()
    await app.register(etagPlugin, { source: 'version', lastModified: () => new Date(0) })
    app.setErrorHandler(async (_error, _request, reply) => reply.code(status).headers(own).send({ fallback: true }))
    app.addHook('onRoute', options => {
      options.onSend = [options.onSend ?? [], async (_request: FastifyRequest, _reply: FastifyReply, payload: unknown) => {
        if (!String(payload).includes('fallback')) throw new Error('behind')
        return payload
      }].flat()
    })
    app.get('/', { config: { etag: { load } } }, async request => request.precondition.load())
    const { headers, statusCode } = await app.inject('/')
    t.equal(statusCode, status)
    t.equal(headers.etag, 'etag' in own ? own.etag : undefined)
    t.equal(headers['cache-control'], 'cache-control' in own ? own['cache-control'] : undefined)
    t.notOk(headers['last-modified'])
  }
})

t.test('load after guard gives the new state', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let row = { version: 1 }
  app.put('/', { config: { etag: { load: () => row } } }, async request => {
    await request.precondition.guard(async () => { row = { version: 2 }; return row })
    return request.precondition.load()
  })
  const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })
  t.same(response.json(), { version: 2 })
  t.equal(response.headers.etag, '"2"')
})

t.test('rows in a list are no state: the one that is sent labels the answer', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: (state: { id: string, version: number }) => `${state.id}-${state.version}` })
  app.put('/', { config: { etag: { load: () => ({ id: 'a', version: 1 }) } } }, async request => {
    const [row] = await request.precondition.guard(async () => [{ id: 'a', version: 2 }])
    return row
  })
  t.equal((await app.inject({ method: 'PUT', url: '/' })).headers.etag, '"a-2"')
})

t.test('a Response of another make has a status of its own too', async t => {
  class Foreign { status = 500; headers = new Map(); body = null; bodyUsed = false; get [Symbol.toStringTag] (): string { return 'Response' } }
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.header('etag', '"2"').send(new Foreign()))
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"2"' } })).statusCode, 500)
})

t.test('a problem that fails sends no tag, and a promise is no problem', async t => {
  for (const problem of [() => { throw new Error('no') }, async () => ({})]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED', problem })
    app.put('/', { config: { etag: { load } } }, async () => ({}))
    const response = await app.inject({ method: 'PUT', url: '/' })
    t.equal(response.statusCode, 500)
    t.notOk(response.headers.etag)
  }
})

t.test('a late 304 says nothing of a coding', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.addHook('onSend', async (_request, reply, payload) => { reply.header('content-encoding', 'gzip'); return payload })
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.header('etag', '"2"').send('text'))
  const response = await app.inject({ url: '/', headers: { 'if-none-match': '"2"' } })
  t.equal(response.statusCode, 304)
  t.notOk(response.headers['content-encoding'])
})

t.test('allReads fails no answer that has something else where the source looks', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: 'version', lastModified: 'time' })
  app.get('/health', async () => ({ version: { node: 20 } }))
  app.get('/time', async () => ({ time: '12:30' }))
  for (const url of ['/health', '/time']) {
    const response = await app.inject(url)
    t.equal(response.statusCode, 200)
    t.notOk(response.headers.etag)
  }
})

/** A document at version 3 whose writes name it and are guarded, over real sockets, and how often a write was done. */
async function guardedService (t: Test): Promise<{ ask: (method: string, lines: readonly string[]) => Promise<string>, runs: () => number }> {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version', lastModified: () => '2026-01-02T03:04:05Z' })
  let runs = 0
  app.get('/', { config: { etag: { load } } }, request => request.precondition.load())
  app.put('/', { config: { etag: { load } } }, request => {
    runs++
    return request.precondition.guard(async () => ({ version: 4 }))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo

  /** The status line of the answer to these bytes, on a socket of their own. */
  const ask = (method: string, lines: readonly string[]): Promise<string> => new Promise((resolve, reject) => {
    let answer = ''
    const socket = connectTo(port, '127.0.0.1', () => {
      socket.end([`${method} / HTTP/1.1`, 'Host: x', 'Connection: close', 'Content-Length: 0', ...lines, '', ''].join('\r\n'), 'latin1')
    })
    socket.on('data', chunk => { answer += chunk.toString('latin1') })
    socket.on('error', error => { if (answer === '') reject(error) })
    socket.on('close', () => resolve(answer.split(' ', 2)[1] ?? 'no answer'))
  })
  return { ask, runs: () => runs }
}

// What is left of the 16 KiB that Node reads of all fields together.
const ROOM = 16_000
const filled = (part: string, begin = '', end = ''): string => begin + part.repeat(Math.floor((ROOM - begin.length - end.length) / part.length)) + end
const OBS_TEXT = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(0x80 + code)).join('')

const LISTS: Readonly<Record<string, string>> = {
  'commas alone': filled(','),
  'blanks, tabs and commas': filled(' ,\t'),
  'tabs between two commas': filled('\t', ',', ','),
  'tags without text': filled('"",'),
  'weak tags without text': filled('W/"", '),
  'tags of commas': filled('",",'),
  'commas in one tag': filled(',', '"', '"'),
  'backslashes in one tag': filled('\\', '"', '"'),
  'W/ in one tag': filled('W/', 'W/"', '"'),
  'obs-text in one tag': filled(OBS_TEXT, '"', '"'),
  'the current tag, made weak, behind tabs': filled('\t', '"1",', 'W/"3"')
}
const NO_LISTS: Readonly<Record<string, string>> = {
  quotes: filled('"'),
  'an odd number of quotes': filled('""', '"'),
  'a quote that never ends': filled('a', '"'),
  'commas behind a quote that never ends': filled(',', '"3", "'),
  backslashes: filled('\\'),
  'backslashes before quotes': filled('\\"'),
  'W/ again and again': filled('W/'),
  'W/ before the current tag': filled('W/', '', '"3"'),
  asterisks: filled('*'),
  'asterisks in a list': filled('*,'),
  'obs-text': filled(OBS_TEXT),
  'tags without commas': filled('"3" '),
  'tabs where a comma is missing': filled('\t', '"3"', '"3"'),
  'letters behind the current tag': filled('a', '"3",')
}
const NOT_FOR_NODE: Readonly<Record<string, string>> = {
  'a NUL in the current tag': '"3\0"',
  'a NUL behind it': '"3"\0',
  'a CR in it': '"3\r"',
  'a CR behind it': '"3"\r',
  'a LF in it': '"3\n"',
  'a field behind a LF': '"1"\nIf-Match: "3"',
  'a field behind a CR': '"1"\rIf-Match: "3"',
  'a line that is folded': '"1"\r\n ,"3"',
  'a DEL in it': '"3\x7f"',
  'NULs that fill all the room': filled('\0')
}
const IF = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since'] as const

t.test('a field that fills all the room of a header is read or refused by its grammar, writes nothing, and the next request is answered', async t => {
  const { ask, runs } = await guardedService(t)
  for (const [values, ifMatch, ifNoneMatch] of [[LISTS, 412, 428], [NO_LISTS, 400, 400]] as const) {
    for (const [what, value] of Object.entries(values)) {
      const due = { 'If-Match': ifMatch, 'If-None-Match': ifNoneMatch, 'If-Modified-Since': 428, 'If-Unmodified-Since': 428 }
      // of a weak comparison the current tag is one
      if (what.startsWith('the current tag')) due['If-None-Match'] = 412 as 428
      const notModified = what.startsWith('the current tag') ? 304 : 200
      const onRead = { 'If-Match': ifMatch, 'If-None-Match': notModified, 'If-Modified-Since': 200, 'If-Unmodified-Since': 200 }
      for (const field of IF) {
        t.equal(await ask('PUT', [`${field}: ${value}`]), String(due[field]), `PUT ${field}, ${what}`)
        t.equal(await ask('GET', [`${field}: ${value}`]), String(onRead[field]), `GET ${field}, ${what}`)
      }
      t.equal(runs(), 0, what)
      t.equal(await ask('GET', ['If-None-Match: "3"']), '304', `after ${what}`)
    }
  }
})

t.test('what may stand in no field ends at Node, and the next request is answered', async t => {
  const { ask, runs } = await guardedService(t)
  for (const [what, value] of Object.entries(NOT_FOR_NODE)) {
    for (const field of IF) {
      for (const method of ['PUT', 'GET']) t.equal(await ask(method, [`${field}: ${value}`]), '400', `${method} ${field}, ${what}`)
    }
    t.equal(await ask('GET', ['If-None-Match: "3"']), '304', `after ${what}`)
  }
  t.equal(runs(), 0)
})

t.test('a field beyond the room of a header is 431, on one line and on many, also behind one that holds', async t => {
  const { ask, runs } = await guardedService(t)
  for (const field of IF) {
    for (const method of ['PUT', 'GET']) {
      for (const part of ['"3",', ',', '"', '\\', 'W/', '\t,', OBS_TEXT]) {
        t.equal(await ask(method, [`${field}: ${part.repeat(20_000 / part.length)}`]), '431', `${method} ${field}: ${part.slice(0, 4)}`)
      }
      t.equal(await ask(method, ['If-Match: "3"', ...Array.from({ length: 2_000 }, () => `${field}: "3"`)]), '431', `${method} ${field}, many lines`)
      t.equal(await ask('GET', ['If-None-Match: "3"']), '304', `after ${method} ${field}`)
    }
  }
  t.equal(runs(), 0)
})

t.test('as many lines of one field as have room are one list, whatever stands between them', async t => {
  const { ask, runs } = await guardedService(t)
  const many = (line: string): readonly string[] => Array.from({ length: 900 }, () => line)
  t.equal(await ask('PUT', many('If-Match:')), '412')
  t.equal(await ask('PUT', many('If-Match: "')), '400')
  t.equal(await ask('PUT', [...many('If-Match: "1"'), 'If-Match: *']), '400')
  t.equal(await ask('PUT', [...many('a:'), 'If-Match: "1"']), '412')
  t.equal(await ask('PUT', [...many('a:'), 'If-Match:', 'a:', 'if-match: "3', 'a:', 'IF-MATCH: "']), '400', 'no tag spans lines')
  t.equal(await ask('GET', [...many('If-None-Match: W/""'), 'If-None-Match: "3"']), '304')
  t.equal(await ask('GET', many('If-Modified-Since:')), '200')
  t.equal(runs(), 0)
  t.equal(await ask('PUT', [...many('If-Match: "1"'), 'If-Match: "3"']), '200')
  t.equal(await ask('PUT', [...many('a:'), 'If-Match: "3"']), '200')
  t.equal(runs(), 2)
})

t.test('among 2,000 lines no write is done that its condition forbids, or that names no version, and the next request is answered', async t => {
  const { ask, runs } = await guardedService(t)
  // Node keeps about the first thousand
  const lines = Array.from({ length: 2_000 }, () => 'a:')
  for (const sent of [lines, [...lines, 'If-Match: "1"'], ['If-Match: "1"', ...lines], [...lines, 'If-Match: "3'], ['If-None-Match: *', ...lines]]) {
    t.match(await ask('PUT', sent), /^4/)
    t.equal(runs(), 0)
    t.equal(await ask('GET', ['If-None-Match: "3"']), '304')
  }
})

t.test('a write whose If-Match stands behind more lines than Node keeps is not done as if it had none', async t => {
  for (const maxHeadersCount of [undefined, 20]) {
    const app = Fastify()
    if (maxHeadersCount !== undefined) app.server.maxHeadersCount = maxHeadersCount
    await app.register(etagPlugin, { source: 'version' })
    let writes = 0
    app.put('/', { config: { etag: { load } } }, request => request.precondition.guard(async () => { writes++; return { version: 4 } }))
    await app.listen({ host: '127.0.0.1', port: 0 })
    t.teardown(() => app.close())
    const lines = Array.from({ length: maxHeadersCount === undefined ? 1_200 : 40 }, () => 'a:')
    await new Promise<void>((resolve, reject) => {
      const socket = connectTo((app.server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.end(['PUT / HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Length: 0', ...lines, 'If-Match: "1"', '', ''].join('\r\n'))
      })
      socket.on('error', reject).on('close', () => resolve()).resume()
    })
    t.equal(writes, 0, `maxHeadersCount ${maxHeadersCount}`)
  }
})
