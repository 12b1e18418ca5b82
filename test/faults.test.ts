import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../lib/index.js'
import { gate } from './meeting.js'

// Everything that an application gives the plugin can fail. Whatever does, it is an error of the server, said once in the
// log and to no client; nothing is written; and the next request is answered as ever. Rows that differ say why.

/** One way to name states, and the state that has such a version in its place. */
interface Kind {
  readonly source: unknown
  readonly state: (version: PropertyDescriptor) => unknown
  /** What names a version here; a number unless said otherwise. */
  readonly version?: (turn: number) => unknown
}

const object = (name: string, version: PropertyDescriptor): object => Object.defineProperty({ id: '1' }, name, { enumerable: true, ...version })

const KINDS: Readonly<Record<string, Kind>> = {
  field: { source: 'version', state: version => object('version', version) },
  path: { source: { field: 'meta.rev' }, state: version => ({ meta: object('rev', version) }) },
  timestamp: { source: { timestamp: ['updated', 'created'] }, state: version => object('updated', version), version: turn => `2026-01-02T03:04:05.00000${turn}Z` },
  'timestamp in milliseconds': { source: { timestamp: 'updated', precision: 'ms' }, state: version => object('updated', version), version: turn => new Date(turn) },
  function: { source: ({ version }: { version: unknown }) => version, state: version => object('version', version) },
  members: { source: { members: 'version' }, state: version => [{ id: '0', version: 0 }, object('version', version)] },
  'members in an envelope': { source: { members: { field: 'meta.rev' }, at: 'items' }, state: version => ({ items: [{ id: '1', meta: object('rev', version) }] }) },
  'members by a function': { source: { members: ({ version }: { version: unknown }) => version }, state: version => [{ id: '0', version: 0 }, object('version', version)] }
}

/** All that an application can give the plugin, as it behaves just now. */
interface Behaviour {
  load: (turn: number) => unknown
  lastModified: () => unknown
  headers: () => unknown
  policy: () => unknown
  enforce: () => unknown
  disclose: () => unknown
  problem: (problem: object) => unknown
  write: () => unknown
}

interface Service {
  readonly app: FastifyInstance
  readonly kind: Kind
  readonly good: Behaviour
  /** The lines of the log from the level of an error on. */
  readonly errors: string[]
  tag: string
  now: Behaviour
  runs: number
  writes: number
}

const OF_THE_SECRET = /secret|5432/
const secret = (members: object = {}): Error => Object.assign(new Error('the secret of the store'), members)
const REFUSED = { code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '10.0.0.1', port: 5432 }

async function serviceOf (t: Test, kind: Kind): Promise<Service> {
  const errors: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: line => { errors.push(line) } } } })
  t.teardown(() => app.close())
  const versionOf = kind.version ?? (turn => turn)
  const stateOf = (turn: number): unknown => kind.state({ value: versionOf(turn) })
  const good: Behaviour = {
    load: () => stateOf(3),
    lastModified: () => null,
    headers: () => ({ 'x-read': 'yes' }),
    policy: () => 'REQUIRED',
    enforce: () => true,
    disclose: () => true,
    problem: problem => problem,
    write: () => {
      service.writes++
      const state = stateOf(4)
      // of a list the member that was named
      return Array.isArray(state) ? state.slice(-1) : state
    }
  }
  await app.register(etagPlugin, {
    source: kind.source,
    lastModified: () => service.now.lastModified(),
    headers: () => service.now.headers(),
    policy: () => service.now.policy(),
    enforce: () => service.now.enforce(),
    disclose: () => service.now.disclose(),
    problem: (problem: object) => service.now.problem(problem)
  } as EtagPluginOptions)
  let loads = 0
  const config = { etag: { load: () => service.now.load(++loads) } }
  for (const [url, route] of [['/', { config }], ['/timed', { config, handlerTimeout: 300 }]] as const) {
    app.get(url, route, request => {
      service.runs++
      return request.precondition.load()
    })
    app.put(url, route, async request => {
      service.runs++
      await request.precondition.guard(async () => service.now.write() as object)
      return { done: true }
    })
  }
  const service: Service = { app, kind, good, errors, tag: '', now: good, runs: 0, writes: 0 }
  // what a write must name is told to who did not
  const { headers } = await app.inject(requestTo(service, 'unnamed'))
  service.tag = headers.etag as string
  return service
}

