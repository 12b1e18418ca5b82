import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request as send, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagPluginOptions, type EtagRouteOptions, type Precondition } from '../lib/index.js'
import { gate, meetingOf } from './meeting.js'

// Every way to lose an update that was seen in other middleware, each by its number. Those that need a real database are
// in test/postgres/hazards.test.ts, the killed process (24) is in test/atomic.

interface Row { readonly version: number, readonly entries: readonly string[] }
type Guard = Precondition<Row, number>

/** One row in memory whose writes compare the version in the same step, as a statement of a database does. */
class Store {
  row: Row | null = { version: 1, entries: [] }

  find = async (): Promise<Row | null> => this.row

  append = async (version: number, entry: string): Promise<Row | null> => {
    if (this.row?.version !== version) return null
    this.row = { version: version + 1, entries: [...this.row.entries, entry] }
    return this.row
  }

  remove = async (version: number): Promise<boolean> => {
    if (this.row?.version !== version) return false
    this.row = null
    return true
  }

  create = async (entry: string): Promise<Row> => {
    if (this.row !== null) throw Object.assign(new Error('duplicate key value violates unique constraint "rows_pkey"'), { code: '23505' })
    this.row = { version: 1, entries: [entry] }
    return this.row
  }
}

type Write = (guard: Guard, entry: string) => Promise<unknown>

interface Sent { readonly method?: 'GET' | 'PUT' | 'DELETE', readonly entry?: string, readonly headers?: Record<string, string> }

/** A service of one row; `/` is written by the function given. */
async function serve (
  store: Store, write: Write, etag: EtagRouteOptions = {}, options: EtagPluginOptions = {}, server: FastifyServerOptions = {}
): Promise<{ app: FastifyInstance, ask: (sent?: Sent) => Promise<LightMyRequestResponse> }> {
  const app = Fastify(server)
  await app.register(etagPlugin, { source: 'version', ...options })
  app.route<{ Querystring: { entry: string } }>({
    method: ['GET', 'PUT', 'DELETE'],
    url: '/',
    config: { etag: { create: 'never', load: store.find, ...etag } },
    handler: request => request.method === 'GET' ? request.precondition.load() : write(request.precondition, request.query.entry)
  })
  const ask = ({ method = 'PUT', entry = 'x', headers = {} }: Sent = {}): Promise<LightMyRequestResponse> =>
    app.inject({ method, url: '/', query: { entry }, headers })
  return { app, ask }
}

const statusesOf = (responses: readonly LightMyRequestResponse[]): number[] => responses.map(({ statusCode }) => statusCode).sort()
const all = <T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, at) => make(at)))
const times = (count: number, status: number): number[] => Array.from({ length: count }, () => status)
const codeOf = (response: LightMyRequestResponse): string => response.json().code

const WRITERS = 8
const IF_1 = { 'if-match': '"1"' }

/** A write that waits, at its first attempt, until all writers have been checked. */
function meets (store: Store, writers = WRITERS): Write {
  const meet = meetingOf(writers)
  return (guard, entry) => guard.guard(async ({ version, attempt }) => {
    if (attempt === 1) await meet()
    return store.append(version, entry)
  })
}

t.test('hazard 1: of writers who hold one tag and were all checked, one wins, in one application and in two on one store', async t => {
  const store = new Store()
  const { ask } = await serve(store, meets(store))
  const responses = await all(WRITERS, at => ask({ entry: String(at), headers: IF_1 }))
  t.same(statusesOf(responses), [200, ...times(WRITERS - 1, 412)])
  t.same(store.row!.version, 2)

  const shared = new Store()
  const write = meets(shared)
  const both = await Promise.all([serve(shared, write), serve(shared, write)])
  const fromBoth = await all(WRITERS, at => both[at % 2]!.ask({ entry: String(at), headers: IF_1 }))
  t.same(statusesOf(fromBoth), [200, ...times(WRITERS - 1, 412)])
  t.same(shared.row!.entries.length, 1)
})

