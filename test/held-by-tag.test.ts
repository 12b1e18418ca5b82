import { connect, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { defineEtag, type Decision, type EtagRouteOptions } from '../lib/index.js'

interface Row { version: number, at?: string, title?: string }

/** A row that every request finds, and what became of it. */
class Store {
  row: Row | null
  log: string[] = []

  constructor (row: Row | null) {
    this.row = row
  }

  async find (): Promise<Row | null> {
    this.log.push('load')
    return this.row && { ...this.row }
  }

  async update (version: unknown): Promise<Row | null> {
    this.log.push(`update ${String(version)}`)
    if (this.row?.version !== version) return null
    this.row = { ...this.row, version: this.row!.version + 1, title: 'new' }
    return { ...this.row }
  }
}

type Handler = (store: Store, request: FastifyRequest, reply: FastifyReply) => unknown

const conflict = Object.assign(new Error('another version'), { code: '40001' })
const guarded = (store: Store, { precondition }: FastifyRequest): Promise<Row> => precondition.guard<Row>(({ version }) => store.update(version))
// what nobody waits for
function drop (_value: unknown): void {}

const later = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })

// what a handler may do about its precondition, in every order that matters
const HANDLERS: Readonly<Record<string, Handler>> = {
  guard: guarded,
  'guard, awaited': async (store, request) => { const row = await guarded(store, request); return { ...row, more: true } },
  'guard, and 204': async (store, request, reply) => { await guarded(store, request); return reply.code(204).send() },
  'guard, and 201': async (store, request, reply) => reply.code(201).send(await guarded(store, request)),
  'guard, and text': async (store, request) => { await guarded(store, request); return 'done' },
  'guard, and bytes': async (store, request) => { await guarded(store, request); return Buffer.from('done') },
  'guard, and a stream': async (store, request, reply) => { await guarded(store, request); return reply.send(Readable.from(['done'])) },
  'guard, and a Response': async (store, request) => { await guarded(store, request); return new Response('done', { status: 202 }) },
  'guard, and nothing': async (store, request, reply) => { await guarded(store, request); reply.send(null) },
  'guard, and a redirect': async (store, request, reply) => { await guarded(store, request); return reply.redirect('/other', 303) },
  'guard, and a tag of its own': async (store, request, reply) => { reply.header('etag', '"own"'); return guarded(store, request) },
  'guard, and a state by name': async (store, request, reply) => { reply.validators(await guarded(store, request)); return { named: true } },
  'guard, and another state by name': async (store, request, reply) => { await guarded(store, request); reply.validators({ version: 77 }); return {} },
  'guard, and another object': async (store, request) => { await guarded(store, request); return { version: 99 } },
  'guard, and its row changed': async (store, request) => { const row = await guarded(store, request); row.version = 55; return row },
  'guard, and an error': async (store, request) => { await guarded(store, request); throw new Error('after it') },
  'guard, and an error as an answer': async (store, request, reply) => { await guarded(store, request); return reply.code(422).send({ no: 'way' }) },
  'guard, and an object that cannot be serialised': async (store, request) => { await guarded(store, request); return { toJSON () { throw new Error('no') } } },
  'guard, and a serialiser': async (store, request, reply) => { reply.serializer(state => JSON.stringify({ state })); return guarded(store, request) },
  'guard, and no route': async (store, request, reply) => { await guarded(store, request); reply.callNotFound(); return reply },
  'guard, not awaited': async (store, request) => { drop(guarded(store, request)); return { version: 4 } },
  'guard, not awaited, that fails': async (_store, { precondition }) => { drop(precondition.guard(async () => { throw new Error('down') })); return {} },
  'guard, not awaited, that fails before': async (_store, { precondition }) => { drop(precondition.guard(async () => { throw new Error('down') })); await later(); return {} },
  'guard that fails, caught': async (_store, { precondition }) => { await precondition.guard(async () => { throw new Error('down') }).catch(() => {}); return { version: 3 } },
  'guard that fails': (_store, { precondition }) => precondition.guard(async () => { throw new Error('down') }),
  'guard that throws at once': (_store, { precondition }) => precondition.guard(() => { throw new Error('down') }),
  'guard that misses, and nothing moved': (_store, { precondition }) => precondition.guard(async () => null),
  'guard that misses, since it moved': (store, { precondition }) => precondition.guard(async ({ version }) => { store.row = { version: 9 }; return store.update(version) }),
  'guard that misses, since it is gone': (store, { precondition }) => precondition.guard(async ({ version }) => { store.row = null; return store.update(version) }),
  'guard that misses once': (store, { precondition }) => precondition.guard(async ({ version, attempt }) => { if (attempt > 1) return store.update(version); store.row!.title = 'moved'; return null }),
  'guard that is rolled back once': (store, { precondition }) => precondition.guard(async ({ version, attempt }) => { if (attempt === 1) throw conflict; return store.update(version) }),
  'guard that counts': (store, { precondition }) => precondition.guard(async ({ version }) => ({ rowCount: await store.update(version) === null ? 0 : 1, command: 'UPDATE' })),
  'guard that counts, and 204': async (store, { precondition }, reply) => { await precondition.guard(async ({ version }) => await store.update(version) === null ? 0 : 1); return reply.code(204).send() },
  'guard that returns a list': (store, { precondition }) => precondition.guard(async ({ version }) => [await store.update(version)]),
  'guard that returns no version': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return { title: 'new' } }),
  'guard that returns null as one': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return { version: null } }),
  'guard that returns what is none': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return { version: {} } }),
  'guard that returns the same version': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return { version } }),
  'guard that returns an earlier version': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return { version: 1 } }),
  'guard that returns nothing': (store, { precondition }) => precondition.guard(async ({ version }) => { await store.update(version); return undefined as never }),
  'guard of what is no function': (_store, { precondition }) => precondition.guard('update' as never),
  'guard with create': (store, { precondition }) => precondition.guard(async ({ version }) => store.update(version), { create: async () => { store.row = { version: 1 }; return store.row } }),
  'guard with create, of what is gone by then': (store, { precondition }) => precondition.guard(async ({ version }) => { store.row = null; return store.update(version) }, { create: async () => { store.row = { version: 1 }; return store.row } }),
  'guard without retries': (store, { precondition }) => precondition.guard(async ({ version }) => { store.row = { version: 9 }; return store.update(version) }, { retries: 0 }),
  'guard twice': async (store, request) => { await guarded(store, request); return guarded(store, request) },
  'guard again after it failed': async (store, request) => { await request.precondition.guard(async () => { throw new Error('down') }).catch(() => {}); return guarded(store, request) },
  'guard that looks': (store, { precondition }) => precondition.guard(async ({ version, current }) => { current.version = 1000; await precondition.load(); return store.update(version) }),
  'guard that is told what is current': async (store, { precondition }) => { const row = await precondition.guard<Row>(({ version, current }) => { store.log.push(JSON.stringify(current)); return store.update(version) }); return row },
  'guard, and load': async (store, request) => { await guarded(store, request); return request.precondition.load() },
  'guard, and the decision': async (store, request) => { await guarded(store, request); return request.precondition.decision },
  'load, and guard': async (store, request) => { const row: Row = await request.precondition.load(); row.version = 1000; return guarded(store, request) },
  'load, and nothing': async (_store, { precondition }) => precondition.load(),
  'current, and guard': async (store, request) => { store.log.push(JSON.stringify(request.precondition.current)); return guarded(store, request) },
  expected: async (store, { precondition }) => { const row = await store.update(precondition.expected.version); if (row === null) throw await precondition.failed(); return row },
  'expected, that misses': async (_store, { precondition }) => { drop(precondition.expected); throw await precondition.failed() },
  'expected, and guard': async (store, request) => { drop(request.precondition.expected); return guarded(store, request) },
  waive: async (store, { precondition }) => { precondition.waive('one writer'); return store.update(store.row!.version) },
  'no guard': async store => store.update(store.row!.version),
  'no guard, and 204': async (store, _request, reply) => { await store.update(store.row!.version); return reply.code(204).send() },
  'a throw': async () => { throw new Error('down') },
  hijack: async (store, request, reply) => { await guarded(store, request); reply.hijack(); reply.raw.end('mine') }
}