const REQUESTED = ['read', 'conditional', 'write', 'unnamed'] as const
type Requested = typeof REQUESTED[number]

/** A read, one with a condition, a write that names the version, or one that does not. */
function requestTo ({ kind, tag }: Service, requested: Requested, url = '/'): InjectOptions {
  if (requested === 'read') return { url }
  if (requested === 'conditional') return { url, headers: { 'if-none-match': '"other"' } }
  const { at } = kind.source as { at?: string }
  const members = [{ id: '1' }]
  return { method: 'PUT', url, payload: at === undefined ? members : { [at]: members }, headers: requested === 'write' ? { 'if-match': tag } : {} }
}

/** What each request is answered: a status, with the code of an error. */
type Due = Readonly<Record<Requested, string>>
const GOOD: Due = { read: '200', conditional: '200', write: '200', unnamed: '428 FST_ETAG_PRECONDITION_REQUIRED' }
const every = (answer: string): Due => ({ read: answer, conditional: answer, write: answer, unnamed: answer })
const writes = (answer: string): Due => ({ ...GOOD, write: answer, unnamed: answer })
const LOAD_FAILED = '500 FST_ETAG_LOAD_FAILED'
const WRITE_FAILED = '500 FST_ETAG_WRITE_FAILED'
const INVALID_VERSION = '500 FST_ETAG_INVALID_VERSION'
const INVALID_DATE = '500 FST_ETAG_INVALID_DATE'
const NO_TAG: Due = { read: '200', conditional: '200', write: '412 FST_ETAG_PRECONDITION_FAILED', unnamed: '428 FST_ETAG_PRECONDITION_REQUIRED' }

type Fault = readonly [what: string, behave: (kind: Kind) => Partial<Behaviour>, due: Due, isOf?: (name: string) => boolean]

const throwing = (error: unknown) => (): never => { throw error }
const rejecting = (error: unknown) => async (): Promise<never> => { throw error }
const ofVersion = (version: PropertyDescriptor) => (kind: Kind): Partial<Behaviour> => ({ load: () => kind.state(version) })
const dated = (lastModified: () => unknown) => (): Partial<Behaviour> => ({ lastModified })
const isOfMembers = (name: string): boolean => name.startsWith('members')

