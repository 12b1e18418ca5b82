import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify'
import etagPlugin, { type Decision, type EtagRouteOptions } from '../lib/index.js'

interface Row { readonly version: number, readonly title: string }
type Handler = (request: FastifyRequest, reply: FastifyReply, store: Store) => Promise<unknown>

/** A row, or nothing, and what it was asked for. */
class Store {
  row: Row | undefined
  asked: string[] = []

  constructor (row: Row | undefined) {
    this.row = row
  }

  async find (): Promise<Row | undefined> {
    this.asked.push('load')
    return this.row
  }

  async update (version: unknown): Promise<Row | null> {
    this.asked.push(`update ${String(version)}`)
    if (this.row?.version !== version) return null
    this.row = { version: this.row!.version + 1, title: 'new' }
    return this.row
  }

  async insert (): Promise<Row | null> {
    this.asked.push('insert')
    if (this.row !== undefined) return null
    this.row = { version: 1, title: 'made' }
    return this.row
  }
}

const guards: Handler = async ({ precondition }, _reply, store) => precondition.guard(async ({ version }) => store.update(version))
const creates: Handler = async ({ precondition }, _reply, store) => precondition.guard(async ({ version }) => store.update(version), { create: async () => store.insert() })

async function appOf (etag: EtagRouteOptions, handler: Handler, row: Row | undefined = { version: 3, title: 'old' }): Promise<{ app: FastifyInstance, store: Store, decisions: Decision[] }> {
  const app = Fastify()
  const store = new Store(row)
  const decisions: Decision[] = []
  await app.register(etagPlugin, { source: 'version' })
  for (const method of METHODS) {
    app.route({
      method,
      url: '/',
      config: { etag: { load: async () => store.find(), ...etag } },
      handler: async (request, reply) => {
        try {
          return await handler(request, reply, store)
        } finally {
          decisions.push(request.precondition.decision)
        }
      }
    })
  }
  return { app, store, decisions }
}

const METHODS = ['PUT', 'PATCH', 'DELETE', 'POST'] as const
const TAGS = [undefined, '"3"', '"2"', '"4"', 'W/"3"', '"3;gzip"', '"2;gzip"', '"3-gzip"', '"2", "3"', '"3", "2"', '"3", "3"', '"2", "1"', '*', '', ',', '"abc"', '"03"', '"3.0"', '"%33"', '3', '"1e400"', 'junk"', '"-0"'] as const
const OTHERS = [{}, { 'if-none-match': '*' }, { 'if-none-match': '"3"' }, { 'if-none-match': '"9"' }, { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }] as const
const DECLARED: readonly EtagRouteOptions[] = [
  {}, { policy: 'REQUIRED' }, { create: 'never' }, { create: 'only' }, { createIgnoresIfMatch: true }, { tolerate: { weak: true, suffix: true, unquoted: true } },
  { weak: true, tolerate: { weak: true } }, { policy: () => 'REQUIRED' }, { policy: 'REQUIRED', enforce: false }, { bulk: { waive: 'it is meant so' } }, { accept: ['If-Match: *'], policy: 'REQUIRED' }, { disclose: false }
]

t.test('a version that is left to the write gives every answer that comparing it before gives', async t => {
  const differing: unknown[] = []
  let left = 0
  const sent = TAGS.flatMap((tag, at) => [{}, OTHERS[at % OTHERS.length]!].map(other => ({ ...other, ...(tag !== undefined && { 'if-match': tag }) })))
  for (const etag of DECLARED) {
    for (const handler of [guards, creates]) {
      const both = await Promise.all([{}, { parseVersion: Number }].map(parsing => appOf({ ...etag, ...parsing }, handler)))
      for (const [row, method, headers] of [{ version: 3, title: 'old' }, undefined].flatMap(row => METHODS.flatMap(method => sent.map(headers => [row, method, headers] as const)))) {
        const [expected, answer] = await Promise.all(both.map(async ({ app, store }) => {
          Object.assign(store, { row, asked: [] })
          const response = await app.inject({ method, url: '/', headers })
          return { status: response.statusCode, etag: response.headers.etag, body: response.body, row: store.row }
        }))
        if (JSON.stringify(answer) !== JSON.stringify(expected)) differing.push({ etag, row, method, headers, expected, answer })
        const [loads, fewer] = both.map(({ store }) => store.asked.filter(what => what === 'load').length)
        if (fewer! < loads!) left++
      }
    }
  }
  t.same(differing, [])
  t.ok(left > 100, 'many of them without a load')
})