t.test('hazard 2: a handler that forgets the guard loses updates, as the barrier shows, and is told', async t => {
  const store = new Store()
  const meet = meetingOf(WRITERS)
  const lines: string[] = []
  const overwrite: Write = async (guard, entry) => {
    await meet()
    store.row = { version: 2, entries: [...guard.current!.entries, entry] }
    return store.row
  }
  const { ask } = await serve(store, overwrite, {}, {}, { logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line).msg) } } } })
  const responses = await all(WRITERS, at => ask({ entry: String(at), headers: IF_1 }))
  t.same(statusesOf(responses), times(WRITERS, 200))
  t.equal(store.row!.entries.length, 1, 'seven of eight acknowledged updates are lost')
  t.match(lines, ['A conditional write was done without guard, expected or waive: another writer may be lost to it'])
  t.equal(lines.length, 1)
})

t.test('hazard 3: the tag of an answer is that of its body, though another writer comes between the two', async t => {
  const store = new Store()
  const between = async (row: Row | null): Promise<Row | null> => {
    await store.append(store.row!.version, 'by another')
    return row
  }
  const { app, ask } = await serve(store, async (guard, entry) => between(await guard.guard(({ version }) => store.append(version, entry))))
  app.get('/read', { config: { etag: { load: store.find } } }, async request => between(await request.precondition.load()))
  app.get('/sent', { config: { etag: {} } }, async () => between(await store.find()))
  app.put('/201', { config: { etag: { load: store.find } } }, async (request, reply) => {
    const row = await request.precondition.guard(({ version }) => store.append(version, 'mine'))
    await between(null)
    return reply.code(201).send(row)
  })
  app.put('/204', { config: { etag: { load: store.find } } }, async (request, reply) => {
    await request.precondition.guard(({ version }) => store.append(version, 'mine'))
    await between(null)
    return reply.code(204).send()
  })

  for (const url of ['/read', '/sent']) {
    const response = await app.inject(url)
    t.equal(response.headers.etag, `"${response.json().version}"`, url)
    t.equal(response.json().version, store.row!.version - 1)
  }
  for (const write of [() => ask(), () => app.inject({ method: 'PUT', url: '/201' })]) {
    const response = await write()
    t.equal(response.headers.etag, `"${response.json().version}"`)
    t.equal(response.json().version, store.row!.version - 1)
  }
  t.equal((await app.inject({ method: 'PUT', url: '/204' })).headers.etag, `"${store.row!.version - 1}"`)
})

t.test('hazard 4: a callback that returns nothing, in any shape, has written nothing and is no success', async t => {
  const nothing = [undefined, null, false, 0, 0n, [], { count: 0 }, { rowCount: 0, command: 'UPDATE' }, { affected: 0, raw: [] }]
  for (const result of nothing) {
    const store = new Store()
    let calls = 0
    const { ask } = await serve(store, guard => guard.guard(async () => { calls++; return result as never }))
    for (const headers of [IF_1, {}]) {
      calls = 0
      const response = await ask({ headers: headers as Record<string, string> })
      t.equal(response.statusCode, 404)
      t.equal(calls, 1)
      t.notOk(response.headers.etag)
    }
  }
})

t.test('hazard 5: stale is 412, missing is 404, and what missed for another reason is 404 or the failure of the store', async t => {
  const store = new Store()
  const moved: Write = guard => guard.guard(async ({ version }) => { await store.append(store.row!.version, 'by another'); return store.append(version, 'x') })
  const stale = await (await serve(store, moved)).ask({ headers: IF_1 })
  t.match([stale.statusCode, stale.headers.etag, stale.json().reason], [412, '"2"', 'changed'])

  const gone: Write = guard => guard.guard(async ({ version }) => { store.row = null; return store.append(version, 'x') })
  const missing = await (await serve(store, gone)).ask({ headers: { 'if-match': '"2"' } })
  t.match([missing.statusCode, codeOf(missing), missing.headers.etag], [404, 'FST_ETAG_NOT_FOUND', undefined])

  const other = new Store()
  const ofAnotherTenant = await (await serve(other, guard => guard.guard(async () => null))).ask({ headers: IF_1 })
  t.match([ofAnotherTenant.statusCode, codeOf(ofAnotherTenant)], [404, 'FST_ETAG_NOT_FOUND'])
  const P2025 = Object.assign(new Error('No record was found for a nested connect'), { code: 'P2025' })
  let calls = 0
  const noRelation = await (await serve(other, guard => guard.guard(async () => { calls++; throw P2025 }))).ask({ headers: IF_1 })
  t.match([noRelation.statusCode, codeOf(noRelation), calls], [500, 'FST_ETAG_WRITE_FAILED', 1])
})