const FAULTS: readonly Fault[] = [
  // load
  ['load throws', () => ({ load: throwing(secret()) }), every(LOAD_FAILED)],
  ['load rejects', () => ({ load: rejecting(secret()) }), every(LOAD_FAILED)],
  ['load rejects with a 412, which is ours to say', () => ({ load: rejecting(secret({ statusCode: 412 })) }), every(LOAD_FAILED)],
  ['load rejects with a 428', () => ({ load: rejecting(secret({ status: 428 })) }), every(LOAD_FAILED)],
  ['load rejects with a 412 of http-errors', () => ({ load: rejecting(secret({ statusCode: 412, expose: true })) }), every(LOAD_FAILED)],
  ['load throws a 304', () => ({ load: throwing(secret({ statusCode: 304 })) }), every(LOAD_FAILED)],
  ['load rejects with the 404 of a store that speaks HTTP', () => ({ load: rejecting(secret({ statusCode: 404, headers: {} })) }), every(LOAD_FAILED)],
  ['load rejects with a 503 that is no answer', () => ({ load: rejecting(secret({ statusCode: 503 })) }), every(LOAD_FAILED)],
  ['the store is down', () => ({ load: rejecting(secret(REFUSED)) }), every(LOAD_FAILED)],
  ['the store is down at all its addresses', () => ({ load: rejecting(Object.assign(new AggregateError([secret(REFUSED)]), { code: 'ECONNREFUSED' })) }), every(LOAD_FAILED)],
  ['load throws a text', () => ({ load: throwing('the secret') }), every(LOAD_FAILED)],
  ['load throws an object that says 404, and is no error', () => ({ load: throwing({ statusCode: 404, message: 'the secret' }) }), every(LOAD_FAILED)],
  ['load throws an object that says 412', () => ({ load: rejecting({ statusCode: 412, code: 'SECRET', message: 'the secret' }) }), every(LOAD_FAILED)],
  ['load throws nothing', () => ({ load: throwing(undefined) }), every(LOAD_FAILED)],
  ['load rejects with null', () => ({ load: rejecting(null) }), every(LOAD_FAILED)],
  ['load gives a promise of its own make that throws', () => ({ load: () => ({ then: throwing(secret()) }) }), every(LOAD_FAILED)],

  // the version
  ...Object.entries({
    NaN,
    Infinity,
    'yes or no': true,
    'an object': {},
    'a list': ['3'],
    'a symbol': Symbol('secret'),
    'a function': () => 'secret',
    'a Promise': Promise.resolve('secret'),
    'bytes of the store': Buffer.from('secret'),
    'an invalid Date': new Date(NaN),
    // the message shows the text
    'a tag outside the grammar': { weak: false, opaque: 'a b' },
    'a tag with a quote': { weak: false, opaque: '"' },
    'a tag with a line break': { weak: false, opaque: '3"\r\nset-cookie: a=b' },
    'a tag of no text': { weak: false, opaque: 3 }
  }).map<Fault>(([what, value]) => [`the version is ${what}`, ofVersion({ value }), every(INVALID_VERSION)]),
  ['the version is a Date', ofVersion({ value: new Date(0) }), every(INVALID_VERSION), name => name !== 'timestamp in milliseconds'],
  ['the version cannot be read', ofVersion({ get: throwing(secret()) }), every(LOAD_FAILED)],
  ['reading the version throws a 412', ofVersion({ get: throwing(secret({ statusCode: 412 })) }), every(LOAD_FAILED)],
  ['the version is not there, so the state has no tag to match', ofVersion({ value: undefined }), NO_TAG],
  ['the version is null, so the state has no tag to match', ofVersion({ value: null }), NO_TAG],
  ['load gives a text, which has no version', () => ({ load: () => 'secret' }), NO_TAG, name => !isOfMembers(name) && name !== 'function'],
  ['load gives a number, which has no version', () => ({ load: () => 3 }), NO_TAG, name => !isOfMembers(name) && name !== 'function'],

  // members
  ['a member has no id: a read has no tag, and nobody can say what a write is about',
    () => ({ load: () => [{ version: 1 }] }), { read: '200', conditional: '200', write: '500 FST_ETAG_INVALID_LIST', unnamed: '500 FST_ETAG_INVALID_LIST' }, name => isOfMembers(name)],
  ['two members have one id: they name a version all the same for who only reads',
    () => ({ load: () => [{ id: '1', version: 1, meta: { rev: 1 } }, { id: '1', version: 1, meta: { rev: 1 } }] }),
    { read: '200', conditional: '200', write: '500 FST_ETAG_INVALID_LIST', unnamed: '500 FST_ETAG_INVALID_LIST' }, isOfMembers],
  ['what is loaded is no list', () => ({ load: () => ({ rows: [] }) }), { read: '200', conditional: '200', write: '500 FST_ETAG_INVALID_LIST', unnamed: '500 FST_ETAG_INVALID_LIST' }, isOfMembers],

  // the modification date
  ...Object.entries({
    'an invalid Date': new Date(NaN),
    NaN,
    Infinity,
    'before the year 0': -1e15,
    // the message shows the text
    'a text that says no moment': 'yesterday',
    'a text without its offset': '2026-01-02T03:04:05',
    'an object': { secret: true },
    'a Promise': Promise.resolve(0),
    'a bigint': 0n
  }).map<Fault>(([what, value]) => [`the modification date is ${what}`, dated(() => value), every(INVALID_DATE)]),
  ['the modification date throws', dated(throwing(secret())), every(LOAD_FAILED)],
  ['the modification date throws a 412', dated(throwing(secret({ statusCode: 412 }))), every(LOAD_FAILED)],

  // other functions of the settings
  ['headers throws, which no write asks', () => ({ headers: throwing(secret()) }), { ...GOOD, read: LOAD_FAILED, conditional: LOAD_FAILED }],
  ['headers throws a 412', () => ({ headers: throwing(secret({ statusCode: 412 })) }), { ...GOOD, read: LOAD_FAILED, conditional: LOAD_FAILED }],
  ['headers gives a value that no field may have, which Node refuses',
    () => ({ headers: () => ({ 'x-read': 'the secret\r\nset-cookie: a=b' }) }), { ...GOOD, read: '500 ERR_INVALID_CHAR', conditional: '500 ERR_INVALID_CHAR' }],
  ['policy throws, which no read asks', () => ({ policy: throwing(secret()) }), writes(LOAD_FAILED)],
  ['policy rejects', () => ({ policy: rejecting(secret({ statusCode: 412 })) }), writes(LOAD_FAILED)],
  ['one policy of several rejects', () => ({ policy: () => ['REQUIRED', rejecting(secret())()] }), writes(LOAD_FAILED)],
  ['policy says what is none, so what is declared holds', () => ({ policy: () => ({ secret: true }) }), { ...GOOD, unnamed: '200' }],
  ['enforce throws', () => ({ enforce: throwing(secret()) }), writes(LOAD_FAILED)],
  ['enforce gives a promise, which says no no', () => ({ enforce: rejecting(secret()) }), GOOD],
  ['disclose throws, which only a refusal asks', () => ({ disclose: throwing(secret()) }), { ...GOOD, unnamed: LOAD_FAILED }],
  ['disclose gives a promise, which says no yes', () => ({ disclose: rejecting(secret()) }), GOOD],

  // the write
  ['the write throws', () => ({ write: throwing(secret()) }), { ...GOOD, write: WRITE_FAILED }],
  ['the write rejects', () => ({ write: rejecting(secret()) }), { ...GOOD, write: WRITE_FAILED }],
  ['the write rejects with a 412', () => ({ write: rejecting(secret({ statusCode: 412 })) }), { ...GOOD, write: WRITE_FAILED }],
  ['the write rejects with a 503', () => ({ write: rejecting(secret({ statusCode: 503 })) }), { ...GOOD, write: WRITE_FAILED }],
  ['the store is down when it writes', () => ({ write: rejecting(secret(REFUSED)) }), { ...GOOD, write: WRITE_FAILED }],
  ['the write throws nothing', () => ({ write: throwing(undefined) }), { ...GOOD, write: WRITE_FAILED }],
  ['the store rolls each write back', () => ({ write: rejecting(secret({ code: '40001' })) }), { ...GOOD, write: '503 FST_ETAG_STORE_BUSY' }],
  ['the write gives a driver that did not count', () => ({ write: () => ({ rowsAffected: [] }) }), { ...GOOD, write: '500 FST_ETAG_UNCLEAR_RESULT' }],
  ['the write returns nothing, which says that nothing was written, and the version has not moved', () => ({ write: () => undefined }), { ...GOOD, write: '404 FST_ETAG_NOT_FOUND' }],

  // answers
  ['load rejects with a 404 of the application, which is its answer',
    () => ({ load: rejecting(Object.assign(new Error('Gone fishing'), { statusCode: 404, code: 'NO_SUCH' })) }), every('404 NO_SUCH')],
  ['the write rejects with a 403 of the application, which is its answer',
    () => ({ write: rejecting(Object.assign(new Error('Not yours'), { statusCode: 403, code: 'NOT_YOURS' })) }), { ...GOOD, write: '403 NOT_YOURS' }]
]