t.test('a write that names one version is one statement, and loads where that missed', async t => {
  const table = [
    [{ 'if-match': '"3"' }, 200, ['update 3']],
    [{ 'if-match': '"3;gzip"' }, 200, ['update 3']],
    [{ 'if-match': '"2"' }, 412, ['update 2', 'load']],
    [{ 'if-match': '"2", "3"' }, 200, ['load', 'update 3']],
    [{ 'if-match': '*' }, 200, ['load', 'update 3']],
    [{ 'if-match': '"abc"' }, 412, ['load']],
    [{ 'if-match': '"3"', 'if-none-match': '"9"' }, 200, ['load', 'update 3']],
    [{}, 200, ['load', 'update 3']]
  ] as const
  for (const [headers, status, asked] of table) {
    const { app, store } = await appOf({ parseVersion: Number }, guards)
    const response = await app.inject({ method: 'PUT', url: '/', headers })
    t.equal(response.statusCode, status, JSON.stringify(headers))
    t.same(store.asked, asked)
    t.equal(response.headers.etag, status === 200 ? '"4"' : '"3"')
  }
})

t.test('what nothing is known of is not there for the handler: no state, and the version that the request names', async t => {
  const seen: unknown[] = []
  const { app, decisions } = await appOf({ parseVersion: Number }, async ({ precondition }, _reply, store) => {
    const { expected, current } = precondition
    seen.push(expected, current)
    return precondition.guard(async guarded => { seen.push(guarded); return store.update(guarded.version) })
  })
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 200)
  t.same(seen, [{ version: 3, current: undefined, absent: false }, undefined, { version: 3, current: undefined, attempt: 1 }])
  t.match(decisions, [{ outcome: 'proceed', loads: 0, attempts: 1, guarded: true }])
})

t.test('a handler that loads has it compared', async t => {
  const loads: Handler = async ({ precondition }, _reply, store) => {
    const { title } = await precondition.load()
    return precondition.guard(async ({ version, current }) => { t.equal(current?.title, title); return store.update(version) })
  }
  const table = [['"3"', 200, ['load', 'update 3']], ['"2"', 412, ['load']]] as const
  for (const [tag, status, asked] of table) {
    const { app, store } = await appOf({ parseVersion: Number }, loads)
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })).statusCode, status)
    t.same(store.asked, asked)
  }
  const absent = await appOf({ parseVersion: Number, create: 'never' }, loads)
  absent.store.row = undefined
  t.equal((await absent.app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 404)
})

t.test('a write without guard compares by expected and failed', async t => {
  const expects: Handler = async ({ precondition }, reply, store) => {
    const written = await store.update(precondition.expected.version)
    if (written === null) throw await precondition.failed()
    reply.validators(written)
    return written
  }
  const table = [['"3"', 3, 200, '"4"'], ['"2"', 3, 412, '"3"'], ['"3"', undefined, 404, undefined]] as const
  for (const [tag, version, status, etag] of table) {
    const { app, store } = await appOf({ parseVersion: Number }, expects)
    store.row = version === undefined ? undefined : { version, title: 'old' }
    const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })
    t.match([response.statusCode, response.headers.etag], [status, etag])
  }
  // the statement touched no row, though the version is the one that it compared
  const missing = await appOf({ parseVersion: Number }, async ({ precondition: { expected, failed: _failed }, precondition }) => { t.equal(expected.version, 3); throw await precondition.failed() })
  t.equal((await missing.app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 404)
})