const OPTIONS: Readonly<Record<string, EtagRouteOptions>> = {
  plain: {},
  required: { policy: 'REQUIRED', unguarded: 'error' },
  'not labelled': { answer: false },
  dated: { lastModified: 'at' },
  'of a function': { source: (row: any) => String(row.version) },
  weak: { weak: true, tolerate: { weak: true } },
  'of a function that gives weak tags': { source: (row: any) => ({ weak: true, opaque: String(row.version) }) },
  'that may create': { create: 'may' },
  'that may create, whatever was sent': { create: 'may', createIgnoresIfMatch: true },
  'that makes what is not there alone': { create: 'only' },
  tolerant: { tolerate: { suffix: true, weak: true, unquoted: true } },
  'with fields': { headers: { 'x-more': '1' } },
  'in onRequest': { at: 'onRequest' },
  'with problems of its own': { problem: problem => ({ mine: problem.status }) },
  disclosing: { disclose: true }
}

const FIELDS: ReadonlyArray<Readonly<Record<string, string | string[]>>> = [
  { 'if-match': '"3"' },
  { 'if-match': '"2"' },
  { 'if-match': '' },
  { 'if-match': '"3' },
  { 'if-match': 'W/"3"' },
  { 'if-match': '"3;gzip"' },
  { 'if-match': '"3", "2"' },
  { 'if-match': '*' },
  { 'if-match': '"3"', 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' },
  { 'if-match': '"3"', 'if-none-match': '"3"' },
  { 'if-none-match': '"3"' },
  {}
]

interface Seen {
  readonly answer: { readonly status: number, readonly body: string, readonly fields: Readonly<Record<string, unknown>> } | string
  readonly decision: Decision | undefined
  readonly store: Store
  readonly lines: readonly string[]
}

/** What is seen of one write. `isLooked`: somebody looks at its precondition before it is decided about, so that all of it is known. */
async function see (handle: Handler, etag: EtagRouteOptions, { method, headers, row, isLooked, isHooked }: Asking): Promise<Seen> {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => { const { level, msg } = JSON.parse(line); lines.push(`${level} ${msg}`) } } }, disableRequestLogging: true })
  app.addHttpMethod('QUERY', { hasBody: true, overrideExisting: true })
  const store = new Store(row)
  let decision: Decision | undefined
  await app.register(etagPlugin, { source: 'version' })
  if (isHooked) app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) })
  app.addHook('onRequest', async request => { if (isLooked) drop(request.precondition.decision) })
  app.addHook('onResponse', async request => { decision = request.precondition.decision })
  app.route({ method, url: '/', config: { etag: { load: () => store.find(), ...etag } }, handler: async (request, reply) => handle(store, request, reply) })
  const answer = await app.inject({ method: method as 'PUT', url: '/', headers: headers as Record<string, string> }).then(answerOf, error => String(error))
  await later()
  return { answer, decision, store, lines }
}

