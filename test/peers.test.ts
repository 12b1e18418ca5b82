import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import fastifyEtag from '@fastify/etag'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../lib/index.js'
import { documentApp } from './document-app.js'

// What other packages get wrong, one test a row. The numbers are those of the survey that the project began with.

type Headers = Record<string, string>
const WRITES = ['PUT', 'PATCH', 'DELETE'] as const
const READS = ['GET', 'HEAD'] as const
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT'
const LATER = 'Fri, 02 Jan 2026 03:04:06 GMT'
const EARLIER = 'Fri, 02 Jan 2026 03:04:04 GMT'

/** One route of every method whose state is as given. */
async function appOf (state: object | null, etag: EtagRouteOptions = {}, answer: () => unknown = () => state): Promise<FastifyInstance & { runs: () => number }> {
  const app: FastifyInstance = Fastify()
  await app.register(etagPlugin)
  let runs = 0
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/',
    config: { etag: { source: 'version', lastModified: 'at', load: () => state, ...etag } },
    handler: async () => { runs++; return answer() }
  })
  return Object.assign(app, { runs: () => runs })
}

const state = { version: 'v1', at: '2026-01-02T03:04:05.900Z' }

/** Sends lines as they stand over a socket, and reads the head of the answer. */
async function raw (t: Test, app: FastifyInstance, lines: readonly string[]): Promise<string> {
  if (!app.server.listening) {
    await app.listen({ host: '127.0.0.1', port: 0 })
    t.teardown(() => app.close())
  }
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.end([...lines, 'Host: x', 'Connection: close', '', ''].join('\r\n'), 'latin1')
    })
    socket.on('data', chunk => { answer += chunk.toString('latin1') })
    socket.on('close', () => resolve(answer.split('\r\n\r\n')[0]!))
    socket.on('error', reject)
  })
}

t.test('peers 4.1: a write whose If-None-Match matches is 412, and its handler is not called', async t => {
  const app = await appOf(state)
  for (const method of WRITES) {
    for (const tag of ['"v1"', 'W/"v1"', '"x", "v1"', '*']) {
      t.equal((await app.inject({ method, url: '/', headers: { 'if-none-match': tag } })).statusCode, 412, `${method} ${tag}`)
    }
  }
  t.equal(app.runs(), 0)
})

t.test('peers 4.2: If-Modified-Since on a write is ignored, and satisfies no policy', async t => {
  for (const date of [DATE, LATER, EARLIER]) {
    const headers = { 'if-modified-since': date }
    const optional = await appOf(state)
    for (const method of WRITES) t.equal((await optional.inject({ method, url: '/', headers })).statusCode, 200)
    const required = await appOf(state, { policy: 'REQUIRED' })
    for (const method of WRITES) t.equal((await required.inject({ method, url: '/', headers })).statusCode, 428)
    t.equal(required.runs(), 0)
  }
})

t.test('peers 4.3: what names no version satisfies no policy', async t => {
  const table: ReadonlyArray<readonly [Headers, object]> = [
    [{ 'if-none-match': '"x"' }, state],
    [{ 'if-unmodified-since': '2099' }, state],
    [{ 'if-unmodified-since': LATER }, state],
    [{ 'if-unmodified-since': LATER }, { version: 'v1' }],
    [{ 'if-range': '"v1"' }, state],
    [{ 'if-match': '*' }, state]
  ]
  for (const [headers, current] of table) {
    const app = await appOf(current, { policy: 'REQUIRED' })
    for (const method of WRITES) t.equal((await app.inject({ method, url: '/', headers })).statusCode, 428, JSON.stringify(headers))
    t.equal(app.runs(), 0)
  }
})

