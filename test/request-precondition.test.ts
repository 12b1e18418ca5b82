import t from 'tap'
import Fastify from 'fastify'
import etagPlugin, { type Precondition } from '../lib/index.js'
import { put, routeOf, type State } from './precondition-route.js'

t.test('current and expected tell what is known: nothing, a state, or that nothing is there', async t => {
  const known: unknown[] = []
  const note = async (precondition: Precondition<State, number>): Promise<object> => {
    known.push([precondition.current, precondition.expected])
    await precondition.load().catch(() => {})
    known.push([precondition.current, precondition.expected])
    return {}
  }
  await (await routeOf(note, [{ version: 3 }])).app.inject(put())
  await (await routeOf(note, [null])).app.inject(put())
  t.same(known, [
    [undefined, { version: undefined, current: undefined, absent: false }],
    [{ version: 3 }, { version: 3, current: { version: 3 }, absent: false }],
    [undefined, { version: undefined, current: undefined, absent: false }],
    [null, { version: undefined, current: null, absent: true }]
  ])
})

t.test('load is told whether the state is read, checked before a write, or checked again', async t => {
  const read = await routeOf(precondition => precondition.load(), [{ version: 3 }])
  await read.app.inject('/')
  const write = await routeOf(precondition => precondition.guard(async ({ attempt }) => attempt === 1 ? null : { version: 9 }), [{ version: 3 }, { version: 4 }])
  await write.app.inject(put())
  t.same([read.purposes, write.purposes], [['read'], ['check', 'retry']])
})

t.test('a guarded write that misses', async t => {
  const never = async (): Promise<null> => null
  const guarded = (precondition: Precondition<State, number>): Promise<unknown> => precondition.guard(never)
  const moving = Array.from({ length: 30 }, (_, at) => ({ version: at + 1 }))
  const table = [
    { why: 'the version moved under If-Match', headers: { 'if-match': '"3"' }, states: [{ version: 3 }, { version: 4 }], status: 412, etag: '"4"', loads: 2 },
    { why: 'it is gone', headers: { 'if-match': '"3"' }, states: [{ version: 3 }, null], status: 404, etag: undefined, loads: 2 },
    { why: 'the version did not move', headers: { 'if-match': '"3"' }, states: [{ version: 3 }], status: 404, etag: undefined, loads: 2 },
    { why: 'no field was sent and it moves each time', headers: {}, states: moving, status: 409, etag: '"22"', loads: 22 },
    { why: 'If-Match: * holds and it moves each time', headers: { 'if-match': '*' }, states: moving, status: 412, etag: '"22"', loads: 22 },
    { why: 'nothing was there', headers: {}, states: [null], status: 404, etag: undefined, loads: 1 },
    { why: 'a state without a version cannot be compared', headers: {}, states: [{ version: null }], status: 404, etag: undefined, loads: 2 }
  ]
  for (const { why, headers, states, status, etag, loads } of table) {
    const { app, purposes } = await routeOf(guarded, states, { create: 'may' })
    const response = await app.inject(put(headers as Record<string, string>))
    t.equal(response.statusCode, status, why)
    t.equal(response.headers.etag, etag, why)
    t.equal(purposes.length, loads, why)
  }
})

t.test('a list of tags of which another one holds now is written again, from the new version', async t => {
  const versions: number[] = []
  const { app } = await routeOf(precondition => precondition.guard(async ({ version, current, attempt }) => {
    versions.push(version, current.version!, attempt)
    return attempt === 1 ? null : { version: 9 }
  }), [{ version: 3 }, { version: 4 }])
  const response = await app.inject(put({ 'if-match': '"3", "4"' }))
  t.equal(response.statusCode, 200)
  t.equal(response.headers.etag, '"9"')
  t.same(versions, [3, 3, 1, 4, 4, 2])
})

t.test('what is not there is made by create, unless a field forbids it', async t => {
  const create = async (precondition: Precondition<State, number>): Promise<unknown> =>
    precondition.guard(async () => ({ version: 2 }), { create: async () => ({ version: 1 }) })
  for (const [headers, status, etag] of [[{}, 200, '"1"'], [{ 'if-none-match': '*' }, 200, '"1"'], [{ 'if-match': '"1"' }, 412, undefined]] as const) {
    const { app } = await routeOf(create, [null])
    const response = await app.inject(put(headers as Record<string, string>))
    t.equal(response.statusCode, status)
    t.equal(response.headers.etag, etag)
  }
  // only the guard of a hook that runs earlier can meet an absence that was not decided yet
  const app = Fastify()
  await app.register(etagPlugin)
  app.put('/', {
    preHandler: async request => request.precondition.guard(async () => null, { create: async () => ({ version: 1 }) }),
    config: { etag: { source: 'version', load: () => null } }
  }, async () => ({}))
  t.match((await app.inject(put({ 'if-match': '"1"' }))).json(), { status: 412, reason: 'absent' })
})

t.test('a guard on a route without load is an error that names the route', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: {} } }, async request => request.precondition.guard(async () => ({})))
  t.match((await app.inject(put())).json(), { statusCode: 500, code: 'FST_ETAG_LOAD_MISSING', message: /^PUT \/ needs a load/ })
})

