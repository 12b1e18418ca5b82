import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import auth from '@fastify/auth'
import basicAuth from '@fastify/basic-auth'
import caching from '@fastify/caching'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import responseValidation from '@fastify/response-validation'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, type RouteShorthandOptions } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../../lib/index.js'
import { declareDocuments, injecting, stateOf, tagOf, talk, type Answer, type Fields, type Send, type Talk } from './documents.js'

/** One plugin beside ours: how it comes in, and what must be true with it. */
interface Row {
  readonly plugin: string
  readonly register: (scope: FastifyInstance, t: Test) => Promise<void>
  /** What the plugin wants on each route. */
  readonly hooks?: (scope: FastifyInstance) => RouteShorthandOptions
  /** Routes that it needs besides those of documents. */
  readonly routes?: (scope: FastifyInstance) => void
  readonly etag?: EtagPluginOptions
  /** The instance that has the routes, and what sends requests to it. */
  readonly check: (t: Test, scope: FastifyInstance, send: Send) => Promise<void>
  /** Where this combination stops the start, and by which error. */
  readonly stops?: Readonly<Partial<Record<Place, string>>>
}

type Place = keyof typeof places

// an instance by itself is a promise, of the outermost one
const places = {
  'before ours': async (app: FastifyInstance, row: Row, t: Test) => {
    await row.register(app, t)
    await registerOurs(app, row)
    return { scope: declare(app, row) }
  },
  'after ours': async (app: FastifyInstance, row: Row, t: Test) => {
    await registerOurs(app, row)
    await row.register(app, t)
    return { scope: declare(app, row) }
  },
  'inside the scope of the routes': async (app: FastifyInstance, row: Row, t: Test) => {
    await registerOurs(app, row)
    let inner = app
    await app.register(async scope => {
      await row.register(scope, t)
      inner = declare(scope, row)
    })
    return { scope: inner }
  }
}

async function registerOurs (app: FastifyInstance, { etag }: Row): Promise<void> {
  await app.register(etagPlugin, { policy: 'REQUIRED', ...etag })
}

function declare (scope: FastifyInstance, { hooks, routes }: Row): FastifyInstance {
  declareDocuments(scope, hooks?.(scope))
  routes?.(scope)
  return scope
}

const ALL = ['read', 'unchanged', 'written', 'stale', 'unnamed'] as const

function haveFields (t: Test, answers: Talk, expected: Readonly<Record<string, string | RegExp>>): void {
  for (const name of ALL) {
    for (const [field, value] of Object.entries(expected)) t.match(answers[name].headers[field], value, `${field} of ${name}`)
  }
}

/** Every condition that could be answered by 200, 304, 412 or 428. */
const ATTEMPTS: ReadonlyArray<readonly [string, Fields]> = [
  ['GET', {}], ['GET', { 'if-none-match': '"1"' }], ['GET', { 'if-match': '"0"' }], ['HEAD', { 'if-none-match': '*' }],
  ['PUT', {}], ['PUT', { 'if-match': '"1"' }], ['PUT', { 'if-match': '"0"' }], ['PUT', { 'if-match': 'malformed' }]
]

async function areRefusedFirst (t: Test, send: Send, status: number, sent: Fields = {}): Promise<readonly Answer[]> {
  const answers = []
  for (const [method, fields] of ATTEMPTS) {
    const answer = await send(method, { ...sent, ...fields })
    const what = `${method} ${JSON.stringify(fields)}`
    t.equal(answer.status, status, what)
    t.notOk(answer.headers.etag, `${what} carries no tag`)
    t.notMatch(answer.text, 'currentEtag', `${what} tells no tag`)
    answers.push(answer)
  }
  return answers
}

const ORIGIN = 'https://app.example'

/** Would a browser send the request that its preflight asked about? */
function letsThrough ({ status, headers }: Answer, method: string, fields: readonly string[]): boolean {
  const listed = (name: string): readonly string[] => String(headers[name] ?? '').toLowerCase().split(',').map(member => member.trim())
  return status >= 200 && status < 300 &&
    headers['access-control-allow-origin'] === ORIGIN &&
    listed('access-control-allow-methods').includes(method.toLowerCase()) &&
    fields.every(field => listed('access-control-allow-headers').includes(field))
}