t.test('peers 4.4: a malformed If-Match is refused, and an empty one is a list of no tags', async t => {
  const app = await appOf(state)
  for (const method of WRITES) {
    for (const value of ['v1', '"v1', 'v1"', '"v1" "v2"', '"a b"', "'v1'", '"v1"; q=1', 'w/"v1"', '"x,"v1"']) {
      t.equal((await app.inject({ method, url: '/', headers: { 'if-match': value } })).statusCode, 400, `${method} ${value}`)
    }
    for (const value of ['', ' ', ',', ' , ,']) t.equal((await app.inject({ method, url: '/', headers: { 'if-match': value } })).statusCode, 412, `${method} ${JSON.stringify(value)}`)
  }
  t.equal(app.runs(), 0)
  t.match(await raw(t, app, ['PUT / HTTP/1.1', 'If-Match:', 'Content-Length: 0']), /^HTTP\/1.1 412 /)
})

t.test('peers 4.5: If-Match where nothing is there is 412 where a PUT could make it, and 404 elsewhere, for a tag and for *', async t => {
  const app = await appOf(null)
  const never = await appOf(null, { create: 'never' })
  for (const tag of ['"v1"', '*']) {
    for (const method of WRITES) {
      const status = method === 'PUT' ? 412 : 404
      t.equal((await app.inject({ method, url: '/', headers: { 'if-match': tag } })).statusCode, status, `${method} ${tag}`)
      t.equal((await never.inject({ method, url: '/', headers: { 'if-match': tag } })).statusCode, 404)
    }
  }
  t.equal(app.runs() + never.runs(), 0)
})

t.test('peers 4.6: of two that create the same at the same time, the second gets 412', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  let stored: { version: number } | undefined
  let waiting = 2
  let open = (): void => {}
  const bothPassed = new Promise<void>(resolve => { open = resolve })
  app.put('/', { config: { etag: { source: 'version', load: () => stored } } }, async (request, reply) => {
    const row = await request.precondition.guard(async () => null, {
      create: async () => {
        if (--waiting === 0) open()
        await bothPassed
        // INSERT … ON CONFLICT DO NOTHING RETURNING *
        if (stored !== undefined) return null
        stored = { version: 1 }
        return stored
      }
    })
    return reply.code(201).send(row)
  })
  const responses = await Promise.all([1, 2].map(() => app.inject({ method: 'PUT', url: '/', headers: { 'if-none-match': '*' } })))
  t.same(responses.map(({ statusCode }) => statusCode).sort(), [201, 412])
  t.match(responses.find(({ statusCode }) => statusCode === 412)!.json(), { reason: 'exists', field: 'If-None-Match', currentEtag: '"1"' })
})

t.test('peers 4.7: If-Match that is true does not excuse an If-None-Match that matches', async t => {
  const app = await appOf(state)
  for (const method of WRITES) t.equal((await app.inject({ method, url: '/', headers: { 'if-match': '"v1"', 'if-none-match': '"v1"' } })).statusCode, 412)
  for (const method of READS) t.equal((await app.inject({ method, url: '/', headers: { 'if-match': '"v1"', 'if-none-match': '"v1"' } })).statusCode, 304)
})

t.test('peers 4.8: If-Unmodified-Since is ignored beside If-Match, and comes before If-None-Match', async t => {
  const app = await appOf(state)
  const send = async (headers: Headers): Promise<number> => (await app.inject({ url: '/', headers })).statusCode
  t.equal(await send({ 'if-match': '"v1"', 'if-unmodified-since': EARLIER }), 200)
  t.equal(await send({ 'if-match': '"x"', 'if-unmodified-since': LATER }), 412)
  t.equal(await send({ 'if-unmodified-since': EARLIER, 'if-none-match': '"v1"' }), 412)
  t.equal(await send({ 'if-unmodified-since': LATER, 'if-none-match': '"v1"' }), 304)
})

t.test('peers 4.10: who may not read gets neither tag nor precondition, and bad input is told first', async t => {
  for (const status of [401, 403, 404]) {
    const app = Fastify()
    await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
    const schema = { body: { type: 'object', required: ['title'] } }
    app.put('/', {
      schema,
      preHandler: async (_request, reply) => reply.code(status).send({ no: true }),
      config: { etag: { load: () => state } }
    }, async () => ({}))
    for (const headers of [{}, { 'if-match': '"v1"' }, { 'if-match': 'junk' }, { 'if-none-match': '*' }]) {
      const response = await app.inject({ method: 'PUT', url: '/', headers, payload: { title: 'x' } })
      t.equal(response.statusCode, status)
      t.notOk(response.headers.etag)
      const invalid = await app.inject({ method: 'PUT', url: '/', headers, payload: {} })
      t.equal(invalid.json().code, 'FST_ERR_VALIDATION')
      t.notOk(invalid.headers.etag)
    }
  }
})