t.test('hazard 6: an error of a store keeps its status, its header fields and its text to itself', async t => {
  const members = [
    { code: 'P2025', clientVersion: '7.10.0' },
    { name: 'NotFoundError', statusCode: 404, modelClass: class Site {} },
    { scope: 'couch', statusCode: 409, headers: { uri: 'http://127.0.0.1:5984/db/doc', server: 'CouchDB/3.3', etag: '"couch"' } }
  ]
  for (const shape of members) {
    const failing = async (): Promise<never> => { throw Object.assign(new Error('secret of the store'), shape) }
    const store = new Store()
    const unchanged = await (await serve(store, guard => guard.guard(failing))).ask({ headers: IF_1 })
    t.match([unchanged.statusCode, codeOf(unchanged)], [500, 'FST_ETAG_WRITE_FAILED'])
    const moving = guardThat(async () => { await store.append(store.row!.version, 'by another'); return failing() })
    const changed = await (await serve(store, moving)).ask({ headers: IF_1 })
    t.match([changed.statusCode, changed.headers.etag], [412, '"2"'])
    const loading = await (await serve(store, moving, { load: failing })).ask({ headers: IF_1 })
    t.match([loading.statusCode, codeOf(loading)], [500, 'FST_ETAG_LOAD_FAILED'])
    for (const response of [unchanged, changed, loading]) {
      t.notMatch(JSON.stringify([response.headers, response.body]), /secret|couch|5984|P2025/i)
    }
  }
})

const guardThat = (callback: () => Promise<never>): Write => guard => guard.guard(callback)

t.test('hazard 7: a list of tags, whatever is in it, is compared or refused, and never reaches the store as nothing', async t => {
  const table: ReadonlyArray<readonly [field: string, status: number]> = [
    ['"0", "1"', 200], ['"a,b", "1"', 200], [', "1",,', 200], ['"1"', 200], ['*', 200],
    ['"0"', 412], ['"0", "2"', 412], ['"1,2"', 412], ['W/"1"', 412], ['W/"1", W/"2"', 412], ['', 412], [' , ,', 412],
    [`"${'9'.repeat(6000)}"`, 412], ['"99999999999999999999"', 412], ['"abc"', 412], ['"1\'; DROP TABLE rows"', 400],
    ['1', 400], ['*, "1"', 400], ['"1", *', 400], ['"1" "2"', 400], ['"1', 400], ['w/"1"', 400]
  ]
  for (const [field, status] of table) {
    const store = new Store()
    const versions: unknown[] = []
    const { ask } = await serve(store, guard => guard.guard(({ version }) => { versions.push(version); return store.append(version, 'x') }))
    t.equal((await ask({ headers: { 'if-match': field } })).statusCode, status, field.slice(0, 40))
    t.same(versions, status === 200 ? [1] : [], 'the write is told one version, the one that was checked')
  }
})

t.test('hazard 8: * and dates hold for many states, so they satisfy no policy unless the route says so', async t => {
  const table: ReadonlyArray<Record<string, string>> = [
    {}, { 'if-match': '*' }, { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }, { 'if-none-match': '"0"' }, { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }
  ]
  for (const headers of table) {
    const store = new Store()
    const { ask } = await serve(store, guard => guard.guard(({ version }) => store.append(version, 'x')), { policy: 'REQUIRED', lastModified: () => '2026-01-02T03:04:05Z' })
    t.equal((await ask({ headers })).statusCode, 428, JSON.stringify(headers))
    t.equal(store.row!.version, 1)
  }
})

t.test('hazard 9: If-Match goes before If-Unmodified-Since, whose date is ignored where it is none', async t => {
  const [before, at] = ['Fri, 02 Jan 2026 03:04:04 GMT', 'Fri, 02 Jan 2026 03:04:05 GMT']
  const table: ReadonlyArray<readonly [Record<string, string>, number]> = [
    [{ 'if-match': '"1"', 'if-unmodified-since': before }, 200],
    [{ 'if-match': '"0"', 'if-unmodified-since': at }, 412],
    [{ 'if-unmodified-since': before }, 412],
    [{ 'if-unmodified-since': at }, 200],
    [{ 'if-unmodified-since': '2026-01-02T03:04:04Z' }, 200],
    [{ 'if-unmodified-since': `${before}, ${before}` }, 200]
  ]
  for (const [headers, status] of table) {
    const store = new Store()
    const { ask } = await serve(store, guard => guard.guard(({ version }) => store.append(version, 'x')), { lastModified: () => '2026-01-02T03:04:05Z' })
    t.equal((await ask({ headers })).statusCode, status, JSON.stringify(headers))
  }
})