const VALIDATORS = ['etag', 'last-modified', 'cache-control', 'x-read']

/** What came of one request, as one line. */
async function cameOf (service: Service, behaviour: Partial<Behaviour>, requested: Requested, url?: string): Promise<string> {
  Object.assign(service, { now: { ...service.good, ...behaviour }, runs: 0, writes: 0 })
  service.errors.length = 0
  const { statusCode, headers, body } = await service.app.inject(requestTo(service, requested, url))
  const came = [statusCode >= 400 ? `${statusCode} ${JSON.parse(body).code}` : String(statusCode)]
  if (OF_THE_SECRET.test(body + JSON.stringify(headers)) && statusCode >= 400) came.push('tells the secret')
  if (statusCode >= 500) came.push(...VALIDATORS.filter(field => field in headers))
  return [...came, ...doneOf(service, requested)].join(', ')
}

function doneOf ({ errors, runs, writes }: Service, requested: Requested): string[] {
  const isWrite = requested === 'write' || requested === 'unnamed'
  return [errors.length > 0 && `${errors.length} errors logged`, isWrite && runs > 0 && 'handled', writes > 0 && 'written'].filter(one => one !== false)
}

/** What must come of it: an error of the server is logged once, and a write is handled only where its handler is what fails. */
function dueOf (due: Due, behaviour: Partial<Behaviour>, requested: Requested): string {
  const answer = due[requested]
  const isWrite = requested === 'write' || requested === 'unnamed'
  return [
    answer,
    answer.startsWith('5') && '1 errors logged',
    isWrite && (answer.startsWith('2') || (requested === 'write' && 'write' in behaviour)) && 'handled',
    isWrite && answer.startsWith('2') && 'written'
  ].filter(one => one !== false).join(', ')
}