t.test('a handler that compares nothing is no success, whatever its route says of that', async t => {
  const forgets: Handler = async (_request, _reply, store) => store.update(store.row!.version)
  for (const unguarded of ['warn', 'off', 'error'] as const) {
    const { app } = await appOf({ parseVersion: Number, unguarded }, forgets)
    const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"2"' } })
    t.match([response.statusCode, response.json().code, response.headers.etag], [500, 'FST_ETAG_UNGUARDED', undefined])
    const unasked = await appOf({ parseVersion: Number, unguarded: 'off' }, forgets)
    t.equal((await unasked.app.inject({ method: 'PUT', url: '/' })).statusCode, 200, 'what sends no condition asks for nothing')
  }
  const { app, store } = await appOf({ parseVersion: Number }, async ({ precondition }, _reply, store) => { precondition.waive('it commutes'); return store.update(3) })
  const waived = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"2"' } })
  t.match([waived.statusCode, waived.json().code], [500, 'FST_ETAG_INVALID_OPTION'])
  t.same(store.asked, [], 'nothing is written')
})

t.test('of writers who name the same version one wins, and the others are told the new tag', async t => {
  const { app, store } = await appOf({ parseVersion: Number, policy: 'REQUIRED' }, guards)
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal(answers.filter(({ statusCode, headers }) => statusCode === 412 && headers.etag === '"4"').length, 19)
  t.equal(store.row!.version, 4)
})

t.test('a version that stays the same is no conflict: the write is tried again with its state, and is 404 then', async t => {
  const seen: unknown[] = []
  const { app, store } = await appOf({ parseVersion: Number }, async ({ precondition }) => precondition.guard(async ({ current, attempt }) => { seen.push([current, attempt]); return null }))
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 404)
  t.same(seen, [[undefined, 1], [{ version: 3, title: 'old' }, 2]])
  t.same(store.asked, ['load', 'load'])
})

t.test('a store that fails is 5xx, and what it was asked to write is not written', async t => {
  const { app } = await appOf({ parseVersion: Number, load: async () => { throw new Error('down') } }, guards)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"2"' } })).statusCode, 500)
  const failing = await appOf({ parseVersion: Number }, async ({ precondition }) => precondition.guard(async () => { throw new Error('down') }))
  const response = await failing.app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
  t.match([response.statusCode, response.json().code], [500, 'FST_ETAG_WRITE_FAILED'])
})

t.test('a version that no state can have is an old one, whatever the store says of it', async t => {
  const outOfRange = (code: unknown): Error => Object.assign(new Error('value out of range'), typeof code === 'number' ? { number: code, class: 16 } : { code })
  for (const code of ['22003', '22P02', 'P2033', 8115]) {
    const { app } = await appOf({ parseVersion: Number }, async ({ precondition }) => precondition.guard(async () => { throw outOfRange(code) }))
    for (const [tag, status] of [['"99999999999"', 412], ['"3"', 500]] as const) {
      const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })
      t.equal(response.statusCode, status, `${String(code)}, ${tag}`)
      t.equal(response.headers.etag, status === 412 ? '"3"' : undefined)
    }
  }
  const unreadable = await appOf({ parseVersion: Number }, async ({ precondition }) => precondition.guard(async () => { throw Object.defineProperty(new Error('down'), 'code', { get () { throw new Error('no') } }) }))
  t.equal((await unreadable.app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"2"' } })).statusCode, 500)
})

t.test('a method that writes nothing is compared before, and so is a state that a hook has loaded', async t => {
  const app = Fastify()
  const store = new Store({ version: 3, title: 'old' })
  await app.register(etagPlugin, { source: 'version' })
  app.addHttpMethod('QUERY', { hasBody: true })
  const config = { etag: { parseVersion: Number, load: async () => store.find() } }
  app.route({ method: 'QUERY' as HTTPMethods, url: '/', config, handler: async () => ({ version: 3 }) })
  app.put('/', { config, preHandler: async ({ precondition }) => { await precondition.load() } }, async (request, reply) => guards(request, reply, store))
  for (const method of ['QUERY', 'PUT'] as const) {
    store.asked.length = 0
    t.equal((await app.inject({ method: method as 'PUT', url: '/', headers: { 'if-match': '"2"' }, payload: {} })).statusCode, 412, method)
    t.same(store.asked, ['load'])
  }
})