t.test('peers 4.11: the tag of one resource does not stand for another', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const states: Record<string, object> = { a: { version: 1 }, b: { version: 2 } }
  app.route({
    method: ['GET', 'PUT'],
    url: '/:id',
    config: { etag: { load: request => states[(request.params as { id: string }).id] } },
    handler: async request => request.precondition.load()
  })
  t.equal((await app.inject({ url: '/a', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  t.equal((await app.inject({ url: '/b', headers: { 'if-none-match': '"1"' } })).statusCode, 200)
  t.equal((await app.inject({ method: 'PUT', url: '/b', headers: { 'if-match': '"1"' } })).statusCode, 412)
})

t.test('peers 4.12: lists come with blanks, tabs, empty members and on several lines; a date comes once', async t => {
  const app = await appOf(state)
  for (const list of ['"x","v1"', '"x" , "v1"', '"x"\t,\t"v1"', '"x",,"v1"', ',"v1",', '  "v1"\t']) {
    t.equal((await app.inject({ url: '/', headers: { 'if-none-match': list } })).statusCode, 304, list)
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': list } })).statusCode, 200, list)
  }
  t.match(await raw(t, app, ['GET / HTTP/1.1', 'If-None-Match: "x"', 'If-None-Match: "v1"']), /^HTTP\/1.1 304 /)
  t.match(await raw(t, app, ['PUT / HTTP/1.1', 'If-Match: "x"', 'If-Match: "v1"', 'Content-Length: 0']), /^HTTP\/1.1 200 /)
  t.match(await raw(t, app, ['GET / HTTP/1.1', `If-Modified-Since: ${DATE}`]), /^HTTP\/1.1 304 /)
  t.match(await raw(t, app, ['GET / HTTP/1.1', `If-Modified-Since: ${DATE}`, `If-Modified-Since: ${DATE}`]), /^HTTP\/1.1 200 /)
  t.match(await raw(t, app, ['PUT / HTTP/1.1', `If-Unmodified-Since: ${EARLIER}`, 'Content-Length: 0']), /^HTTP\/1.1 412 /)
  t.match(await raw(t, app, ['PUT / HTTP/1.1', `If-Unmodified-Since: ${EARLIER}`, `If-Unmodified-Since: ${LATER}`, 'Content-Length: 0']), /^HTTP\/1.1 200 /)
})

t.test('peers 4.13: a comma inside a tag belongs to it', async t => {
  const app = await appOf({ version: 'a,b' })
  t.equal((await app.inject('/')).headers.etag, '"a,b"')
  for (const list of ['"a,b"', '"x", "a,b"']) t.equal((await app.inject({ url: '/', headers: { 'if-none-match': list } })).statusCode, 304)
  for (const list of ['"a", "b"', '"a', '"x,"a,b"']) t.equal((await app.inject({ url: '/', headers: { 'if-none-match': list } })).statusCode, 200, list)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"x,"a,b"' } })).statusCode, 400)
})

t.test('peers 4.14: tags of every make match themselves', async t => {
  for (const version of ['abc', '0', 'dGVzdA==', 'a+b/c=', 'application/n-triples', '2026-01-02T03:04:05Z', 'x'.repeat(500), "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", 'ünï "quoted" %41']) {
    const app = await appOf({ version })
    const { etag } = (await app.inject('/')).headers
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': etag } })).statusCode, 200, version)
    t.equal((await app.inject({ url: '/', headers: { 'if-none-match': etag } })).statusCode, 304, version)
  }
})

t.test('peers 4.15: W/ is upper case, If-Match compares strongly, "*" is a tag, and * stands alone', async t => {
  const app = await appOf(state)
  const weak = await appOf({}, { source: () => 'W/"v1"' })
  const star = await appOf({ version: '*' })
  const put = async (app: FastifyInstance, tag: string): Promise<number> => (await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })).statusCode
  const get = async (app: FastifyInstance, tag: string): Promise<number> => (await app.inject({ url: '/', headers: { 'if-none-match': tag } })).statusCode
  t.equal(await put(app, 'W/"v1"'), 412)
  t.equal(await put(weak, 'W/"v1"'), 412)
  t.equal(await put(weak, '"v1"'), 412)
  t.equal(await put(app, '"*"'), 412)
  t.equal(await put(star, '"*"'), 200)
  t.equal(await put(app, '*, "v1"'), 400)
  t.equal(await get(app, 'w/"v1"'), 200)
  t.equal(await get(app, 'W/"v1"'), 304)
  t.equal(await get(weak, '"v1"'), 304)
  t.equal(await get(app, '"*"'), 200)
  t.equal(await get(app, '*, "v1"'), 200)
  t.equal(await get(app, '*'), 304)
})

t.test('peers 4.16: what is no tag is never sent: text is escaped, anything else is an error that says why', async t => {
  const grammar = /^(W\/)?"[\x21\x23-\x7e]*"$/
  for (const text of ['a b', 'a"b', '"', 'tab\t', 'line\r\nSet-Cookie: x', 'ü', '\ud800', 'x"', '"a b"', 'W/x']) {
    const { headers, statusCode } = await (await appOf({}, { source: () => text })).inject('/')
    t.equal(statusCode, 200)
    t.match(headers.etag, grammar, JSON.stringify(text))
  }
  for (const version of [true, {}, [], NaN, new Date(), Symbol('x'), () => 1, Promise.resolve(1), { weak: false, opaque: 'a b' }, { weak: false, opaque: 3 }]) {
    const response = await (await appOf({}, { source: (() => version) as unknown as () => string, lastModified: () => null })).inject({ method: 'PUT', url: '/', headers: { 'if-match': '"x"' } })
    t.equal(response.statusCode, 500, typeof version)
    t.equal(response.json().code, 'FST_ETAG_INVALID_VERSION')
  }
})

t.test('peers 4.17: a date outside the grammar is no date, and the fraction of the state is cut off', async t => {
  const app = await appOf(state)
  for (const date of ['2099', '2099-01-01', '4102444800', 'tomorrow', 'Fri, 32 Jan 2099 00:00:00 GMT', 'Fri, 02 Jan 2099 03:04:05 +0000', DATE.toLowerCase(), '']) {
    t.equal((await app.inject({ url: '/', headers: { 'if-modified-since': date } })).statusCode, 200, date)
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-unmodified-since': date } })).statusCode, 200, date)
  }
  for (const date of [DATE, 'Friday, 02-Jan-26 03:04:05 GMT', 'Fri Jan  2 03:04:05 2026']) {
    t.equal((await app.inject({ url: '/', headers: { 'if-modified-since': date } })).statusCode, 304, date)
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-unmodified-since': date } })).statusCode, 200, date)
  }
})

t.test('peers 4.18: If-Modified-Since is ignored beside If-None-Match, also one that misses or cannot be read', async t => {
  const app = await appOf(state)
  for (const tag of ['"x"', 'junk', '']) {
    t.equal((await app.inject({ url: '/', headers: { 'if-none-match': tag, 'if-modified-since': LATER } })).statusCode, 200, tag)
  }
})

t.test('peers 4.19: 304 is for a success of GET and HEAD alone', async t => {
  for (const status of [302, 404, 410, 500]) {
    const app = Fastify()
    await app.register(etagPlugin)
    app.route({
      method: ['GET', 'PUT'],
      url: '/',
      config: { etag: { source: 'version' } },
      handler: async (_request, reply) => reply.code(status).header('etag', '"own"').send(state)
    })
    for (const tag of ['"v1"', '"own"', '*']) {
      for (const method of READS) t.equal((await app.inject({ method, url: '/', headers: { 'if-none-match': tag } })).statusCode, status, `${method} ${tag}`)
    }
  }
  t.equal((await (await appOf(null)).inject({ url: '/', headers: { 'if-none-match': '*' } })).statusCode, 404)
})

t.test('peers 4.20: a 304 has the fields of the 200 that caches need, those of other hooks, and nothing about content', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'set-cookie': 'a=b', vary: 'Origin' })
  })
  const etag = {
    source: 'version',
    lastModified: 'at',
    load: () => state,
    headers: { 'cache-control': 'max-age=60', 'content-location': '/7', expires: LATER, vary: 'Accept-Encoding, origin' }
  }
  app.get('/', { config: { etag } }, request => request.precondition.load())
  for (const method of READS) {
    const whole = await raw(t, app, [`${method} / HTTP/1.1`])
    const unchanged = await raw(t, app, [`${method} / HTTP/1.1`, 'If-None-Match: "v1"'])
    t.match(unchanged, /^HTTP\/1.1 304 /)
    for (const field of ['etag: "v1"', `last-modified: ${DATE}`, 'cache-control: max-age=60', 'content-location: /7', `expires: ${LATER}`,
      'vary: Origin, Accept-Encoding', 'access-control-allow-origin: *', 'set-cookie: a=b', 'Date: ']) {
      t.ok(whole.includes(`\r\n${field}`), `${method} 200 ${field}`)
      t.ok(unchanged.includes(`\r\n${field}`), `${method} 304 ${field}`)
    }
    t.notMatch(unchanged, /content-length|content-type|transfer-encoding/i)
  }
})