/** The same application reads and writes as if nothing had been. */
async function goesOn (t: Test, service: Service, after: string): Promise<void> {
  const came = [await cameOf(service, {}, 'conditional'), await cameOf(service, {}, 'write')]
  t.equal(came.join('; '), '200; 200, handled, written', `after: ${after}`)
}

for (const [name, kind] of Object.entries(KINDS)) {
  t.test(`whatever fails where the source is ${name}, the server says so once, tells no client why, writes nothing and goes on`, async t => {
    const service = await serviceOf(t, kind)
    for (const [what, behave, due, isOf = () => true] of FAULTS) {
      if (!isOf(name)) continue
      const behaviour = behave(kind)
      const came: string[] = []
      for (const requested of REQUESTED) came.push(`${requested}: ${await cameOf(service, behaviour, requested)}`)
      came.push(`after it: ${await cameOf(service, {}, 'write')}`)
      const expected = REQUESTED.map(requested => `${requested}: ${dueOf(due, behaviour, requested)}`)
      t.equal(came.join('\n'), [...expected, 'after it: 200, handled, written'].join('\n'), what)
    }
  })
}

/** Whatever waits has its turn. */
async function turns (): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

t.test('a load that comes after handlerTimeout runs no handler and writes nothing, whatever it comes with', async t => {
  await Promise.all(Object.entries(KINDS).map(async ([name, kind]) => {
    const service = await serviceOf(t, kind)
    const comes: Readonly<Record<string, () => unknown>> = {
      'the state': service.good.load as () => unknown,
      nothing: () => null,
      'another version': () => kind.state({ value: '9' }),
      'what is no version': () => kind.state({ value: NaN }),
      'an error': throwing(secret({ statusCode: 412 }))
    }
    for (const [what, late] of Object.entries(comes)) {
      for (const requested of ['conditional', 'write', 'unnamed'] as const) {
        const told = `${name}: ${what} comes late, ${requested}`
        const loaded = gate()
        const load = async (): Promise<unknown> => { await loaded.opened; return late() }
        t.equal(await cameOf(service, { load }, requested, '/timed'), '503 FST_ERR_HANDLER_TIMEOUT, 1 errors logged', told)
        loaded.open()
        await turns()
        t.same([doneOf(service, 'write'), service.runs], [['1 errors logged'], 0], told)
      }
      await goesOn(t, service, `${what} came late, ${name}`)
    }
  }))
})

t.test('a write that goes on after handlerTimeout, and fails, ends nothing and is logged', async t => {
  await Promise.all(Object.entries(KINDS).map(async ([name, kind]) => {
    const service = await serviceOf(t, kind)
    const failed = gate()
    const write = async (): Promise<never> => { await failed.opened; throw secret() }
    t.equal(await cameOf(service, { write }, 'write', '/timed'), '503 FST_ERR_HANDLER_TIMEOUT, 1 errors logged, handled', name)
    failed.open()
    await turns()
    // Fastify tells it to the log, since the client has its answer
    t.equal(service.errors.length, 2, name)
    await goesOn(t, service, name)
  }))
})

