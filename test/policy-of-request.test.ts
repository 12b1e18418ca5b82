import t from 'tap'
import Fastify, { type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type Decision, type EtagPluginOptions, type EtagRouteOptions } from '../lib/index.js'
import { asksForCheck, policyInForce } from '../lib/policy-of-request.js'
import type { PolicyFunction, PolicySaid } from '../lib/option-schemas.js'

type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST'

t.test('a request asks for the check by the presence of checkEtag in its query, whatever its value, and by no other spelling', async t => {
  for (const query of ['checkEtag', 'checkEtag=', 'checkEtag=true', 'checkEtag=false', 'checkEtag=0', 'a=1&checkEtag', 'checkEtag&checkEtag=no', '%63heckEtag']) {
    t.equal(asksForCheck({ checkEtagParam: true }, `/documents/7?${query}`), true, query)
    t.equal(asksForCheck({ checkEtagParam: false }, `/documents/7?${query}`), false, `${query}, where it is not enabled`)
  }
  t.equal(asksForCheck({ checkEtagParam: true }, '/documents/7;checkEtag'), true, 'a server may take a semicolon for the question mark')
  t.equal(asksForCheck({ checkEtagParam: true }, '/a;b?checkEtag'), true)
  for (const target of ['/', '/checkEtag', '/?', '/?checkETag', '/?checketag', '/?xcheckEtag', '/?q=checkEtag', '/?a=1;checkEtag']) {
    t.equal(asksForCheck({ checkEtagParam: true }, target), false, target)
  }
})

t.test('of what functions say the nearest that is a policy holds, and what is none is noted and passed over', async t => {
  const declared = { policy: 'REQUIRED_FOR_DELETE', level: 'plugin' } as const
  const table: ReadonlyArray<readonly [said: readonly PolicySaid[], policy: string, noted: readonly string[]]> = [
    [[], 'plugin REQUIRED_FOR_DELETE', []],
    [['REQUIRED'], 'state REQUIRED', []],
    [['OPTIONAL', 'REQUIRED'], 'state OPTIONAL', []],
    [[undefined, 'REQUIRED'], 'state REQUIRED', []],
    [[null], 'plugin REQUIRED_FOR_DELETE', []],
    [['required'], 'plugin REQUIRED_FOR_DELETE', ['required']],
    [['bogus', 'OPTIONAL'], 'state OPTIONAL', ['bogus']],
    [[['bogus', undefined, 'REQUIRED', 'OPTIONAL']], 'state REQUIRED', ['bogus']],
    [[[], [null]], 'plugin REQUIRED_FOR_DELETE', []],
    [[['x', 'y']], 'plugin REQUIRED_FOR_DELETE', ['x', 'y']],
    // a list in JavaScript may well be one of promises
    [[[Promise.resolve('REQUIRED') as never]], 'state REQUIRED', []]
  ]
  for (const [said, expected, noted] of table) {
    for (const isAsync of [false, true]) {
      const unknown: unknown[] = []
      const policyFunctions: PolicyFunction[] = said.map(one => (request, state) => {
        t.same([request, state], [{ id: 1 }, { rev: 2 }])
        return isAsync ? Promise.resolve(one) : one
      })
      const { policy, level } = await policyInForce({ policy: declared, policyFunctions }, { id: 1 }, { rev: 2 }, one => { unknown.push(one) })
      t.equal(`${level} ${policy}`, expected)
      t.same(unknown, noted)
    }
  }
})

interface Answer { readonly response: LightMyRequestResponse, readonly decision: Decision | undefined, readonly warnings: readonly string[] }

/** What a route answers whose policy is declared at these levels, and what it decided. */
async function answerTo (
  sent: { method: Method, url?: string, headers?: Record<string, string> }, plugin: EtagPluginOptions, etag: EtagRouteOptions = {}, state: object | null = { version: 1, locked: true },
  removeAdditional: boolean | 'all' = true, querystring: object = { type: 'object', properties: {}, additionalProperties: false }
): Promise<Answer> {
  const warnings: string[] = []
  const app = Fastify({
    logger: { level: 'warn', stream: { write: line => { warnings.push(JSON.parse(line).msg) } } },
    ajv: { customOptions: { removeAdditional } }
  })
  await app.register(etagPlugin, { source: 'version', unguarded: 'off', ...plugin })
  let decision: Decision | undefined
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'],
    url: '/:id',
    schema: { querystring },
    config: { etag: { load: () => state, ...etag } },
    handler: async request => { decision = request.precondition.decision; return { version: 2 } }
  })
  const response = await app.inject({ method: sent.method, url: sent.url ?? '/7', headers: sent.headers ?? {} })
  return { response, decision: decision ?? undefined, warnings }
}

const lockedOnly = (_request: FastifyRequest, state: { locked?: boolean }): string => state.locked === true ? 'REQUIRED' : 'OPTIONAL'