interface Asking {
  readonly method: HTTPMethods
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly row: Row | null
  readonly isLooked: boolean
  readonly isHooked: boolean
}

function answerOf ({ statusCode, body, headers: { date, ...fields } }: LightMyRequestResponse): Exclude<Seen['answer'], string> {
  return { status: statusCode, body, fields }
}

const ROW = { version: 3, at: '2026-01-02T03:04:05Z', title: 'old' }

async function compare (asked: Iterable<readonly [title: string, handle: Handler, etag: EtagRouteOptions, asking: Omit<Asking, 'isLooked'>]>): Promise<number> {
  let held = 0
  for (const [title, handle, etag, asking] of asked) {
    const [known, whole] = await Promise.all([false, true].map(isLooked => see(handle, etag, { ...asking, isLooked })))
    t.strictSame(known, whole, title)
    if (typeof known!.answer === 'object' && known!.answer.status < 300) held++
  }
  return held
}

t.test('a write that one tag decides about is answered, decided and written as any other', async t => {
  const asked: Array<Parameters<typeof compare>[0] extends Iterable<infer One> ? One : never> = []
  const add = (name: string, how: string, { method = 'PUT' as HTTPMethods, headers = FIELDS[0]!, row = ROW as Row | null, isHooked = false }): void => {
    asked.push([`${method} ${JSON.stringify(headers)}: ${name}, ${how}${isHooked ? ', seen by another hook' : ''}`, HANDLERS[name]!, OPTIONS[how]!, { method, headers, row, isHooked }])
  }
  for (const name of Object.keys(HANDLERS)) {
    for (const how of Object.keys(OPTIONS)) add(name, how, {})
    for (const method of ['DELETE', 'PATCH', 'POST', 'QUERY'] as HTTPMethods[]) add(name, 'plain', { method })
    for (const isHooked of [false, true]) for (const headers of FIELDS) add(name, 'plain', { headers, isHooked })
  }
  for (const name of ['guard', 'guard with create', 'no guard']) {
    for (const how of Object.keys(OPTIONS)) for (const headers of FIELDS) add(name, how, { headers })
    for (const row of [null, {}, { version: null }, { version: {} }]) for (const how of ['plain', 'required', 'that may create']) add(name, how, { row: row as Row | null })
  }
  t.ok(await compare(asked) > 300)
})