t.test('a read that is named by its answer fails as one that was loaded, and one that decides in onRequest reads no body before', async t => {
  for (const [name, kind] of Object.entries(KINDS)) {
    const errors: string[] = []
    const app = Fastify({ logger: { level: 'error', stream: { write: line => { errors.push(line) } } } })
    await app.register(etagPlugin, { source: kind.source } as EtagPluginOptions)
    let state: unknown
    app.get('/', { config: { etag: {} } }, async () => state)
    const isListed = name.startsWith('members')
    if (!isListed) {
      app.put('/early', { config: { etag: { at: 'onRequest', load: () => state } }, preParsing: async () => t.fail('parsed') as never }, async () => t.fail('handled'))
    }
    for (const [fault, code] of [[{ value: NaN, enumerable: false }, 'VERSION'], [{ get: throwing(secret()), enumerable: false }, 'LOAD']] as const) {
      state = kind.state(fault)
      const requests: InjectOptions[] = [{ url: '/' }, { url: '/', headers: { 'if-none-match': '*' } }, { url: '/', method: 'HEAD' }]
      if (!isListed) requests.push({ url: '/early', method: 'PUT', headers: { 'if-match': '"3"' }, payload: { title: 'x' } })
      for (const request of requests) {
        errors.length = 0
        const { statusCode, headers, body } = await app.inject(request)
        const told = `${name}, ${JSON.stringify(request)}`
        t.match([statusCode, headers.etag, errors.length], [500, undefined, 1], told)
        if (body !== '') t.match(body, code, told)
        t.notMatch(body, OF_THE_SECRET, told)
      }
    }
  }
})

t.test('a write that is done is acknowledged without a tag where what it wrote cannot be named', async t => {
  for (const [name, kind] of Object.entries(KINDS)) {
    const service = await serviceOf(t, kind)
    const unnameable = kind.state({ value: NaN })
    service.now = { ...service.good, write: () => Array.isArray(unnameable) ? unnameable.slice(-1) : unnameable }
    const { statusCode, headers } = await service.app.inject(requestTo(service, 'write'))
    t.match([statusCode, headers.etag], [200, undefined], name)
    await goesOn(t, service, name)
  }
})

t.test('a modification date in a field that says none is an error of the server, and one that is not there is none', async t => {
  for (const [updatedAt, status] of [[new Date(NaN), 500], [Infinity, 500], [NaN, 500], ['yesterday', 500], ['', 500], [{}, 500], [null, 200], [undefined, 200], [0, 200]] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', lastModified: ['updatedAt', 'createdAt'] })
    let runs = 0
    app.route({ method: ['GET', 'PUT'], url: '/', config: { etag: { load: () => ({ version: 3, updatedAt }) } }, handler: async () => { runs++; return {} } })
    for (const method of ['GET', 'PUT'] as const) {
      for (const headers of [{ 'if-match': '"3"' }, { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }] as Array<Record<string, string>>) {
        runs = 0
        const response = await app.inject({ method, url: '/', headers })
        t.match([response.statusCode, runs], [status, status === 200 ? 1 : 0], `${method} ${String(updatedAt)}`)
      }
    }
  }
})

t.test('the log has what failed in the store, which the answer keeps to itself', async t => {
  const service = await serviceOf(t, KINDS.field!)
  for (const behave of [{ load: rejecting(secret()) }, { write: throwing(secret()) }, { lastModified: throwing(secret()) }, { policy: rejecting(secret()) }]) {
    service.errors.length = 0
    service.now = { ...service.good, ...behave }
    const { body } = await service.app.inject(requestTo(service, 'write'))
    t.notMatch(body, OF_THE_SECRET)
    t.match(service.errors[0], OF_THE_SECRET)
  }
})

t.test('a promise where a function must say something at once is an error, and where it is rejected it ends no process', async t => {
  const turn = { field: 'version', function: ({ version }: { version: unknown }) => version }
  const rows: ReadonlyArray<readonly [what: string, options: object, load: () => unknown, due: string]> = [
    ['source', { source: rejecting(secret()) }, () => ({ version: 3 }), INVALID_VERSION],
    ['the field of a source', { source: turn.field }, () => ({ version: rejecting(secret())() }), INVALID_VERSION],
    ['members', { source: { members: rejecting(secret()) } }, () => [{ id: '1' }], INVALID_VERSION],
    ['lastModified', { source: turn.field, lastModified: rejecting(secret()) }, () => ({ version: 3 }), INVALID_DATE]
  ]
  for (const [what, options, load, due] of rows) {
    const app = Fastify()
    await app.register(etagPlugin, options as EtagPluginOptions)
    app.get('/', { config: { etag: { load } } }, request => request.precondition.load())
    const unhandled: unknown[] = []
    const note = (error: unknown): void => { unhandled.push(error) }
    process.on('unhandledRejection', note)
    const { statusCode, body } = await app.inject({ url: '/', headers: { 'if-none-match': '"3"' } })
    await turns()
    process.off('unhandledRejection', note)
    t.equal(`${statusCode} ${JSON.parse(body).code}`, due, what)
    t.equal(unhandled.length, 0, what)
  }
})