/** Makes what is not there, once all makers have seen that it is not, and writes over what is. */
function makes (store: Store, create: (entry: string) => Promise<Row | null>): Write {
  const meet = meetingOf(WRITERS)
  return (guard, entry) => guard.guard(({ version }) => store.append(version, entry), { create: async () => { await meet(); return create(entry) } })
}

t.test('hazard 10: of those who create at once one does, and the others are told so; a second unique index is a conflict', async t => {
  const nothing = (): Store => Object.assign(new Store(), { row: null })
  const thrown = nothing()
  const byError = await serve(thrown, makes(thrown, thrown.create), { create: 'may' })
  const returned = nothing()
  const byNothing = await serve(returned, makes(returned, entry => thrown.row === null ? returned.create(entry) : returned.create(entry).catch(() => null)), { create: 'may' })
  for (const { ask } of [byError, byNothing]) {
    const responses = await all(WRITERS, at => ask({ entry: String(at), headers: { 'if-none-match': '*' } }))
    t.same(statusesOf(responses), [200, ...times(WRITERS - 1, 412)])
    t.same(new Set(responses.filter(({ statusCode }) => statusCode === 412).map(response => response.json().reason)), new Set(['exists']))
    t.notMatch(responses.map(({ body }) => body).join(''), 'rows_pkey')
  }
  t.equal(thrown.row!.entries.length, 1, 'nobody wrote over what was made')

  const merged = nothing()
  const unconditional = await serve(merged, makes(merged, merged.create), { create: 'may' })
  t.same(statusesOf(await all(WRITERS, at => unconditional.ask({ entry: String(at) }))), times(WRITERS, 200))
  t.equal(merged.row!.entries.length, WRITERS, 'without a field the others write on')

  const other = nothing()
  const slug = async (): Promise<never> => { throw Object.assign(new Error('rows_slug_key'), { code: '23505' }) }
  const taken = await (await serve(other, guard => guard.guard(async () => null, { create: slug }), { create: 'may' })).ask({ headers: { 'if-none-match': '*' } })
  t.match([taken.statusCode, codeOf(taken), taken.json().reason], [409, 'FST_ETAG_CONFLICT', 'exists'])
  t.notMatch(taken.body, 'slug_key')
})

t.test('hazard 11: a DELETE and a PUT that hold one tag do not both succeed, and a new row with an old version needs a new name', async t => {
  const store = new Store()
  const meet = meetingOf(2)
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
  const config = { etag: { create: 'never', load: store.find } as const }
  app.put('/', { config }, request => request.precondition.guard(async ({ version }) => { await meet(); return store.append(version, 'x') }))
  app.delete('/', { config }, async (request, reply) => {
    await request.precondition.guard(async ({ version }) => { await meet(); return store.remove(version) })
    return reply.code(204).send()
  })
  const [put, remove] = await Promise.all((['PUT', 'DELETE'] as const).map(method => app.inject({ method, url: '/', headers: IF_1 })))
  t.match([put!.statusCode, remove!.statusCode], store.row === null ? [404, 204] : [200, 412])

  const named = { source: ({ version }: Row) => `${store.row!.entries[0] ?? ''}-${version}` }
  const { ask } = await serve(store, guard => guard.guard(() => store.append(store.row!.version, 'x')), named)
  store.row = { version: 1, entries: ['first'] }
  const { etag } = (await ask({ method: 'GET' })).headers
  store.row = { version: 1, entries: ['second'] }
  t.equal((await ask({ headers: { 'if-match': String(etag) } })).statusCode, 412)
})

t.test('hazard 12: a version that does not move, or goes back, is reported', async t => {
  for (const [next, told] of [[1, /did not move/], [0, /went back/]] as const) {
    const lines: string[] = []
    const store = new Store()
    const { ask } = await serve(store, guard => guard.guard(async ({ current }) => ({ ...current, version: next })), {}, {},
      { logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line).msg) } } } })
    t.equal((await ask({ headers: IF_1 })).statusCode, 200)
    t.match(lines, [told])
  }
})