t.test('its precondition is one of its definition, and of no other', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const [document, other] = [defineEtag({ load: () => ({ version: 3 }) }), defineEtag({ load: () => ({ version: 3 }) })]
  app.put('/', { config: { etag: document } }, async request => document.of(request).guard(async () => ({ version: 4 })))
  app.put('/other', { config: { etag: other } }, async request => document.of(request).guard(async () => ({ version: 4 })))
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: FIELDS[0]! as Record<string, string> })).headers.etag, '"4"')
  t.match((await app.inject({ method: 'PUT', url: '/other', headers: FIELDS[0]! as Record<string, string> })).json(), { statusCode: 500, code: 'FST_ETAG_OTHER_DEFINITION' })
})

t.test('a load that gives its state at once holds as one that gives a promise, and one that fails fails', async t => {
  const put = async (load: () => unknown): Promise<LightMyRequestResponse> => {
    const app: FastifyInstance = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.put('/', { config: { etag: { load } } }, async ({ precondition }) => precondition.guard(async ({ version }) => ({ version: version + 1 })))
    return app.inject({ method: 'PUT', url: '/', headers: FIELDS[0]! as Record<string, string> })
  }
  t.match(await put(() => ROW), { statusCode: 200, headers: { etag: '"4"' } })
  t.match(await put(async () => ROW), { statusCode: 200, headers: { etag: '"4"' } })
  for (const load of [() => { throw new Error('down') }, async () => { throw new Error('down') }]) t.match((await put(load)).json(), { statusCode: 500, code: 'FST_ETAG_LOAD_FAILED' })
})