t.test('fields that are promised, or are none, are an error, and are not left out of the answer', async t => {
  for (const headers of [async () => ({ 'cache-control': 'private' }), rejecting(secret()), () => 'private']) {
    const service = await serviceOf(t, KINDS.field!)
    const unhandled: unknown[] = []
    const note = (error: unknown): void => { unhandled.push(error) }
    process.on('unhandledRejection', note)
    for (const requested of ['read', 'conditional'] as const) {
      t.equal(await cameOf(service, { headers }, requested), dueOf(every(LOAD_FAILED), {}, requested), `${headers}: ${requested}`)
    }
    await turns()
    process.off('unhandledRejection', note)
    t.equal(unhandled.length, 0)
  }
})

t.test('a problem that fails is logged once, and is a failure of the server that ends no process', async t => {
  for (const problem of [throwing(secret()), throwing(secret({ statusCode: 412 })), rejecting(secret()), () => null, () => 'text', () => ({ secret: 1n })]) {
    const service = await serviceOf(t, KINDS.field!)
    const unhandled: unknown[] = []
    const note = (error: unknown): void => { unhandled.push(error) }
    process.on('unhandledRejection', note)
    t.equal(await cameOf(service, { problem }, 'unnamed'), dueOf(every(LOAD_FAILED), {}, 'unnamed'), String(problem))
    await turns()
    process.off('unhandledRejection', note)
    t.equal(unhandled.length, 0)
    await goesOn(t, service, String(problem))
  }
})

t.test('an error of the store that cannot be logged is an error of the server all the same, and tells no client why', async t => {
  const unreadable = new Proxy(new Error('x'), { get: throwing(secret()) })
  for (const error of [unreadable, Object.defineProperty(new Error('x'), 'message', { get: throwing(secret()) })]) {
    const service = await serviceOf(t, KINDS.field!)
    for (const requested of REQUESTED) {
      t.equal(await cameOf(service, { load: rejecting(error) }, requested), dueOf(every(LOAD_FAILED), {}, requested), requested)
    }
    await goesOn(t, service, 'what cannot be read')
  }
})

t.test('what was written and cannot be named is said once in the log', async t => {
  for (const name of ['field', 'path', 'timestamp', 'function']) {
    const kind = KINDS[name]!
    const service = await serviceOf(t, kind)
    t.equal(await cameOf(service, { write: () => kind.state({ value: NaN }) }, 'write'), '200, 1 errors logged, handled', name)
  }
})

t.test('a function of the settings that throws while a handler is refused is withheld as it is before the handler', async t => {
  for (const statusCode of [412, 428, 503, undefined]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', disclose: throwing(secret({ statusCode })) })
    let state: object | null = null
    const config = { etag: { load: () => state } }
    app.get('/', { config }, request => request.precondition.load())
    app.put('/', { config }, async request => { throw await request.precondition.failed() })
    for (const method of ['GET', 'PUT'] as const) {
      const { statusCode: status, body } = await app.inject({ method, url: '/' })
      t.match([status, JSON.parse(body).code], [500, 'FST_ETAG_LOAD_FAILED'], `${method}, ${statusCode}`)
      t.notMatch(body, OF_THE_SECRET)
      state = { version: 3 }
    }
  }
})

t.test('a load that comes while the 503 of handlerTimeout is being sent runs no handler and writes nothing', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const [loaded, sending, send] = [gate(), gate(), gate()]
  let [runs, writes] = [0, 0]
  // as one does that saves a session
  const onSend = async (): Promise<void> => { sending.open(); await send.opened }
  app.put('/', { handlerTimeout: 20, onSend, config: { etag: { load: async () => { await loaded.opened; return { version: 3 } } } } }, request => {
    runs++
    return request.precondition.guard(async () => { writes++; return { version: 4 } })
  })
  const response = app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
  await sending.opened
  loaded.open()
  await turns()
  send.open()
  t.equal((await response).statusCode, 503)
  t.same([runs, writes], [0, 0])
})

