import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type InjectOptions } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../lib/index.js'
import { calledFunctions } from './called-functions.js'

const SLOTS = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'] as const

/** What Fastify keeps of a route: the hooks that it runs are in its slots, and null where there are none. */
type Context = Readonly<Record<typeof SLOTS[number], readonly unknown[] | null>>

/** What serves one request to a route that did not ask. */
interface Served {
  readonly slots: object
  /** The own members of its request and its reply. */
  readonly request: readonly string[]
  readonly reply: readonly string[]
  /** The values of decorators that their constructors copy into each of them. */
  readonly copied: readonly unknown[]
}

const withPlugin = (app: FastifyInstance): unknown => app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })

// Fastify makes its replies by another constructor as soon as any plugin decorates them, be it by a method.
const withMethods = (app: FastifyInstance): unknown => app.decorateRequest('other', () => {}).decorateReply('other', () => {})

async function serve (options: InjectOptions, prepare: (app: FastifyInstance) => unknown): Promise<{ served: Served, printed: string }> {
  const app = Fastify()
  await prepare(app)
  let served: Served | undefined
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<object> => {
    const own = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'fastify.context')!
    const context = (request as unknown as Record<symbol, Context>)[own]!
    served = {
      slots: Object.fromEntries(SLOTS.map(slot => [slot, context[slot]?.map(hook => (hook as { name: string }).name.replace('bound ', '')) ?? null])),
      request: Reflect.ownKeys(request).map(nameOf),
      reply: Reflect.ownKeys(reply).map(nameOf),
      copied: [request, reply].map(made => (made.constructor as unknown as { props: unknown[] }).props)
    }
    return { version: 1 }
  }
  app.get('/', answer)
  app.put('/', answer)
  await app.inject(options)
  return { served: served!, printed: app.printRoutes({ includeHooks: true }) }
}

// a symbol of one Fastify is another one's by its description
function nameOf (key: string | symbol): string {
  return String(key)
}

const UNASKED: ReadonlyArray<InjectOptions & { method: 'GET' | 'HEAD' | 'PUT' }> = [
  { method: 'GET', url: '/' },
  { method: 'GET', url: '/', headers: { 'if-none-match': '"1"' } },
  { method: 'HEAD', url: '/' },
  { method: 'PUT', url: '/', headers: { 'if-match': '"0"' }, payload: {} }
]

t.test('a route that did not ask has the hooks, and its requests and replies the members, that they have without the plugin', async t => {
  for (const options of UNASKED) {
    const [bare, beside] = await Promise.all([serve(options, withMethods), serve(options, withPlugin)])
    t.same(beside, bare, `${options.method} ${JSON.stringify(options.headers ?? {})}`)
    const own = options.method === 'HEAD' ? { onSend: ['headRouteOnSendHandler'] } : {}
    t.same(beside.served.copied, [[], []])
    t.same(beside.served.slots, { ...Object.fromEntries(SLOTS.map(slot => [slot, null])), ...own })
  }
})

t.test('a route that asked has hooks, so that they would have been seen', async t => {
  const app = Fastify()
  await withPlugin(app)
  app.put('/', { config: { etag: { load: () => ({ version: 1 }) } } }, async () => ({ version: 1 }))
  await app.ready()
  t.match(app.printRoutes({ includeHooks: true }), /decidePreconditions\(\).*answer\(\).*noteFailure\(\)/s)
})

t.test('a read that asked fills no slot but that of errors, unless somebody else sees its answers', async t => {
  for (const isAlone of [true, false]) {
    const app = Fastify({ exposeHeadRoutes: false })
    await withPlugin(app)
    if (!isAlone) app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) })
    app.get('/', { config: { etag: { load: () => ({ version: 1 }) } } }, async () => ({ version: 1 }))
    await app.ready()
    const printed = app.printRoutes({ includeHooks: true })
    const filled = SLOTS.filter(slot => printed.includes(`(${slot})`))
    t.same(filled, isAlone ? ['onError'] : ['onSend', 'onError'])
    t.match(printed, /noteFailure\(\)/)
  }
})

t.test('no function of the plugin runs while a route that did not ask is answered', async t => {
  const called = await calledFunctions([...UNASKED.map(options => ({ ...options, url: '/unasked' })), { url: '/asked' }])
  const asked = called.pop()
  for (const [at, names] of called.entries()) t.same(names, [], `${UNASKED[at]!.method} ${JSON.stringify(UNASKED[at]!.headers ?? {})}`)
  t.ok(asked!.includes('serve'), 'and of one that asked they are seen to run')
})