t.test('peers 4.21: what Fastify adds to an empty answer does not reach a 304, whatever the handler sends', async t => {
  const sends: Record<string, (request: FastifyRequest) => unknown> = {
    object: () => ({ version: 'v1' }),
    text: () => 'text',
    bytes: () => Buffer.from('bytes'),
    json: () => JSON.stringify(state)
  }
  for (const [what, answer] of Object.entries(sends)) {
    const app = Fastify()
    await app.register(etagPlugin)
    app.get('/', { config: { etag: { source: 'version' } } }, async (request, reply) => reply.header('etag', '"v1"').send(answer(request)))
    for (const method of READS) {
      const head = await raw(t, app, [`${method} / HTTP/1.1`, 'If-None-Match: "v1"'])
      t.match(head, /^HTTP\/1.1 304 /, `${method} ${what}`)
      t.match(head, /\r\netag: "v1"/)
      t.notMatch(head, /content-length|content-type/i)
    }
    t.match(await raw(t, app, ['GET / HTTP/1.1', 'If-Match: "x"']), /^HTTP\/1.1 412 /)
  }
})

t.test('peers 4.22: a refusal carries the tag of the resource and never one of its own body', async t => {
  const { app, rows } = await documentApp()
  for (const [headers, status] of [[{ 'if-match': '"0"' }, 412], [{}, 428]] as const) {
    const response = await app.inject({ method: 'PUT', url: '/documents/7', headers, payload: { title: 'x' } })
    t.equal(response.statusCode, status)
    t.equal(response.headers.etag, `"${rows.byId.get('7')!.version}"`)
  }
  for (const first of [fastifyEtag, etagPlugin]) {
    const beside = Fastify()
    await beside.register(first as typeof fastifyEtag)
    await beside.register((first === fastifyEtag ? etagPlugin : fastifyEtag) as typeof fastifyEtag)
    beside.put('/', { config: { etag: { source: 'version', load: () => state } } }, async () => ({}))
    await t.rejects(async () => { await beside.ready() }, { code: 'FST_ETAG_BESIDE_ETAG' })
  }
})