const digestOf = ({ entries }: Row): string => createHash('sha256').update(JSON.stringify(entries)).digest('base64url')

t.test('hazard 13: a digest names the state on both sides, and its write compares what was digested', async t => {
  const store = new Store()
  const meet = meetingOf(WRITERS)
  const write: Write = (guard, entry) => guard.guard(async ({ current, version }) => {
    await meet()
    t.equal(version, digestOf(current))
    if (digestOf(store.row!) !== digestOf(current)) return null
    return store.append(store.row!.version, entry)
  })
  const { ask } = await serve(store, write, { source: digestOf })
  const { etag } = (await ask({ method: 'GET' })).headers
  t.equal(etag, `"${digestOf(store.row!)}"`)
  t.same(statusesOf(await all(WRITERS, at => ask({ entry: String(at), headers: { 'if-match': String(etag) } }))), [200, ...times(WRITERS - 1, 412)])
  t.equal(store.row!.entries.length, 1)
})

t.test('hazard 14: a Date is no version, since two writes may share it; text with its microseconds is one', async t => {
  const at = (state: unknown) => ({ load: () => state, source: { timestamp: 'at' }, create: 'never' } as const)
  const store = new Store()
  const write: Write = async guard => guard.guard(async () => ({ at: '2026-01-02 03:04:05.123700+00' }))
  for (const method of ['GET', 'PUT'] as const) {
    const refused = await (await serve(store, write, at({ at: new Date() }))).ask({ method, headers: IF_1 })
    t.match([refused.statusCode, codeOf(refused)], [500, 'FST_ETAG_INVALID_VERSION'])
  }
  const [earlier, later] = ['2026-01-02 03:04:05.123400+00', '2026-01-02 03:04:05.123700+00']
  const tags = await Promise.all([earlier, later].map(async text => (await (await serve(store, write, at({ at: text }))).ask({ method: 'GET' })).headers.etag))
  t.not(tags[0], tags[1], 'two microseconds of one millisecond are two versions')
  t.equal((await (await serve(store, write, at({ at: later }))).ask({ headers: { 'if-match': String(tags[0]) } })).statusCode, 412)
  t.equal((await (await serve(store, write, at({ at: earlier }))).ask({ headers: { 'if-match': String(tags[0]) } })).statusCode, 200)
})

t.test('hazard 15: versions beyond 2^53 are as many as they are, as text and as a bigint', async t => {
  for (const version of ['9007199254740993', 9007199254740993n]) {
    const seen: unknown[] = []
    const { ask } = await serve(new Store(), guard => guard.guard(async ({ version }) => { seen.push(version); return { version: '9007199254740994' } as never }),
      { load: () => ({ version }) })
    t.equal((await ask({ headers: { 'if-match': '"9007199254740992"' } })).statusCode, 412)
    t.equal((await ask({ headers: { 'if-match': '"9007199254740993"' } })).headers.etag, '"9007199254740994"')
    t.same(seen, [version])
  }
})

t.test('hazard 16: what the store rolled back is written again, but not for ever and never after it was written', async t => {
  const shapes = [{ code: '40001' }, { code: '40P01' }, { code: 'P2034' }, { code: 'SQLITE_BUSY' }, { name: 'MongoServerError', code: 112 }]
  for (const shape of shapes) {
    const rolledBack = Object.assign(new Error('could not serialize access'), shape)
    const store = new Store()
    let failures = 2
    let calls = 0
    const write: Write = (guard, entry) => guard.guard(({ version }) => {
      calls++
      if (failures-- > 0) throw rolledBack
      return store.append(version, entry)
    })
    const { ask } = await serve(store, write)
    t.equal((await ask({ headers: IF_1 })).statusCode, 200, JSON.stringify(shape))
    t.same([calls, store.row!.entries], [3, ['x']])

    failures = Infinity
    calls = 0
    const busy = await ask({ headers: { 'if-match': '"2"' } })
    t.match([busy.statusCode, codeOf(busy), calls], [503, 'FST_ETAG_STORE_BUSY', 4])

    const moving: Write = guard => guard.guard(async () => { await store.append(store.row!.version, 'by another'); throw rolledBack }, { retries: 2 })
    const conditional = await (await serve(store, moving)).ask({ headers: { 'if-match': `"${store.row!.version}"` } })
    t.equal(conditional.statusCode, 412)
    const unconditional = await (await serve(store, moving)).ask()
    t.equal(unconditional.statusCode, 409)
  }
})

