import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods, type preHandlerHookHandler } from 'fastify'
import { CHECKPOINTS, type Checkpoint } from '../lib/checkpoint.js'
import etagPlugin, { defineEtag, type Decision, type EtagRouteOptions } from '../lib/index.js'

interface Row { readonly version: number, readonly title: string }
type Guarded = { readonly version: unknown, readonly current: Row | undefined, readonly attempt: number }
type Write = (store: Store, guarded: Guarded, request: FastifyRequest) => Promise<Row | null>

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

const updates: Write = (store, { version }) => store.update(version)

interface Given {
  readonly etag?: EtagRouteOptions
  readonly write?: Write
  readonly creates?: boolean
  readonly preHandler?: preHandlerHookHandler
}

/** A resource whose handlers do nothing but guard a write of a row with the version 3, and what was decided. */
async function appOf ({ etag = { parseVersion: Number }, write = updates, creates = false, preHandler }: Given): Promise<{ app: FastifyInstance, store: Store, decisions: Decision[] }> {
  const app = Fastify()
  const store = new Store({ version: 3, title: 'old' })
  const decisions: Decision[] = []
  await app.register(etagPlugin, { source: 'version' })
  const document = defineEtag({ load: async () => store.find(), ...etag } as { load: () => Promise<Row | undefined> })
  const handler = document.guarded(async (request: FastifyRequest, guarded) => {
    decisions.push(request.precondition.decision)
    return write(store, guarded, request)
  }, creates ? { create: async () => store.insert() } : {})
  for (const method of METHODS) app.route({ method, url: '/', config: { etag: document }, handler, ...(preHandler && { preHandler }) })
  return { app, store, decisions }
}

const put = (app: FastifyInstance, headers: Record<string, string>) => app.inject({ method: 'PUT', url: '/', headers })

const METHODS = ['PUT', 'PATCH', 'DELETE', 'POST'] as const
const TAGS = [undefined, '"3"', '"2"', '"4"', 'W/"3"', '"3;gzip"', '"2;gzip"', '"3-gzip"', '"2", "3"', '"3", "2"', '"3", "3"', '"2", "1"', '*', '', ',', '"abc"', '"03"', '"3.0"', '"%33"', '3', '"1e400"', 'junk"', '"-0"'] as const
const OTHERS = [{}, { 'if-none-match': '*' }, { 'if-none-match': '"3"' }, { 'if-none-match': '"9"' }, { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }] as const
const DECLARED: readonly EtagRouteOptions[] = [
  {}, { policy: 'REQUIRED' }, { create: 'never' }, { create: 'only' }, { createIgnoresIfMatch: true }, { tolerate: { weak: true, suffix: true, unquoted: true } },
  { policy: () => 'REQUIRED' }, { policy: 'REQUIRED', enforce: false }, { bulk: { waive: 'it is meant so' } }, { accept: ['If-Match: *'], policy: 'REQUIRED' }, { disclose: false }
]