t.test('peers 4.23: the problem names field and reason, and the current tag unless disclose says no', async t => {
  const table: ReadonlyArray<readonly [Headers, object]> = [
    [{ 'if-match': '"x"' }, { field: 'If-Match', reason: 'changed' }],
    [{ 'if-match': 'W/"v1"' }, { field: 'If-Match', reason: 'weak' }],
    [{ 'if-match': '' }, { field: 'If-Match', reason: 'unevaluable' }],
    [{ 'if-none-match': '*' }, { field: 'If-None-Match', reason: 'exists' }],
    [{ 'if-unmodified-since': EARLIER }, { field: 'If-Unmodified-Since', reason: 'changed' }]
  ]
  for (const [headers, expected] of table) {
    t.match((await (await appOf(state)).inject({ method: 'PUT', url: '/', headers })).json(), { ...expected, currentEtag: '"v1"' })
    const silent = await (await appOf(state, { disclose: false })).inject({ method: 'PUT', url: '/', headers })
    t.match(silent.json(), expected)
    t.notOk('currentEtag' in silent.json())
    t.notOk(silent.headers.etag)
  }
})

t.test('peers 4.24: the answer to a write has the tag after it, and a POST only that of what it made', async t => {
  const { app } = await documentApp()
  const put = await app.inject({ method: 'PUT', url: '/documents/7', headers: { 'if-match': '"1"' }, payload: { title: 'x' } })
  t.equal(put.headers.etag, '"2"')
  t.equal((await app.inject('/documents/7')).headers.etag, '"2"')

  const collection = Fastify()
  await collection.register(etagPlugin, { source: 'version' })
  const load = (): object => ({ version: 'of the collection' })
  collection.post('/made', { config: { etag: {} } }, async (_request, reply) => reply.code(201).send({ version: 1 }))
  collection.post('/queued', { config: { etag: { load } } }, async (_request, reply) => reply.code(202).send({ job: 7 }))
  collection.post('/job', { config: { etag: { load, answer: false } } }, async () => ({ job: 7, version: 77 }))
  t.equal((await collection.inject({ method: 'POST', url: '/made' })).headers.etag, '"1"')
  t.notOk((await collection.inject({ method: 'POST', url: '/queued' })).headers.etag)
  t.notOk((await collection.inject({ method: 'POST', url: '/job' })).headers.etag)
})