t.test('hazard 17: writes that merge, and send no field, are all kept', async t => {
  const store = new Store()
  const merges = 300
  const meet = meetingOf(merges)
  const { ask } = await serve(store, (guard, entry) => guard.guard(async ({ version, attempt }) => {
    if (attempt === 1) await meet()
    return store.append(version, entry)
  }, { retries: merges }))
  t.same(statusesOf(await all(merges, at => ask({ entry: String(at) }))), times(merges, 200))
  t.equal(new Set(store.row!.entries).size, merges)

  const few = new Store()
  const byDefault = await serve(few, meets(few, 21))
  t.same(statusesOf(await all(21, at => byDefault.ask({ entry: String(at) }))), times(21, 200), 'by default against twenty others at once')
})

/** A server on loopback that ends with the test. */
async function listen (t: Test, app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return (app.server.address() as AddressInfo).port
}

t.test('hazard 18: a client that goes away leaves its guarded write whole, and nothing in the way of the next', async t => {
  const store = new Store()
  const [reached, goOn, written] = [gate(), gate(), gate()]
  const { app, ask } = await serve(store, (guard, entry) => guard.guard(async ({ version }) => {
    if (entry === 'first') { reached.open(); await goOn.opened }
    const row = await store.append(version, entry)
    if (entry === 'first') written.open()
    return row
  }))
  const noticed = gate()
  app.addHook('onRequestAbort', (_request, done) => { noticed.open(); done() })
  const port = await listen(t, app)
  const client = send({ host: '127.0.0.1', port, method: 'PUT', path: '/?entry=first', headers: IF_1 }).on('error', () => {})
  client.end()
  await reached.opened
  client.destroy()
  await noticed.opened
  t.equal((await ask({ entry: 'second', headers: IF_1 })).statusCode, 200, 'no lock is held for the one who left')
  goOn.open()
  await written.opened
  t.same(store.row!.entries, ['second'], 'and its write finds that the version moved')
})

t.test('hazard 18: a handler that goes on after handlerTimeout writes only what its check still holds for', async t => {
  const store = new Store()
  const [goOn, done] = [gate(), gate()]
  const { ask } = await serve(store, (guard, entry) => guard.guard(async ({ version }) => {
    if (entry === 'slow') await goOn.opened
    const row = await store.append(version, entry)
    if (entry === 'slow') done.open()
    return row
  }), {}, {}, { handlerTimeout: 20 })
  const late = await ask({ entry: 'slow', headers: IF_1 })
  t.equal(late.statusCode, 503)
  t.notOk(late.headers.etag)
  t.equal((await ask({ entry: 'quick', headers: IF_1 })).statusCode, 200)
  goOn.open()
  await done.opened
  t.same(store.row!.entries, ['quick'])
})

t.test('hazard 18: where the onSend of another plugin throws, the write is done, its answer tells no tag, and the next writer is free', async t => {
  const store = new Store()
  const app = Fastify()
  let throws = true
  await app.register(etagPlugin, { source: 'version' })
  const onSend = async (): Promise<void> => { if (throws) throw new Error('another plugin') }
  app.put('/', { onSend, config: { etag: { load: store.find } } }, request => request.precondition.guard(({ version }) => store.append(version, 'x')))
  const failed = await app.inject({ method: 'PUT', url: '/', headers: IF_1 })
  t.match([failed.statusCode, failed.headers.etag], [500, undefined])
  throws = false
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: IF_1 })).statusCode, 412)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"2"' } })).statusCode, 200)
})