t.test('header lines that Node dropped are missed by a true tag as by a false one', async t => {
  for (const [isGuarded, tag] of [[true, '"3"'], [false, '"3"'], [true, '"2"'], [false, '"2"']] as const) {
    const app = Fastify()
    let writes = 0
    await app.register(etagPlugin, { source: 'version' })
    const document = defineEtag({ load: async () => ({ version: 3 }), parseVersion: Number })
    const write = async (): Promise<Row> => { writes++; return { version: 4 } }
    app.put('/', { config: { etag: document } }, isGuarded ? document.guarded(write) : write)
    await app.listen({ port: 0, host: '127.0.0.1' })
    t.teardown(() => app.close())
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(`PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-Match: ${tag}\r\n${'a:\r\n'.repeat(1200)}If-None-Match: *\r\nContent-Length: 0\r\n\r\n`)
    // Node drops what is beyond a thousand lines, or, from some releases of 2026 on, refuses it all by itself
    t.match(await text(socket), /^HTTP\/1\.1 4(?:00|31) /)
    t.equal(writes, 0)
  }
})

t.test('what load does about the precondition of its request is kept, and what it found is found once', async t => {
  for (const isAsync of [false, true]) {
    const app = Fastify()
    let loads = 0
    let decision: Decision | undefined
    await app.register(etagPlugin, { source: 'version', unguarded: 'error' })
    app.addHook('onResponse', async request => { decision = request.precondition.decision })
    const found = (request: FastifyRequest): Row => { loads++; request.precondition.waive('because'); return { version: 3 } }
    app.put('/', { config: { etag: { load: isAsync ? async (request: FastifyRequest) => found(request) : found } } }, async () => ({ version: 4 }))
    for (const [tag, status] of [['"3"', 200], ['"2"', 412]] as const) {
      loads = 0
      t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })).statusCode, status)
      t.match(decision, { waived: 'because', loads: 1 })
      t.equal(loads, 1)
    }
  }
})

t.test('an answer whose send was taken before the handler is seen as any other', async t => {
  const answers: Readonly<Record<string, readonly [Handler, number, string | undefined]>> = {
    'without a guard': [async (_store, request, reply) => { sendOf(request)({ version: 4 }); return reply }, 500, undefined],
    'of a guard that fails': [async (_store, request, reply) => { drop(request.precondition.guard(async () => { await later(); throw new Error('down') })); sendOf(request)({}); return reply }, 500, undefined],
    guarded: [async (store, request, reply) => { sendOf(request)(await guarded(store, request)); return reply }, 200, '"4"'],
    'by the prototype': [async (store, request, reply) => { const row = await guarded(store, request); Object.getPrototypeOf(reply).send.call(reply, row); return reply }, 200, '"4"']
  }
  const sends = new WeakMap<FastifyRequest, (payload: unknown) => void>()
  const sendOf = (request: FastifyRequest): ((payload: unknown) => void) => sends.get(request)!
  for (const [title, [handle, status, etag]] of Object.entries(answers)) {
    const app = Fastify()
    const store = new Store(ROW)
    await app.register(etagPlugin, { source: 'version', unguarded: 'error' })
    app.addHook('preHandler', async (request, reply) => { sends.set(request, reply.send.bind(reply)) })
    app.put('/', { config: { etag: { load: () => store.find() } } }, async (request, reply) => handle(store, request, reply))
    const response = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
    t.same([response.statusCode, response.headers.etag], [status, etag], title)
  }
})

t.test('the conditions of a request are those that it came with, whatever becomes of its lines', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', unguarded: 'error' })
  app.put('/', { config: { etag: { load: async () => ({ version: 3 }) } } }, async request => { request.raw.rawHeaders.length = 0; delete request.headers['if-match']; return { version: 4 } })
  t.match((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).json(), { code: 'FST_ETAG_UNGUARDED' })
})

t.test('where nothing was found the precondition is none of the route that was left', async t => {
  const document = defineEtag({ load: async () => ({ version: 3 }) })
  for (const ask of [(request: FastifyRequest) => request.precondition, (request: FastifyRequest) => document.of(request)]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    app.setNotFoundHandler(async request => ask(request))
    app.put('/', { config: { etag: document } }, async (_request, reply) => { reply.callNotFound(); return reply })
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).json().code, 'FST_ETAG_NOT_CONFIGURED')
  }
})