t.test('peers 4.25: HEAD has the tag and the decisions of GET', async t => {
  for (const etag of [{}, { load: undefined as unknown as () => object }]) {
    const app = await appOf(state, etag)
    const headRoute = Fastify()
    await headRoute.register(etagPlugin)
    headRoute.get('/', { config: { etag: { source: 'version', lastModified: 'at', ...etag } } }, async () => state)
    for (const headers of [{}, { 'if-none-match': '"v1"' }, { 'if-none-match': '"x"' }, { 'if-match': '"x"' }, { 'if-modified-since': DATE }, { 'if-match': 'junk' }] as Headers[]) {
      const [get, head] = await Promise.all(READS.map(method => headRoute.inject({ method, url: '/', headers })))
      t.equal(head!.statusCode, get!.statusCode, JSON.stringify(headers))
      for (const field of ['etag', 'last-modified', 'content-type']) t.equal(head!.headers[field], get!.headers[field], field)
      t.equal(head!.body, '')
    }
    t.equal((await app.inject('/')).headers.etag, '"v1"')
  }
})

t.test('peers 4.26: Cache-Control of the request plays no part, so the fetch of Node gets its 304', async t => {
  const app = await appOf(state)
  for (const directive of ['no-cache', 'no-store', 'max-age=0']) {
    t.equal((await app.inject({ url: '/', headers: { 'cache-control': directive, pragma: 'no-cache', 'if-none-match': '"v1"' } })).statusCode, 304)
  }
  t.teardown(() => app.close())
  const response = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }), { headers: { 'if-none-match': '"v1"' } })
  t.equal(response.status, 304)
})

t.test('peers 4.34: whatever changes a list, its order, page or filter moves its tag, and that of an empty list stays', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: { members: 'version' } })
  let list: ReadonlyArray<{ id: number, version: number }> = []
  app.get('/', { config: { etag: {} } }, async () => list)
  const one = { id: 1, version: 1 }
  const two = { id: 2, version: 1 }
  const lists = [[one, two], [two, one], [one], [two], [one, { ...two, version: 2 }], [one, two, { id: 3, version: 1 }], [{ ...one, id: 4 }, two], []]
  const tags: unknown[] = []
  for (list of lists) tags.push((await app.inject('/')).headers.etag)
  t.equal(new Set(tags).size, lists.length)
  list = []
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': String(tags.at(-1)) } })).statusCode, 304)
})