t.test('hazard 18: a handler that hijacks its reply, or streams it, has guarded before and holds nothing after', async t => {
  const store = new Store()
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const config = { etag: { load: store.find } }
  app.put('/hijack', { config }, async (request, reply) => {
    await request.precondition.guard(({ version }) => store.append(version, 'hijacked'))
    reply.hijack()
    reply.raw.end('raw')
  })
  const streamed = gate()
  app.put('/stream', { config }, async (request, reply) => {
    await request.precondition.guard(({ version }) => store.append(version, 'streamed'))
    return reply.send(Readable.from((async function * () { yield 'begin'; await streamed.opened; yield 'end' })()))
  })
  const port = await listen(t, app)
  const put = (path: string, tag: string): Promise<IncomingMessage> => new Promise((resolve, reject) => {
    send({ host: '127.0.0.1', port, method: 'PUT', path, headers: { 'if-match': tag } }, resolve).on('error', reject).end()
  })
  const raw = await put('/hijack', '"1"')
  raw.resume()
  t.equal(raw.statusCode, 200)
  const open = await put('/stream', '"2"')
  t.match([open.statusCode, open.headers.etag], [200, '"3"'], 'the tag is that of the write, before the stream is read')
  const refused = await put('/stream', '"2"')
  refused.resume()
  t.equal(refused.statusCode, 412)
  const next = await put('/hijack', '"3"')
  t.equal(next.statusCode, 200, 'the next writer does not wait for the stream')
  next.resume()
  streamed.open()
  open.resume()
  await once(open, 'end')
  t.same(store.row!.entries, ['hijacked', 'streamed', 'hijacked'])
})

t.test('hazard 19: a client that got no answer and sends its write again is told 412, and has written once', async t => {
  const store = new Store()
  const { app, ask } = await serve(store, (guard, entry) => guard.guard(({ version }) => store.append(version, entry)))
  app.addHook('onSend', async (request, reply) => { if (request.headers.lost !== undefined) reply.raw.destroy() })
  const port = await listen(t, app)
  const lost = send({ host: '127.0.0.1', port, method: 'PUT', path: '/?entry=x', headers: { ...IF_1, lost: 'yes' } })
  lost.end()
  const [error] = await once(lost, 'error') as [Error & { code: string }]
  t.equal(error.code, 'ECONNRESET')
  const again = await ask({ headers: IF_1 })
  t.match([again.statusCode, again.headers.etag], [412, '"2"'])
  t.same(store.row!.entries, ['x'])
})

t.test('hazard 20: a 412 has the tag of the state after the conflict, from the primary, and none of the state', async t => {
  const store = new Store()
  const purposes: string[] = []
  const { ask } = await serve(store, guard => guard.guard(async ({ version }) => {
    await store.append(store.row!.version, 'confidential')
    await store.append(store.row!.version, 'confidential')
    return store.append(version, 'x')
  }), { load: (_request, purpose) => { purposes.push(purpose); return store.row } })
  const response = await ask({ headers: IF_1 })
  t.match([response.statusCode, response.headers.etag, response.json().currentEtag], [412, '"3"', '"3"'])
  t.same(purposes, ['check', 'retry'])
  t.notMatch(response.body, 'confidential')
})

t.test('hazard 21: a write is decided on no replica: its loads are never for reading', async t => {
  const store = new Store()
  const purposes: string[] = []
  const load = (_request: unknown, purpose: string): Row | null => { purposes.push(purpose); return store.row }
  const { ask } = await serve(store, async guard => {
    await guard.load()
    return guard.guard(({ version }) => store.append(version, 'x'))
  }, { load, policy: 'REQUIRED' })
  for (const headers of [{}, { 'if-match': '"0"' }, IF_1, { 'if-none-match': '*' }]) await ask({ headers: headers as Record<string, string> })
  await ask({ method: 'DELETE', headers: { 'if-match': '"2"' } })
  t.ok(purposes.length >= 5)
  t.notOk(purposes.includes('read'))
  await ask({ method: 'GET' })
  t.equal(purposes.at(-1), 'read')
})

t.test('hazard 22: a store that is down is an error of the server, whenever it goes down, and the write is not let through', async t => {
  const down = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
  for (const failsAt of ['check', 'write', 'retry']) {
    const store = new Store()
    const load = (_request: unknown, purpose: string): Row | null => { if (purpose === failsAt) throw down; return store.row }
    const { ask } = await serve(store, guard => guard.guard(async () => { if (failsAt === 'write') throw down; return null }), { load })
    const response = await ask({ headers: IF_1 })
    t.equal(response.statusCode, 500, failsAt)
    t.notMatch(response.body, 'ECONNREFUSED')
    t.notOk(response.headers.etag)
    t.equal(store.row!.version, 1)
  }
})