t.test('a version that is left to the write gives every answer that comparing it before gives', async t => {
  const differing: unknown[] = []
  let left = 0
  const sent = TAGS.flatMap((tag, at) => [{}, OTHERS[at % OTHERS.length]!].map(other => ({ ...other, ...(tag !== undefined && { 'if-match': tag }) })))
  for (const etag of DECLARED) {
    for (const creates of [false, true]) {
      const both = await Promise.all([{}, { parseVersion: Number }].map(parsing => appOf({ etag: { ...etag, ...parsing }, creates })))
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
    [{ 'if-match': '"03"' }, 412, ['load']],
    [{ 'if-match': '"3"', 'if-none-match': '"9"' }, 200, ['load', 'update 3']],
    [{}, 200, ['load', 'update 3']]
  ] as const
  for (const [headers, status, asked] of table) {
    const { app, store } = await appOf({})
    const response = await put(app, headers)
    t.equal(response.statusCode, status, JSON.stringify(headers))
    t.same(store.asked, asked)
    t.equal(response.headers.etag, status === 200 ? '"4"' : '"3"')
  }
})

t.test('the write is told the version that the request names, and no state', async t => {
  const seen: unknown[] = []
  const { app, decisions } = await appOf({
    write: async (store, guarded, { precondition }) => {
      seen.push(guarded, precondition.current, precondition.expected)
      return store.update(guarded.version)
    }
  })
  t.equal((await put(app, { 'if-match': '"3"' })).statusCode, 200)
  t.same(seen, [{ version: 3, current: undefined, attempt: 1 }, undefined, { version: 3, current: undefined, absent: false }])
  t.match(decisions, [{ outcome: 'proceed', loads: 0, attempts: 1, guarded: true }])
})

t.test('a handler that is written by hand is not left to compare anything, whatever it does', async t => {
  for (const unguarded of ['warn', 'off', 'error'] as const) {
    const store = new Store({ version: 3, title: 'old' })
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', unguarded })
    const document = defineEtag({ load: async () => store.find(), parseVersion: Number })
    const guarded = document.guarded(async (_request: FastifyRequest, { version }) => store.update(version))
    app.put('/forgets', { config: { etag: document } }, async () => store.update(3))
    app.put('/wraps', { config: { etag: document } }, async (request, reply) => guarded(request, reply))
    for (const url of ['/forgets', '/wraps']) {
      store.asked.length = 0
      t.equal((await app.inject({ method: 'PUT', url, headers: { 'if-match': '"2"' } })).statusCode, 412)
      t.same(store.asked, ['load'])
    }
  }
})

t.test('a request that a hook has looked into by then is compared before', async t => {
  const hooks: ReadonlyArray<readonly [preHandlerHookHandler, readonly string[]]> = [
    [async ({ precondition }) => { await precondition.load() }, ['load']],
    // it goes on while the request is decided about
    [async ({ precondition }) => { precondition.load().catch(() => {}) }, ['load']],
    [async ({ precondition }) => { precondition.failed().catch(() => {}) }, ['load', 'load']],
    [async ({ precondition }) => { precondition.waive('audit') }, ['load']],
    [async ({ precondition }) => { t.equal(precondition.expected.version, undefined) }, ['load']]
  ]
  for (const [preHandler, asked] of hooks) {
    const { app, store } = await appOf({ preHandler })
    t.equal((await put(app, { 'if-match': '"2"' })).statusCode, 412)
    t.same(store.asked.slice(0, 1), asked.slice(0, 1))
    t.notOk(store.asked.some(what => what.startsWith('update')), String(preHandler))
  }
})

t.test('what the write asks of its precondition by itself changes no answer', async t => {
  const loads: Write = async (store, { version }, { precondition }) => {
    await precondition.load()
    return store.update(version)
  }
  const swallows: Write = async (store, { version }, { precondition }) => {
    await precondition.load().catch(() => {})
    return store.update(version)
  }
  const looks: Write = async (store, { version }, { precondition }) => {
    const written = await store.update(version)
    if (written === null) await precondition.failed()
    return written
  }
  const fails: Write = async (store, { version }, { precondition }) => {
    const written = await store.update(version)
    if (written === null) throw await precondition.failed()
    return written
  }
  for (const write of [loads, swallows, looks, fails]) {
    for (const [tag, row, status] of [['"3"', 3, 200], ['"2"', 3, 412], ['"3"', undefined, 412]] as const) {
      const { app, store } = await appOf({ write })
      if (row === undefined) store.row = undefined
      t.equal((await put(app, { 'if-match': tag })).statusCode, status, `${tag}, ${row}`)
    }
  }
  const missing = await appOf({ write: async (_store, _guarded, { precondition }) => { throw await precondition.failed() } })
  t.equal((await put(missing.app, { 'if-match': '"3"' })).statusCode, 404, 'it touched no row, though the version is that one')
  const lenient = await appOf({ etag: { parseVersion: Number, createIgnoresIfMatch: true }, write: fails })
  lenient.store.row = undefined
  t.equal((await put(lenient.app, { 'if-match': '"3"' })).statusCode, 404)
})

t.test('of writers who name the same version one wins, and the others are told the new tag', async t => {
  const { app, store } = await appOf({ etag: { parseVersion: Number, policy: 'REQUIRED' } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => put(app, { 'if-match': '"3"' })))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal(answers.filter(({ statusCode, headers }) => statusCode === 412 && headers.etag === '"4"').length, 19)
  t.equal(store.row!.version, 4)
})

t.test('a write from a state that it loads itself is one from the state that the request names', async t => {
  const writes: readonly Write[] = [
    async (store, _guarded, { precondition }) => store.update((await precondition.load() as Row).version),
    async (store, _guarded, { precondition }) => { await precondition.load(); return store.update(precondition.expected.version) },
    // who does not listen to the refusal is not given what it refuses
    async (store, _guarded, { precondition }) => { await precondition.load().catch(() => {}); return store.update(precondition.expected.version) },
    async (store, _guarded, { precondition }) => { await precondition.failed().catch(() => {}); return store.update((await precondition.load() as Row).version) },
    async (store, _guarded, { precondition }) => { await precondition.failed(); return store.update(precondition.expected.version) }
  ]
  for (const write of writes) {
    const { app, store } = await appOf({ write })
    t.equal((await put(app, { 'if-match': '"2"' })).statusCode, 412)
    t.equal((await put(app, { 'if-match': '"3"' })).statusCode, 200)
    t.equal(store.row!.version, 4)
  }
})

t.test('a write that touches nothing though the version is the same is tried from the state, and is 404 then', async t => {
  for (const nothing of [null, undefined]) {
    const seen: unknown[] = []
    const { app, store } = await appOf({ write: async (_store, { current, attempt }) => { seen.push([current?.title, attempt]); return nothing as null } })
    t.equal((await put(app, { 'if-match': '"3"' })).statusCode, 404)
    t.same(seen, [[undefined, 1], ['old', 2]])
    t.same(store.asked, ['load', 'load'])
  }
  // a parser of another type than the store has: TypeScript tells, where it knows the state
  const other = await appOf({ etag: { parseVersion: BigInt } })
  t.equal((await put(other.app, { 'if-match': '"3"' })).statusCode, 200)
})

t.test('what becomes of a guarded handler, or of its route, is not left to compare anything', async t => {
  const store = new Store({ version: 3, title: 'old' })
  const document = defineEtag({ load: async () => store.find(), parseVersion: Number })
  const guarded = document.guarded(async (_request: FastifyRequest, { version }) => store.update(version))
  const force = async (): Promise<Row> => { store.row = { version: 9, title: 'forced' }; return store.row }
  type Handler = typeof guarded
  const like = (wrapper: Handler, other: Handler): Handler => {
    for (const key of Reflect.ownKeys(other)) if (key !== 'prototype') Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(other, key)!)
    return wrapper
  }
  const changes: ReadonlyArray<readonly [why: string, declare: (app: FastifyInstance) => void]> = [
    ['a copy of its members', app => { app.put('/', { config: { etag: document } }, Object.assign(async () => force(), guarded)) }],
    ['a copy of all of its members', app => { app.put('/', { config: { etag: document } }, like(async () => force(), guarded)) }],
    ['one that it is the prototype of', app => { app.put('/', { config: { etag: document } }, Object.setPrototypeOf(async () => force(), guarded)) }],
    ['a proxy', app => { app.put('/', { config: { etag: document } }, new Proxy(guarded, { apply: force })) }],
    ['another handler in its place, later', app => {
      app.addHook('onRoute', options => { options.handler = force })
      app.put('/', { config: { etag: document } }, guarded)
    }],
    ['a later handler with all members of ours', app => {
      app.addHook('onRoute', options => { options.handler = like(async () => force(), options.handler as Handler) })
      app.put('/', { config: { etag: document } }, guarded)
    }],
    ['a copy of its route with another handler', app => {
      let copied = false
      app.addHook('onRoute', function (options) {
        if (copied) return
        copied = true
        this.route({ ...options, url: '/copy', handler: async request => { t.ok(request.precondition.expected); return force() } })
      })
      app.put('/', { config: { etag: document } }, guarded)
    }]
  ]
  for (const [why, declare] of changes) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    declare(app)
    await app.ready()
    store.asked.length = 0
    const response = await app.inject({ method: 'PUT', url: app.hasRoute({ method: 'PUT', url: '/copy' }) ? '/copy' : '/', headers: { 'if-match': '"2"' } })
    t.equal(response.statusCode, 412, why)
    t.same([store.asked, store.row!.version], [['load'], 3], why)
  }
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  await app.register(async scope => { scope.put('/scoped', { config: { etag: document } }, guarded) })
  t.equal((await app.inject({ method: 'PUT', url: '/scoped', headers: { 'if-match': '"3"' } })).statusCode, 200)
  t.same(store.asked.at(-1), 'update 3', 'the same handler serves any route')
})