t.test('of a write that one tag decides about no more is made known than its guard needs', async t => {
  const headers = { 'if-match': '"1"' }
  const [guarded, atOnce, other] = await calledFunctions([
    { method: 'PUT', url: '/guarded', headers }, { method: 'PUT', url: '/at-once', headers }, { method: 'PUT', url: '/guarded', headers: { 'if-match': '"1", "2"' } }
  ])
  for (const names of [guarded!, atOnce!]) {
    t.ok(names.includes('guardedWrite'))
    t.same(names.filter(name => ['RequestFacts', 'RequestState', 'RequestJudgement', 'AnswerLabel', 'readConditions', 'finishAnswer'].includes(name)), [])
  }
  t.ok(atOnce!.includes('versionNamed'))
  t.ok(['RequestFacts', 'finishAnswer'].every(name => other!.includes(name)), 'and of another one it is')
})

interface Row { readonly id: number, readonly version: number }

const ROW: Row = { id: 7, version: 1 }
const LIST: readonly Row[] = [ROW, { id: 8, version: 1 }]
const ROW_SCHEMA = { type: 'object', properties: { id: { type: 'integer' }, version: { type: 'integer' } } }

/** What a route knows of its state, and what its handler does. */
interface Given {
  /** How often each thing was done. */
  readonly cost: { loads: number, handlers: number, writes: number, serialisations: number }
  readonly isAsync: boolean
  readonly isThere: boolean
}

type Declare = (app: FastifyInstance, given: Given, etag: EtagRouteOptions) => void
type Handler = (request: FastifyRequest, state: unknown, write: () => Promise<object>) => unknown

const returns: Handler = (_request, state) => state
const loads: Handler = ({ precondition }) => precondition.load()
const writes: Handler = (_request, _state, write) => write()
const guards: Handler = ({ precondition }, _state, write) => precondition.guard(write)
const creates: Handler = ({ precondition }, _state, write) => precondition.guard(write, { create: write })

const route = (state: Row | readonly Row[], source: EtagRouteOptions['source'], hasLoad: boolean) => (read: Handler, write = guards): Declare =>
  (app, { cost, isAsync, isThere }, etag) => {
    const found = isThere ? state : null
    const load = (): unknown => {
      cost.loads++
      return isAsync ? Promise.resolve(found) : found
    }
    async function change (): Promise<object> {
      cost.writes++
      return { id: 7, version: 2 }
    }
    const isList = Array.isArray(state)
    for (const [method, handle] of [['GET', read], ...isList ? [] : [['PUT', write], ['DELETE', write]] as const] as const) {
      app.route({
        method,
        url: '/',
        config: { etag: { source: source!, ...(hasLoad && { load }), ...etag } },
        schema: { response: { 200: isList ? { type: 'array', items: ROW_SCHEMA } : ROW_SCHEMA } },
        serializerCompiler: () => value => {
          cost.serialisations++
          return JSON.stringify(value)
        },
        handler: async request => {
          cost.handlers++
          return handle(request, state, change)
        }
      })
    }
  }

const loaded = route(ROW, 'version', true)
const returned = route(ROW, 'version', false)
const loadedList = route(LIST, { members: 'version' }, true)
const returnedList = route(LIST, { members: 'version' }, false)
const digest = route(ROW, { digest: 'sha256' }, false)

type Condition = readonly ['if-match' | 'if-none-match', 'current' | 'old' | '*']
const CURRENT: Condition = ['if-match', 'current']
const OLD: Condition = ['if-match', 'old']
const SAME: Condition = ['if-none-match', 'current']
const STALE: Condition = ['if-none-match', 'old']

/** A request, the route that it is sent to, and what the answer costs. */
interface Line {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly condition?: Condition | undefined
  readonly declare: Declare
  readonly etag?: EtagRouteOptions
  readonly isThere?: boolean
  readonly status: number
  /** Loads, calls of the handler, writes, serialisations of a state. */
  readonly costs: readonly [number, number, number, number]
}

const read = (condition: Condition | undefined, declare: Declare, status: number, costs: Line['costs'], more: Partial<Line> = {}): Line =>
  ({ method: 'GET', condition, declare, status, costs, ...more })
const write = (condition: Condition | undefined, declare: Declare, status: number, costs: Line['costs'], more: Partial<Line> = {}): Line =>
  ({ method: 'PUT', condition, declare, status, costs, ...more })

const REQUIRED: Partial<Line> = { etag: { policy: 'REQUIRED' } }
const REMOVING: Partial<Line> = { method: 'DELETE' }
const ABSENT: Partial<Line> = { isThere: false }