t.test('a count of rows that is no count does not say that a row was written', async t => {
  const service = await serviceOf(t, KINDS.field!)
  const results: ReadonlyArray<(count: unknown) => unknown> = [
    count => ({ command: 'UPDATE', rowCount: count, rows: [] }),
    count => ({ affectedRows: count, insertId: 0 }),
    count => ({ changes: count, lastInsertRowid: 1 }),
    count => ({ rowsAffected: [count] }),
    // odbc: -1 where the driver does not know
    count => Object.assign([], { count })
  ]
  for (const count of [NaN, -1, '0']) {
    for (const result of results) {
      t.equal(await cameOf(service, { write: () => result(count) }, 'write'), '500 FST_ETAG_UNCLEAR_RESULT, 1 errors logged, handled', `${result} of ${count}`)
    }
  }
  for (const count of [NaN, -1]) {
    t.equal(await cameOf(service, { write: () => count }, 'write'), '500 FST_ETAG_UNCLEAR_RESULT, 1 errors logged, handled', `${count} alone`)
  }
})

t.test('a digest that cannot be made is an error of the server, said once in the log, and guards its write', async t => {
  const faults: ReadonlyArray<readonly [what: string, load: () => unknown, digest: (body: string) => unknown, read: number]> = [
    ['a load that throws', throwing(secret()), String, 500],
    ['a load that is rejected with the status of a precondition', rejecting(secret({ statusCode: 412 })), String, 500],
    ['a state that is no JSON', () => ({ version: 3n }), String, 500],
    // what Fastify cannot serialise for a read it tells by itself
    ['a state that throws when it is serialised', () => ({ toJSON: throwing(new Error('broken')) }), String, 500],
    ['a digest that throws', () => ({ version: 3 }), throwing(secret()), 500],
    ['a digest that is promised', () => ({ version: 3 }), rejecting(secret()), 500],
    ['a digest that is no text', () => ({ version: 3 }), () => 3, 500]
  ]
  for (const [what, load, digest, read] of faults) {
    const errors: string[] = []
    const app = Fastify({ logger: { level: 'error', stream: { write: line => { errors.push(line) } } } })
    await app.register(etagPlugin, { source: { digest: body => (isGood ? String(body) : digest(String(body))) as string }, policy: 'REQUIRED' })
    let isGood = false
    let runs = 0
    const config = { etag: { load: () => isGood ? { version: 1 } : load() } }
    app.get('/', { config }, request => request.precondition.load())
    app.put('/', { config }, request => { runs++; return request.precondition.guard(async () => ({ version: 2 })) })
    const ask = async (method: 'GET' | 'PUT', headers: Record<string, string>) => {
      errors.length = 0
      const { statusCode, body } = await app.inject({ method, url: '/', headers })
      t.notMatch(body, OF_THE_SECRET, what)
      return [statusCode, errors.length]
    }
    t.same(await ask('GET', {}), [read, 1], `${what}: read`)
    t.same(await ask('GET', { 'if-none-match': '"x"' }), [read, 1], `${what}: conditional read`)
    t.same(await ask('PUT', { 'if-match': '"x"' }), [500, 1], `${what}: write`)
    t.same(await ask('PUT', {}), [500, 1], `${what}: write that names nothing`)
    t.equal(runs, 0)
    isGood = true
    t.same(await ask('PUT', { 'if-match': String((await app.inject('/')).headers.etag) }), [200, 0], `${what}: and goes on`)
  }
})

t.test('who was answered by a timeout before our hooks were reached is not served by them', async t => {
  for (const [at, stage] of [['preHandler', 'preHandler'], ['onRequest', 'onRequest'], ['onRequest', 'preHandler']] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', at })
    const [timedOut, sent] = [gate(), gate()]
    const late = async (): Promise<void> => { await timedOut.opened }
    app.setErrorHandler(async (_error, _request, reply) => { timedOut.open(); await sent.opened; return reply.code(200).send({ version: 7 }) })
    let runs = 0
    // a hook that outlasts the timeout, ahead of ours
    app.get('/', { handlerTimeout: 20, [stage]: late, config: { etag: { load: () => ({ version: 1 }) } } }, async () => { runs++; return { version: 1 } })
    const answer = app.inject('/')
    await timedOut.opened
    await turns()
    sent.open()
    t.match(await answer, { statusCode: 200, headers: { etag: undefined } }, `${at}, ${stage}`)
    await turns()
    t.equal(runs, 0, `${at}, ${stage}`)
  }
})