async function checkCors (t: Test, _scope: FastifyInstance, send: Send): Promise<void> {
  const preflight = await send('OPTIONS', {
    origin: ORIGIN, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type,if-match'
  })
  t.ok(letsThrough(preflight, 'PUT', ['content-type', 'if-match']), 'a browser sends the write')
  t.notOk(preflight.headers.etag, 'a preflight has no tag')

  const answers = await talk(t, send, { fields: { origin: ORIGIN } })
  haveFields(t, answers, { 'access-control-allow-origin': ORIGIN, 'access-control-expose-headers': /\bETag\b/, vary: /\borigin\b/i })
}

const CODINGS = ['identity', 'gzip', 'br', 'deflate'] as const

function tagsOf (coding: string): RegExp {
  return coding === 'identity' ? /^"\d+"$/ : new RegExp(`^"\\d+;${coding}"$`)
}

const LONG = 'long '.repeat(500)

function streamOne (scope: FastifyInstance): void {
  scope.get('/streamed', { config: { etag: { source: 'version' } } }, (_request, reply) =>
    reply.validators({ version: 1 }).type('text/plain').send(Readable.from([LONG])))
}

async function checkCodings (t: Test, scope: FastifyInstance, send: Send): Promise<void> {
  for (const url of ['/documents/7', '/shown/7', '/streamed']) {
    await t.test(`no two codings of ${url} have one tag`, async t => {
      const read = injecting(scope, url)
      const tags = new Set<string>()
      for (const coding of CODINGS) {
        const fields = { 'accept-encoding': coding }
        const whole = await read('GET', fields)
        t.equal(whole.headers['content-encoding'] ?? 'identity', coding, `it comes in ${coding}`)
        if (coding !== 'identity') t.match(whole.headers.vary, /\baccept-encoding\b/i, `${coding} varies`)
        t.match(tagOf(whole), tagsOf(coding), `its tag in ${coding}`)
        const unchanged = await read('GET', { ...fields, 'if-none-match': tagOf(whole) })
        t.equal(unchanged.status, 304, `${coding} is 304 by its own tag`)
        t.notOk(unchanged.headers['content-encoding'], 'a 304 has no coding')
        tags.add(tagOf(whole))
      }
      t.equal(tags.size, CODINGS.length, 'each is another one')
      t.equal(new Set([...tags].map(stateOf)).size, 1, 'they name one state')
    })
  }
  for (const coding of CODINGS) {
    await t.test(`what came in ${coding}`, t => talk(t, send, { fields: { 'accept-encoding': coding }, tag: tagsOf(coding), title: LONG }))
  }
}

/** Answers that are coded already when it is seen that they must not go out. */
function refuseLate (scope: FastifyInstance): void {
  scope.get('/text', { config: { etag: { source: 'version' } } }, async (_request, reply) =>
    reply.validators({ version: 1 }).type('text/plain').send(LONG))
  scope.put('/forgotten', { config: { etag: { source: 'version', unguarded: 'error', load: () => ({ version: 1 }) } } }, async () => ({ version: 2, LONG }))
}

async function checkRefusedLate (t: Test, scope: FastifyInstance): Promise<void> {
  const table = [
    ['/streamed', 'GET', '"0"', { status: 412, code: 'FST_ETAG_PRECONDITION_FAILED' }],
    ['/text', 'GET', '"0"', { status: 412, code: 'FST_ETAG_PRECONDITION_FAILED' }],
    ['/forgotten', 'PUT', '"1"', { statusCode: 500, code: 'FST_ETAG_UNGUARDED' }]
  ] as const
  for (const [url, method, tag, problem] of table) {
    await t.test(`${method} ${url} can be read`, async t => {
      const { text } = await injecting(scope, url)(method, { 'accept-encoding': 'gzip', 'if-match': tag })
      t.match(JSON.parse(text), problem)
    })
  }
}

async function registerCompress (scope: FastifyInstance, threshold?: number): Promise<void> {
  await scope.register(compress, { encodings: ['br', 'gzip', 'deflate'], ...(threshold !== undefined && { threshold }) })
}