const LINES: ReadonlyArray<readonly [title: string, line: Line]> = [
  ['a read without a condition, whose handler returns the state, loads nothing', read(undefined, loaded(returns), 200, [0, 1, 0, 1])],
  ['a read without a condition, whose handler loads the state, loads it once', read(undefined, loaded(loads), 200, [1, 1, 0, 1])],
  ['a read without a condition, without a load, serialises what it sends once', read(undefined, returned(returns), 200, [0, 1, 0, 1])],
  ['a list without a condition is serialised once', read(undefined, returnedList(returns), 200, [0, 1, 0, 1])],
  ['a digest is made of the body that is sent', read(undefined, digest(returns), 200, [0, 1, 0, 1])],

  ['a 304 of a state that is loaded runs no handler and serialises nothing', read(SAME, loaded(loads), 304, [1, 0, 0, 0])],
  ['a 304 by the asterisk does as little', read(['if-none-match', '*'], loaded(loads), 304, [1, 0, 0, 0])],
  ['a 304 of the object that is returned serialises nothing', read(SAME, returned(returns), 304, [0, 1, 0, 0])],
  ['a 304 of a list that is loaded runs no handler and serialises nothing', read(SAME, loadedList(loads), 304, [1, 0, 0, 0])],
  ['a 304 of a list that is returned serialises nothing', read(SAME, returnedList(returns), 304, [0, 1, 0, 0])],
  ['a 304 of a digest needs the body, and nothing else', read(SAME, digest(returns), 304, [0, 1, 0, 1])],

  ['a read with an old tag gives its handler the state that was compared', read(STALE, loaded(loads), 200, [1, 1, 0, 1])],
  ['a read with an old tag, of the object that is returned, loads nothing', read(STALE, returned(returns), 200, [0, 1, 0, 1])],
  ['a list with an old tag is loaded once', read(STALE, loadedList(loads), 200, [1, 1, 0, 1])],
  ['a list that is returned is serialised once with an old tag', read(STALE, returnedList(returns), 200, [0, 1, 0, 1])],
  ['a digest is made once of a body with another one', read(STALE, digest(returns), 200, [0, 1, 0, 1])],

  ['a write without a condition and without a guard loads nothing', write(undefined, loaded(loads, writes), 200, [0, 1, 1, 1])],
  ['a DELETE without a condition and without a guard loads nothing', write(undefined, loaded(loads, writes), 200, [0, 1, 1, 1], REMOVING)],
  ['a guarded write loads once, for the condition and the guard together, and writes once', write(CURRENT, loaded(loads), 200, [1, 1, 1, 1])],
  ['a guarded write under REQUIRED loads no more often', write(CURRENT, loaded(loads), 200, [1, 1, 1, 1], REQUIRED)],
  ['a guarded DELETE loads once and writes once', write(CURRENT, loaded(loads), 200, [1, 1, 1, 1], REMOVING)],
  ['a guard without a condition loads the version that it writes over', write(undefined, loaded(loads), 200, [1, 1, 1, 1])],
  ['a PUT that makes what is not there looks once whether it is', write(undefined, loaded(loads, creates), 200, [1, 1, 1, 1], ABSENT)],

  ['a 412 runs no handler', write(OLD, loaded(loads), 412, [1, 0, 0, 0])],
  ['a 412 to a DELETE runs no handler', write(OLD, loaded(loads), 412, [1, 0, 0, 0], REMOVING)],
  ['a 412 to a PUT that may only create runs no handler', write(['if-none-match', '*'], loaded(loads), 412, [1, 0, 0, 0])],
  ['a 412 under REQUIRED runs no handler', write(OLD, loaded(loads), 412, [1, 0, 0, 0], REQUIRED)],
  ['a 428 loads the state, to tell its tag, and runs no handler', write(undefined, loaded(loads), 428, [1, 0, 0, 0], REQUIRED)],

  ['a read of nothing is 404 by one load', read(undefined, loaded(loads), 404, [1, 1, 0, 0], ABSENT)],
  ['a conditional read of nothing is 404 by one load, and runs no handler', read(STALE, loaded(loads), 404, [1, 0, 0, 0], ABSENT)],
  ['a guarded write of nothing is 404 by one load', write(undefined, loaded(loads), 404, [1, 1, 0, 0], ABSENT)],
  ['a conditional DELETE of nothing is 404 by one load, and runs no handler', write(OLD, loaded(loads), 404, [1, 0, 0, 0], { ...REMOVING, ...ABSENT })]
]

async function costOf ({ method, condition, declare, etag = {}, isThere = true }: Line, isAsync: boolean, isHead: boolean): Promise<{ status: number, costs: number[] }> {
  const cost = { loads: 0, handlers: 0, writes: 0, serialisations: 0 }
  const app = Fastify()
  await app.register(etagPlugin)
  declare(app, { cost, isAsync, isThere }, etag)
  const current = String((await app.inject('/')).headers.etag)
  Object.assign(cost, { loads: 0, handlers: 0, writes: 0, serialisations: 0 })
  const headers = condition && { [condition[0]]: { current, old: '"0"', '*': '*' }[condition[1]] }
  const { statusCode } = await app.inject({ method: isHead ? 'HEAD' : method, url: '/', ...(headers && { headers }) })
  return { status: statusCode, costs: Object.values(cost) }
}

for (const [title, line] of LINES) {
  t.test(title, async t => {
    for (const isAsync of [false, true]) {
      for (const isHead of line.method === 'GET' ? [false, true] : [false]) {
        t.same(await costOf(line, isAsync, isHead), { status: line.status, costs: line.costs },
          `${isHead ? 'HEAD' : line.method}, ${isAsync ? 'a load that gives a promise' : 'a load that gives none'}`)
      }
    }
  })
}