t.test('what the store rolled back is written again from the state', async t => {
  const seen: unknown[] = []
  const { app } = await appOf({
    write: async (store, { version, current, attempt }) => {
      seen.push([version, current?.title])
      if (attempt === 1) throw Object.assign(new Error('deadlock'), { code: '40P01' })
      return store.update(version)
    }
  })
  t.equal((await put(app, { 'if-match': '"3"' })).statusCode, 200)
  t.same(seen, [[3, undefined], [3, 'old']])
})

t.test('a store that fails is 5xx, and what it was asked to write is not written', async t => {
  const down = async (): Promise<never> => { throw new Error('down') }
  const { app } = await appOf({ etag: { parseVersion: Number, load: down } })
  t.equal((await put(app, { 'if-match': '"2"' })).statusCode, 500)
  const response = await put((await appOf({ write: down })).app, { 'if-match': '"3"' })
  t.match([response.statusCode, response.json().code], [500, 'FST_ETAG_WRITE_FAILED'])
})

t.test('a version that no state can have is an old one, whatever the store says of it', async t => {
  const outOfRange = (code: unknown): Error => Object.assign(new Error('value out of range'), typeof code === 'number' ? { number: code, class: 16 } : { code })
  for (const code of ['22003', '22P02', 'P2033', 8115]) {
    const { app, store, decisions } = await appOf({ write: async () => { throw outOfRange(code) } })
    for (const [tag, status] of [['"99999999999"', 412], ['"3"', 500]] as const) {
      decisions.length = 0
      store.asked.length = 0
      const response = await put(app, { 'if-match': tag })
      t.equal(response.statusCode, status, `${String(code)}, ${tag}`)
      t.equal(response.headers.etag, status === 412 ? '"3"' : undefined)
      t.equal(decisions.length, status === 412 ? 1 : 2)
      t.same(store.asked, ['load'], 'the second time it is the error of the store')
    }
  }
  // another value may be what does not fit, and the write of several statements may be half done
  const truncated = await appOf({ write: async (store, { version }) => { await store.update(version); throw outOfRange('22001') } })
  t.equal((await put(truncated.app, { 'if-match': '"3"' })).statusCode, 500)
  const unreadable = await appOf({ write: async () => { throw Object.defineProperty(new Error('down'), 'code', { get () { throw new Error('no') } }) } })
  t.equal((await put(unreadable.app, { 'if-match': '"2"' })).statusCode, 500)
})