t.test('a policy that is a function is asked with the state, and its level stands in the problem and the decision', async t => {
  const refused = await answerTo({ method: 'PUT' }, {}, { policy: lockedOnly })
  t.match(refused.response.json(), { status: 428, policy: 'REQUIRED', level: 'state', currentEtag: '"1"' })
  const free = await answerTo({ method: 'PUT' }, {}, { policy: lockedOnly }, { version: 1 })
  t.equal(free.response.statusCode, 200)
  t.match(free.decision, { policy: 'OPTIONAL', level: 'state', loads: 1 })
  const named = await answerTo({ method: 'PUT', headers: { 'if-match': '"1"' } }, {}, { policy: lockedOnly })
  t.match(named.decision, { policy: 'REQUIRED', level: 'state' })
  t.equal((await answerTo({ method: 'PUT', headers: { 'if-match': '"0"' } }, {}, { policy: lockedOnly }, { version: 1 })).response.statusCode, 412)
  t.match((await answerTo({ method: 'GET' }, {}, { policy: () => t.fail('a read has no policy') as never })).decision, { policy: 'OPTIONAL', level: 'plugin' })
})

t.test('the nearest declaration wins, functions and policies alike, and an unknown one falls to the next and is reported once', async t => {
  const say = (policy: PolicySaid) => async (): Promise<PolicySaid> => policy
  const table: ReadonlyArray<readonly [EtagPluginOptions, EtagRouteOptions, status: number, reports: number]> = [
    [{ policy: 'REQUIRED' }, { policy: say('OPTIONAL') }, 200, 0],
    [{ policy: 'REQUIRED' }, { policy: say(undefined) }, 428, 0],
    [{ policy: 'REQUIRED' }, { policy: say('optional') }, 428, 1],
    [{ policy: say('REQUIRED') }, { policy: 'OPTIONAL' }, 200, 0],
    [{ policy: say('REQUIRED') }, { policy: say(null) }, 428, 0],
    [{ policy: say('OPTIONAL') }, { policy: say('REQUIRED') }, 428, 0],
    [{ policy: { doc: 'REQUIRED', coll: 'OPTIONAL' } }, { kind: 'doc', policy: say(['nonsense']) }, 428, 1]
  ]
  for (const [plugin, etag, status, reports] of table) {
    const { response, warnings } = await answerTo({ method: 'PUT' }, plugin, etag)
    t.equal(response.statusCode, status)
    t.equal(warnings.length, reports)
    if (reports > 0) t.same(warnings, ['A policy function said what is no policy; the nearest that is one holds'])
  }
})

t.test('?checkEtag asks for more than any policy, is read though a closed schema takes it away, and weakens none', async t => {
  const plugin = { checkEtagParam: true } as const
  for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
    for (const etag of [{}, { policy: 'OPTIONAL' }, { policy: () => t.fail('asked') as never }, { enforce: false }] as const) {
      const { response } = await answerTo({ method, url: '/7?checkEtag=false' }, plugin, etag)
      t.match(response.json(), { status: 428, policy: 'REQUIRED', level: 'request' }, method)
    }
    t.equal((await answerTo({ method, url: '/7?checkEtag', headers: { 'if-match': '"1"' } }, plugin)).response.statusCode, 200)
    t.equal((await answerTo({ method }, { ...plugin, policy: 'REQUIRED' })).response.statusCode, 428)
    t.equal((await answerTo({ method, url: '/7?checkEtag' }, {})).response.statusCode, 200, 'where it is not enabled it is nothing')
  }
  for (const method of ['GET', 'POST'] as const) {
    const { response, decision } = await answerTo({ method, url: '/7?checkEtag' }, plugin)
    t.equal(response.statusCode, 200)
    t.match(decision, { policy: 'OPTIONAL', level: 'plugin' }, `${method} is under no policy, so none is told`)
  }
  t.equal((await answerTo({ method: 'POST', url: '/7?checkEtag' }, plugin, { policy: 'OPTIONAL' })).response.statusCode, 428)
})

t.test('?checkEtag is taken off the query before a schema can refuse it, unless the schema declares it itself', async t => {
  const plugin = { checkEtagParam: true } as const
  for (const removeAdditional of [true, false, 'all'] as const) {
    for (const querystring of [{ type: 'object', properties: {}, additionalProperties: false }, { type: 'object', maxProperties: 0 }]) {
      for (const method of ['GET', 'PUT'] as const) {
        const { response } = await answerTo({ method, url: '/7?checkEtag', headers: { 'if-match': '"1"' } }, plugin, {}, undefined, removeAdditional, querystring)
        t.equal(response.statusCode, 200, `${method}, ${removeAdditional}`)
      }
      t.equal((await answerTo({ method: 'PUT', url: '/7?checkEtag' }, plugin, {}, undefined, removeAdditional, querystring)).response.statusCode, 428)
      t.equal((await answerTo({ method: 'PUT', url: '/7?checkEtag&a=1' }, plugin, {}, undefined, false, querystring)).response.statusCode, 400, 'what else is in the query is the business of the schema')
    }
  }
  t.equal((await answerTo({ method: 'PUT', url: '/7?checkEtag' }, {}, {}, undefined, false)).response.statusCode, 400, 'where it is not enabled it is a parameter like any other')
  const declared = { type: 'object', required: ['checkEtag'], properties: { checkEtag: { const: 'yes' } } }
  const answer = async (url: string, headers = {}): Promise<number> => (await answerTo({ method: 'PUT', url, headers }, plugin, {}, undefined, false, declared)).response.statusCode
  t.equal(await answer('/7?checkEtag=yes'), 428)
  t.equal(await answer('/7?checkEtag=yes', { 'if-match': '"1"' }), 200)
  t.equal(await answer('/7?checkEtag=no', { 'if-match': '"1"' }), 400)
})