/** A document whose text is a file, by the tag that a database has of it. */
function sendFiles (scope: FastifyInstance): void {
  const etag = { source: 'version', load: () => ({ version: 1 }) }
  scope.get('/named', { config: { etag } }, async (request, reply) => {
    reply.validators(await request.precondition.load())
    return reply.sendFile('page.txt', { etag: false, lastModified: false })
  })
  scope.get('/unnamed', { config: { etag } }, (_request, reply) => reply.sendFile('page.txt'))
}

async function checkSentFiles (t: Test, scope: FastifyInstance): Promise<void> {
  const named = injecting(scope, '/named')
  const whole = await named('GET')
  t.same([whole.status, whole.text, tagOf(whole)], [200, 'page', '"1"'])
  const unchanged = await named('GET', { 'if-none-match': '"1"' })
  t.same([unchanged.status, unchanged.text, tagOf(unchanged)], [304, '', '"1"'])
  const part = await named('GET', { range: 'bytes=0-1' })
  t.same([part.status, part.text, tagOf(part)], [206, 'pa', '"1"'])
  t.equal((await named('GET', { range: 'bytes=0-1', 'if-range': '"1"' })).status, 206)
  t.equal((await named('GET', { range: 'bytes=0-1', 'if-range': '"0"' })).status, 200)
  t.equal((await named('GET', { 'if-match': '"0"' })).status, 412)
  t.equal((await named('GET', { 'if-match': '"1"' })).status, 200)
  t.match(tagOf(await injecting(scope, '/unnamed')('GET')), /^W\/"/, 'left alone, it labels the answer by the file')
}

async function registerStatic (scope: FastifyInstance, t: Test): Promise<void> {
  await scope.register(fastifyStatic, { root: t.testdir({ 'page.txt': 'page' }), prefix: '/files/' })
}

async function checkStatic (t: Test, scope: FastifyInstance, send: Send): Promise<void> {
  const file = injecting(scope, '/files/page.txt')
  const whole = await file('GET')
  t.equal(whole.text, 'page')
  t.match(tagOf(whole), /^W\/"/, 'the tag of a file is its own')
  for (const method of ['GET', 'HEAD']) {
    const unchanged = await file(method, { 'if-none-match': tagOf(whole) })
    t.equal(unchanged.status, 304, `${method} of a file with its tag is 304`)
    t.equal(tagOf(unchanged), tagOf(whole))
    t.equal(unchanged.text, '')
    t.notOk(unchanged.headers['content-length'])
    t.equal((await file(method, { 'if-none-match': '"other"' })).status, 200)
    t.equal((await file(method, { 'if-modified-since': String(whole.headers['last-modified']) })).status, 304)
  }
  const part = await file('GET', { range: 'bytes=0-1' })
  t.same([part.status, part.text, tagOf(part)], [206, 'pa', tagOf(whole)])
  const stale = await file('GET', { 'if-match': '"other"' })
  t.equal(stale.status, 412, 'a file has preconditions of its own')
  const missing = await injecting(scope, '/files/none.txt')('GET', { 'if-none-match': '*' })
  t.same([missing.status, missing.headers.etag], [404, undefined])
  await talk(t, send)
}

const SECRET = 'a secret for tests that nobody else knows'

async function verifyToken (request: FastifyRequest): Promise<void> {
  await request.jwtVerify()
}

async function checkJwt (t: Test, scope: FastifyInstance, send: Send): Promise<void> {
  await areRefusedFirst(t, send, 401)
  await areRefusedFirst(t, send, 401, { authorization: 'Bearer forged' })
  await talk(t, send, { fields: { authorization: `Bearer ${scope.jwt.sign({ user: 'me' })}` } })
}

const basic = (user: string): Fields => ({ authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` })

async function registerAuth (scope: FastifyInstance): Promise<void> {
  await scope.register(auth)
  await scope.register(basicAuth, { validate: async user => { if (user !== 'me') throw new Error('who are you?') } })
}

async function verifyKey (request: FastifyRequest): Promise<void> {
  if (request.headers['x-key'] !== 'key') throw new Error('no key')
}

async function checkAuth (t: Test, _scope: FastifyInstance, send: Send): Promise<void> {
  await areRefusedFirst(t, send, 401)
  await areRefusedFirst(t, send, 401, basic('them'))
  await talk(t, send, { fields: basic('me') })
}

const MAX = 5

async function checkLimit (t: Test, _scope: FastifyInstance, send: Send): Promise<void> {
  const answers = await talk(t, send)
  haveFields(t, answers, { 'x-ratelimit-limit': /^5$/, 'x-ratelimit-remaining': /^\d$/, 'x-ratelimit-reset': /^\d+$/ })
  for (const { headers } of await areRefusedFirst(t, send, 429)) t.match(headers, { 'retry-after': /^\d+$/, 'x-ratelimit-remaining': '0' })
}

const Document = {
  type: 'object',
  required: ['id', 'title', 'version'],
  properties: { id: { type: 'string' }, title: { type: 'string', maxLength: 10 }, version: { type: 'integer' } }
}

const Refused = { type: 'object', required: ['code'], properties: { code: { type: 'string', pattern: '^FST_ETAG_' } } }

async function checkValidated (t: Test, _scope: FastifyInstance, send: Send): Promise<void> {
  const { written } = await talk(t, send)
  t.same(JSON.parse(written.text), { id: '7', title: 'x', version: 2 }, 'an answer has the members of its schema')
  const long = await send('PUT', { 'if-match': tagOf(written) }, LONG)
  t.match([long.status, JSON.parse(long.text)], [500, { code: 'FST_RESPONSE_VALIDATION_FAILED_VALIDATION' }], 'what the schema excludes is 500')
  t.notOk(long.headers.etag, 'a 500 has no tag')
  const read = await send('GET')
  t.same([read.status, read.headers.etag], [500, undefined], 'so is a read of it')
}

async function checkDocumented (t: Test, scope: FastifyInstance, send: Send): Promise<void> {
  await talk(t, send)
  t.match(scope.swagger(), {
    paths: {
      '/documents/{id}': {
        get: { responses: { 304: { description: String } } },
        put: { 'x-etag': { policy: 'REQUIRED' }, responses: { 412: { description: String }, 428: { description: String } } }
      }
    }
  })
}

const rows: readonly Row[] = [
  {
    plugin: '@fastify/compress of whatever is long',
    register: scope => registerCompress(scope),
    routes: streamOne,
    check: async (t, scope, send) => {
      const { written } = await talk(t, send, { title: LONG })
      t.match(tagOf(written), '"2"')
      await checkCodings(t, scope, send)
    }
  },
  {
    plugin: '@fastify/compress of everything, by threshold: 0',
    register: scope => registerCompress(scope, 0),
    routes: streamOne,
    check: checkCodings
  },
  {
    plugin: '@fastify/compress of what is refused after all',
    register: scope => registerCompress(scope),
    routes: scope => { streamOne(scope); refuseLate(scope) },
    check: checkRefusedLate
  },
  {
    plugin: '@fastify/compress, with Vary among our headers',
    register: scope => registerCompress(scope, 0),
    etag: { headers: { vary: 'accept-encoding' } },
    check: async (t, _scope, send) => {
      const fields = { 'accept-encoding': 'gzip' }
      const read = await send('GET', fields)
      const unchanged = await send('GET', { ...fields, 'if-none-match': tagOf(read) })
      for (const { headers } of [read, unchanged]) t.equal(headers.vary, 'accept-encoding')
    }
  },
  {
    plugin: "@fastify/compress with routes at: 'onRequest'",
    register: scope => registerCompress(scope),
    etag: { at: 'onRequest' },
    check: async (t, _scope, send) => { await talk(t, send) },
    stops: { 'after ours': 'FST_ETAG_LATER_HOOK', 'inside the scope of the routes': 'FST_ETAG_LATER_HOOK' }
  },
  {
    plugin: '@fastify/static beside our routes',
    register: registerStatic,
    check: checkStatic
  },
  {
    plugin: '@fastify/static under allReads: true',
    register: registerStatic,
    etag: { allReads: true },
    check: checkStatic,
    stops: { 'before ours': 'FST_ETAG_TOO_EARLY' }
  },
  {
    plugin: '@fastify/static with @fastify/compress under allReads: true',
    register: async (scope, t) => {
      await registerCompress(scope, 0)
      await registerStatic(scope, t)
    },
    etag: { allReads: true },
    check: async (t, scope) => {
      const file = injecting(scope, '/files/page.txt')
      const plain = await file('GET')
      const coded = await file('GET', { 'accept-encoding': 'gzip' })
      t.same([coded.text, coded.headers['content-encoding'], tagOf(coded)], ['page', 'gzip', tagOf(plain)], 'a weak tag may stand for both')
      t.equal((await file('GET', { 'accept-encoding': 'gzip', 'if-none-match': tagOf(coded) })).status, 304)
    },
    stops: { 'before ours': 'FST_ETAG_TOO_EARLY' }
  },
  {
    plugin: '@fastify/static, whose sendFile answers a route of ours',
    register: registerStatic,
    routes: sendFiles,
    check: checkSentFiles
  },
  {
    plugin: 'peers 4.30: @fastify/cors of listed origins',
    register: async scope => {
      await scope.register(cors, {
        origin: [ORIGIN],
        methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
        allowedHeaders: ['content-type', 'if-match', 'if-none-match'],
        exposedHeaders: ['ETag']
      })
    },
    check: checkCors
  },
  {
    plugin: '@fastify/cors that allows whatever header is asked for',
    register: async scope => {
      await scope.register(cors, { origin: (_origin, answer) => answer(null, ORIGIN), methods: ['GET', 'PUT'], exposedHeaders: ['ETag'] })
    },
    check: checkCors
  },
  {
    plugin: '@fastify/cors by its defaults, which let no write through',
    register: async scope => { await scope.register(cors, { origin: ORIGIN }) },
    check: async (t, _scope, send) => {
      const asks = (method: string): Promise<Answer> => send('OPTIONS', { origin: ORIGIN, 'access-control-request-method': method, 'access-control-request-headers': 'if-match' })
      t.notOk(letsThrough(await asks('PUT'), 'PUT', ['if-match']))
      t.ok(letsThrough(await asks('GET'), 'GET', ['if-match']))
      t.notOk((await send('GET', { origin: ORIGIN })).headers['access-control-expose-headers'], 'no script reads the tag')
    }
  },
  {
    plugin: "@fastify/cors by hook: 'preSerialization', which no 304 and no refusal comes to",
    register: async scope => { await scope.register(cors, { origin: ORIGIN, hook: 'preSerialization' }) },
    check: async (t, _scope, send) => {
      const { read, unchanged, stale } = await talk(t, send, { fields: { origin: ORIGIN } })
      t.same([read, unchanged, stale].map(({ headers }) => headers['access-control-allow-origin']), [ORIGIN, undefined, undefined])
    }
  },
  {
    plugin: '@fastify/helmet',
    register: async scope => { await scope.register(helmet) },
    check: async (t, _scope, send) => {
      haveFields(t, await talk(t, send), { 'content-security-policy': /default-src/, 'x-content-type-options': 'nosniff', 'strict-transport-security': /max-age/ })
    }
  },
  {
    plugin: '@fastify/rate-limit',
    register: async scope => { await scope.register(rateLimit, { max: MAX }) },
    check: checkLimit
  },
  {
    plugin: "@fastify/rate-limit by hook: 'preHandler'",
    register: async scope => { await scope.register(rateLimit, { max: MAX, hook: 'preHandler' }) },
    check: checkLimit,
    stops: { 'after ours': 'FST_ETAG_LATER_HOOK', 'inside the scope of the routes': 'FST_ETAG_LATER_HOOK' }
  },
  {
    plugin: "@fastify/rate-limit with routes at: 'onRequest'",
    register: async scope => { await scope.register(rateLimit, { max: MAX }) },
    etag: { at: 'onRequest' },
    check: checkLimit,
    stops: { 'after ours': 'FST_ETAG_LATER_HOOK', 'inside the scope of the routes': 'FST_ETAG_LATER_HOOK' }
  },
  {
    plugin: '@fastify/auth in onRequest of each route',
    register: registerAuth,
    hooks: scope => ({ onRequest: scope.auth([verifyKey, scope.basicAuth]) }),
    check: checkAuth
  },
  {
    plugin: '@fastify/auth in preHandler of each route',
    register: registerAuth,
    hooks: scope => ({ preHandler: scope.auth([verifyKey, scope.basicAuth]) }),
    check: checkAuth
  },
  {
    plugin: '@fastify/auth as a preHandler hook of the scope',
    register: async scope => {
      await registerAuth(scope)
      scope.addHook('preHandler', scope.auth([verifyKey, scope.basicAuth]))
    },
    check: checkAuth
  },
  {
    plugin: '@fastify/jwt in onRequest of each route',
    register: async scope => { await scope.register(jwt, { secret: SECRET }) },
    hooks: () => ({ onRequest: verifyToken }),
    check: checkJwt
  },
  {
    plugin: '@fastify/jwt in preHandler of each route',
    register: async scope => { await scope.register(jwt, { secret: SECRET }) },
    hooks: () => ({ preHandler: [verifyToken] }),
    check: checkJwt
  },
  {
    plugin: '@fastify/jwt as an onRequest hook of the scope',
    register: async scope => {
      await scope.register(jwt, { secret: SECRET })
      scope.addHook('onRequest', verifyToken)
    },
    check: checkJwt
  },
  {
    plugin: "@fastify/jwt in onRequest, with routes at: 'onRequest'",
    register: async scope => { await scope.register(jwt, { secret: SECRET }) },
    hooks: () => ({ onRequest: [verifyToken] }),
    etag: { at: 'onRequest' },
    check: checkJwt
  },
  {
    plugin: "@fastify/jwt in preHandler, too late for routes at: 'onRequest'",
    register: async scope => { await scope.register(jwt, { secret: SECRET }) },
    hooks: () => ({ preHandler: [verifyToken] }),
    etag: { at: 'onRequest' },
    check: async (t, _scope, send) => {
      const answers = [await send('PUT'), await send('PUT', { 'if-match': '"0"' }), await send('PUT', { 'if-match': '"1"' })]
      t.same(answers.map(({ status, headers: { etag } }) => [status, etag]), [[428, '"1"'], [412, '"1"'], [401, undefined]])
    }
  },
  {
    plugin: '@fastify/cookie that a handler sets, which a 304 has only where the handler ran',
    register: async scope => { await scope.register(cookie) },
    routes: scope => {
      for (const load of [undefined, () => ({ version: 1 })]) {
        scope.get(load === undefined ? '/ran' : '/spared', { config: { etag: { source: 'version', ...(load && { load }) } } }, async (_request, reply) => {
          reply.setCookie('seen', 'yes')
          return { version: 1 }
        })
      }
    },
    check: async (t, scope) => {
      for (const [url, status, cookies] of [['/ran', 200, 1], ['/ran', 304, 1], ['/spared', 200, 1], ['/spared', 304, 0]] as const) {
        const answer = await injecting(scope, url)('GET', { 'if-none-match': status === 304 ? '"1"' : '"0"' })
        t.equal(answer.status, status)
        t.equal([answer.headers['set-cookie'] ?? []].flat().length, cookies, `cookies of ${status} ${url}`)
      }
    }
  },
  {
    plugin: '@fastify/cookie that a hook sets',
    register: async scope => {
      await scope.register(cookie)
      scope.addHook('onRequest', async (_request, reply) => { reply.setCookie('seen', 'yes', { httpOnly: true }) })
    },
    check: async (t, _scope, send) => { haveFields(t, await talk(t, send), { 'set-cookie': /^seen=yes; HttpOnly/ }) }
  },
  {
    plugin: '@fastify/response-validation',
    register: async scope => { await scope.register(responseValidation) },
    hooks: () => ({ schema: { response: { 200: Document } } }),
    check: checkValidated
  },
  {
    plugin: '@fastify/response-validation with responseStatusCodeValidation',
    register: async scope => { await scope.register(responseValidation, { responseStatusCodeValidation: true }) },
    hooks: () => ({ schema: { response: { 200: Document } } }),
    check: checkValidated
  },
  {
    plugin: '@fastify/response-validation with responseStatusCodeValidation and an error handler',
    register: async scope => {
      await scope.register(responseValidation, { responseStatusCodeValidation: true })
      scope.setErrorHandler(({ code, statusCode = 500 }: FastifyError, _request, reply) => reply.code(statusCode).send({ code }))
    },
    hooks: () => ({ schema: { response: { 200: Document, '4xx': Refused } } }),
    check: async (t, _scope, send) => {
      const stale = await send('PUT', { 'if-match': '"0"' })
      t.same([stale.status, tagOf(stale), JSON.parse(stale.text)], [412, '"1"', { code: 'FST_ETAG_PRECONDITION_FAILED' }])
      const unnamed = await send('PUT')
      t.same([unnamed.status, tagOf(unnamed), JSON.parse(unnamed.text)], [428, '"1"', { code: 'FST_ETAG_PRECONDITION_REQUIRED' }])
      t.equal((await send('GET', { 'if-none-match': '"1"' })).status, 304)
    }
  },
  {
    plugin: '@fastify/response-validation with responseStatusCodeValidation, an error handler and no schema of its answers',
    register: async scope => {
      await scope.register(responseValidation, { responseStatusCodeValidation: true })
      scope.setErrorHandler(({ code, statusCode = 500 }: FastifyError, _request, reply) => reply.code(statusCode).send({ code }))
    },
    hooks: () => ({ schema: { response: { 200: Document } } }),
    check: async (t, _scope, send) => {
      for (const fields of [{ 'if-match': '"0"' }, {}]) {
        const answer = await send('PUT', fields)
        t.same([answer.status, answer.headers.etag], [500, undefined], 'a refusal becomes an error of the server')
      }
    }
  },
  {
    plugin: '@fastify/swagger',
    register: async scope => { await scope.register(swagger, { openapi: { openapi: '3.1.0' } }) },
    check: checkDocumented
  },
  {
    plugin: '@fastify/caching, which takes a 304 for no success',
    register: async scope => { await scope.register(caching, { privacy: 'private', expiresIn: 60 }) },
    check: async (t, _scope, send) => {
      const { read, unchanged, stale } = await talk(t, send)
      t.equal(read.headers['cache-control'], 'private, max-age=60')
      for (const { headers } of [unchanged, stale]) t.equal(headers['cache-control'], 'no-store')
    }
  },
  {
    plugin: '@fastify/caching, whose reply.etag() answers for states that are gone',
    register: async scope => { await scope.register(caching) },
    routes: labelByCaching,
    check: async (t, scope) => {
      const send = injecting(scope, '/labelled')
      t.equal(tagOf(await send('GET')), '"1"')
      t.equal(tagOf(await send('PUT', { 'if-match': '"1"' })), '"2"')
      for (const method of ['GET', 'PUT']) t.equal((await send(method, { 'if-none-match': '"1"' })).status, 304, method)
    }
  }
]

/** An answer that @fastify/caching labels itself: it keeps its tags for an hour, whatever is written. */
function labelByCaching (scope: FastifyInstance): void {
  let version = 1
  scope.route({
    method: ['GET', 'PUT'],
    url: '/labelled',
    config: { etag: { source: 'version', load: () => ({ version }) } },
    handler: async ({ method, precondition }, reply) => {
      if (method === 'PUT') return precondition.guard(async () => ({ version: ++version }))
      reply.etag(`"${version}"`)
      return precondition.load()
    }
  })
}

for (const row of rows) {
  for (const [place, serve] of Object.entries(places)) {
    const code = row.stops?.[place as Place]
    t.test(`${row.plugin}, ${place}${code === undefined ? '' : `, stops the start by ${code}`}`, async t => {
      const app = Fastify()
      if (code !== undefined) return t.rejects(async () => { await serve(app, row, t); await app.ready() }, { code })
      const { scope } = await serve(app, row, t)
      await app.ready()
      await row.check(t, scope, injecting(scope))
    })
  }
}

for (const [order, plugins] of Object.entries({ 'before ours': [swagger, etagPlugin], 'after ours': [etagPlugin, swagger] })) {
  t.test(`@fastify/swagger, ${order}, documents a nested scope whose routes are declared ahead of those around it`, async t => {
    const app = Fastify()
    for (const plugin of plugins) await app.register(plugin as typeof etagPlugin)
    const options = { config: { etag: { source: 'version', load: () => ({ version: 1 }) } } }
    await app.register(async nested => { nested.get('/nested', options, request => request.precondition.load()) })
    app.get('/outer', options, request => request.precondition.load())
    await app.ready()
    t.same(Object.keys(app.swagger().paths!), ['/nested', '/outer'])
  })
}