t.test('an answer that loads what was written is one to the write that is done', async t => {
  const app = Fastify()
  const store = new Store({ version: 3, title: 'old' })
  await app.register(etagPlugin, { source: 'version' })
  const document = defineEtag({ load: async () => store.find(), parseVersion: Number })
  app.put('/', { config: { etag: document } }, document.guarded(
    async (_request: FastifyRequest, { version }) => store.update(version), { answer: (_written, { precondition }) => precondition.load() }))
  const response = await put(app, { 'if-match': '"3"' })
  t.match([response.statusCode, response.headers.etag, response.json()], [200, '"4"', { version: 4 }])
})

t.test('a method that writes nothing is compared before', async t => {
  const app = Fastify()
  const store = new Store({ version: 3, title: 'old' })
  await app.register(etagPlugin, { source: 'version' })
  app.addHttpMethod('QUERY', { hasBody: true, overrideExisting: true })
  const document = defineEtag({ load: async () => store.find(), parseVersion: Number })
  app.route({ method: 'QUERY' as HTTPMethods, url: '/', config: { etag: document }, handler: document.guarded(async (_request: FastifyRequest) => t.fail('written') as never) })
  t.equal((await app.inject({ method: 'QUERY' as 'PUT', url: '/', headers: { 'if-match': '"2"' }, payload: {} })).statusCode, 412)
  t.same(store.asked, ['load'])
})