t.test('a store that fails gives 500, never 412, and lets no write through', async t => {
  for (const failure of [new Error('down'), undefined, null, 'down', Object.assign(new Error('stale'), { statusCode: 412 })]) {
    let runs = 0
    for (const load of [async () => { throw failure }, () => { throw failure }]) {
      const app = Fastify()
      await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
      app.put('/', { config: { etag: { load } } }, async () => { runs++; return {} })
      for (const headers of [{ 'if-match': '"1"' }, {}]) {
        const response = await app.inject(put(headers as Record<string, string>))
        t.equal(response.statusCode, 500, String(failure))
        t.notOk(response.headers.etag)
      }
    }
    t.equal(runs, 0)
  }
})

t.test('a source that throws, anything at all, gives 500 and lets no write through', async t => {
  for (const failure of [new Error('no'), undefined]) {
    let runs = 0
    for (const load of [async () => ({}), () => ({})]) {
      const app = Fastify()
      await app.register(etagPlugin, { policy: 'REQUIRED', source: () => { throw failure } })
      app.put('/', { config: { etag: { load } } }, async () => { runs++; return {} })
      t.equal((await app.inject(put({ 'if-match': '"1"' }))).statusCode, 500)
    }
    t.equal(runs, 0)
  }
})

const STORE = { hint: 'see pg_catalog', table: 'documents', headers: { server: 'CouchDB/3.3' } }
const storeError = (members: object): Error => Object.assign(new Error('duplicate key value violates unique constraint "documents_slug"'), { ...STORE, ...members })

t.test('what a store throws in the callback of a guard reaches no client: not its text, not its status, not its header fields', async t => {
  const table: ReadonlyArray<readonly [thrown: unknown, status: number, code: string, reason?: string]> = [
    [storeError({ code: '42P01' }), 500, 'FST_ETAG_WRITE_FAILED'],
    [storeError({ scope: 'couch', statusCode: 409 }), 500, 'FST_ETAG_WRITE_FAILED'],
    [storeError({ statusCode: 404 }), 500, 'FST_ETAG_WRITE_FAILED'],
    ['duplicate', 500, 'FST_ETAG_WRITE_FAILED'],
    [storeError({ code: '23505' }), 409, 'FST_ETAG_CONFLICT', 'exists'],
    [storeError({ code: '40P01' }), 503, 'FST_ETAG_STORE_BUSY']
  ]
  for (const [thrown, status, code, reason] of table) {
    const { app } = await routeOf(precondition => precondition.guard(async () => { throw thrown }), [{ version: 3 }])
    const response = await app.inject(put({ 'if-match': '"3"' }))
    t.equal(response.statusCode, status)
    t.match(response.json(), { code, ...(reason !== undefined && { reason }) })
    t.notMatch(JSON.stringify([response.headers, response.body]), /duplicate|documents_slug|pg_catalog|CouchDB/)
    t.equal(response.headers['retry-after'], status === 503 ? '1' : undefined)
  }
})

t.test('what the application throws there as its answer goes through', async t => {
  const answer = Object.assign(new Error('The change does not fit the document'), { statusCode: 422 })
  const { app } = await routeOf(precondition => precondition.guard(async () => { throw answer }), [{ version: 3 }])
  t.match((await app.inject(put({ 'if-match': '"3"' }))).json(), { statusCode: 422, message: answer.message })
})

t.test('a route knows errors of its own store besides', async t => {
  const own = storeError({ code: 'E_STALE' })
  let stale = 1
  const handler = (precondition: Precondition<State, number>): Promise<State> => precondition.guard(async ({ version }) => {
    if (stale-- > 0) throw own
    return { version: version + 1 }
  })
  const moves = [{ version: 3 }, { version: 4 }]
  const isStale = (error: unknown): boolean => error === own
  t.equal((await (await routeOf(handler, moves, { isConflict: isStale })).app.inject(put())).headers.etag, '"5"')
  stale = 1
  t.equal((await (await routeOf(handler, moves)).app.inject(put())).statusCode, 500)
  stale = 1
  t.match((await (await routeOf(handler, [{ version: 3 }], { isDuplicateKey: isStale })).app.inject(put())).json(), { code: 'FST_ETAG_CONFLICT', reason: 'exists' })
})

t.test('a callback that returns undefined while the version moved is reported, since a forgotten return looks like that', async t => {
  for (const [result, states, told] of [
    [undefined, [{ version: 3 }, { version: 4 }], ['A guarded write returned undefined while the version moved: if it wrote, its return is missing']],
    [undefined, [{ version: 3 }], []],
    [null, [{ version: 3 }, { version: 4 }], []]
  ] as const) {
    const lines: string[] = []
    const app = Fastify({ logger: { level: 'info', stream: { write: line => { lines.push(JSON.parse(line).msg) } } }, disableRequestLogging: true })
    await app.register(etagPlugin, { source: 'version' })
    let loads = 0
    app.put('/', { config: { etag: { load: () => states[Math.min(loads++, states.length - 1)] } } },
      request => request.precondition.guard(async () => result as unknown as State, { retries: 0 }))
    await app.inject(put({ 'if-match': '"3"' }))
    t.same(lines.filter(line => line.startsWith('A guarded write')), told)
  }
})