t.test('a policy is asked again about the state that a guard loads again, or that failed finds', async t => {
  interface Row { version: number, policy: string }
  const OPEN = { version: 1, policy: 'OPTIONAL' }
  const table: ReadonlyArray<readonly [before: Row | null, meanwhile: Row, headers: Record<string, string>, plugin: EtagPluginOptions, status: number]> = [
    [OPEN, { version: 2, policy: 'REQUIRED' }, {}, {}, 428],
    [OPEN, { version: 2, policy: 'REQUIRED' }, { 'if-match': '*' }, {}, 428],
    [OPEN, { version: 2, policy: 'REQUIRED' }, { 'if-match': '"1", "2"' }, {}, 200],
    [OPEN, { version: 2, policy: 'OPTIONAL' }, {}, { policy: 'REQUIRED' }, 200],
    [OPEN, { version: 2, policy: 'nonsense' }, {}, { policy: 'REQUIRED' }, 428],
    [null, { version: 5, policy: 'REQUIRED' }, {}, {}, 428],
    [null, { version: 5, policy: 'OPTIONAL' }, {}, { policy: 'REQUIRED' }, 200],
    [null, { version: 5, policy: 'REQUIRED' }, { 'if-none-match': '*' }, {}, 412]
  ]
  for (const [before, meanwhile, headers, plugin, status] of table) {
    const app = Fastify()
    let row: Row | null = before
    await app.register(etagPlugin, { source: 'version', ...plugin })
    const config = { etag: { load: () => row, policy: (_request: unknown, state: Row) => state.policy } }
    app.put('/', { config }, request => request.precondition.guard(async ({ version, attempt }) => {
      if (attempt === 1) row = meanwhile
      if (row!.version !== version) return null
      row = { ...row!, version: version + 1 }
      return row
    }, { create: async () => { row = meanwhile; return null } }))
    app.patch('/', { config }, async request => {
      await request.precondition.load()
      row = meanwhile
      throw await request.precondition.failed()
    })
    const told = `${JSON.stringify([before, meanwhile, headers, plugin])}`
    t.equal((await app.inject({ method: 'PUT', url: '/', headers })).statusCode, status, told)
    t.equal((row as unknown as Row).version, meanwhile.version + (status === 200 ? 1 : 0), told)
    row = before
    if (before !== null) t.equal((await app.inject({ method: 'PATCH', url: '/', headers })).statusCode, status !== 200 ? status : 'if-match' in headers ? 412 : 409, told)
  }
})

t.test('what is not there has no policy, a malformed field is refused before it is asked, and a function that fails is an error of the server', async t => {
  const asked = { policy: () => t.fail('asked') as never }
  t.equal((await answerTo({ method: 'PUT' }, {}, asked, null)).response.statusCode, 200)
  t.equal((await answerTo({ method: 'DELETE' }, {}, asked, null)).response.statusCode, 404)
  t.equal((await answerTo({ method: 'PUT', headers: { 'if-match': 'junk' } }, {}, asked)).response.statusCode, 400)
  const failed = await answerTo({ method: 'PUT', headers: { 'if-match': '"1"' } }, {}, { policy: async () => { throw new Error('secret') } })
  t.match(failed.response.json(), { statusCode: 500, code: 'FST_ETAG_LOAD_FAILED' })
  t.notMatch(failed.response.body, 'secret')
})

t.test('a POST is under a function of its own route, and under no other', async t => {
  t.equal((await answerTo({ method: 'POST' }, { policy: () => 'REQUIRED' })).response.statusCode, 200)
  t.equal((await answerTo({ method: 'POST' }, {}, { policy: () => 'REQUIRED' })).response.statusCode, 428)
  for (const policy of ['REQUIRED', () => 'REQUIRED'] as const) {
    t.equal((await answerTo({ method: 'POST' }, { policy }, { policy: () => null })).response.statusCode, 200)
    t.equal((await answerTo({ method: 'PUT' }, { policy }, { policy: () => null })).response.statusCode, 428)
  }
})

t.test('what can require a version stops the start where nothing can be compared', async t => {
  for (const [plugin, etag, why] of [
    [{}, { policy: () => 'OPTIONAL' }, 'a policy that is a function can make PUT name'],
    [{ checkEtagParam: true }, {}, '\\?checkEtag can make PUT name']
  ] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', ...plugin })
    t.throws(() => app.put('/', { config: { etag } }, async () => ({})), { code: 'FST_ETAG_LOAD_MISSING', message: new RegExp(why) })
  }
})