t.test('an answer that somebody else gives waits for the write, as for any guard that nobody awaits', async t => {
  for (const fails of [false, true]) {
    let write!: () => void
    const written = new Promise<void>(resolve => { write = resolve })
    const { app, store } = await appOf({
      preHandler: (_request, reply, done) => { setImmediate(() => { reply.send({ version: 4, title: 'early' }); write() }); done() },
      write: async (store, { version }) => { await written; if (fails) throw new Error('down'); return store.update(version) }
    })
    const response = await put(app, { 'if-match': '"3"' })
    t.match([response.statusCode, response.headers.etag], fails ? [500, undefined] : [200, '"4"'])
    t.equal(store.row!.version, fails ? 3 : 4)
  }
})

t.test('what is looked into when it is decided about changes nothing of a write that is left to its statement', async t => {
  const look = (point: unknown): void => {
    const { stage, request } = point as Checkpoint
    if (stage === 'checked') t.match(request.precondition.decision, { outcome: 'proceed', loads: 0, attempts: 0, guarded: false })
  }
  CHECKPOINTS.subscribe(look)
  t.teardown(() => CHECKPOINTS.unsubscribe(look))
  for (const [tag, status, asked] of [['"3"', 200, ['update 3']], ['"2"', 412, ['update 2', 'load']]] as const) {
    const { app, store } = await appOf({})
    t.equal((await put(app, { 'if-match': tag })).statusCode, status)
    t.same(store.asked, asked)
  }
})

t.test('a callback that gives an answer before it gives its promise acknowledges nothing', async t => {
  const replies = new WeakMap<FastifyRequest, FastifyReply>()
  const { app } = await appOf({
    preHandler: (request, reply, done) => { replies.set(request, reply); done() },
    write: (_store, _guarded, request) => { replies.get(request)!.send({ ok: true }); return new Promise(resolve => { setImmediate(() => resolve(null)) }) }
  })
  t.equal((await put(app, { 'if-match': '"2"' })).statusCode, 412)
})

t.test('another guard that nobody awaits, of a request whose write failed, ends no process', async t => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => { unhandled.push(error) }
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.addHook('onError', async ({ precondition }) => { precondition.guard(async () => { throw new Error('still down') }) })
  const document = defineEtag({ load: async () => ({ version: 3 }), parseVersion: Number })
  app.put('/', { config: { etag: document } }, document.guarded(async () => { throw new Error('down') }))
  t.equal((await put(app, { 'if-match': '"3"' })).statusCode, 500)
  await new Promise(resolve => { setImmediate(resolve) })
  t.same(unhandled, [])
})
