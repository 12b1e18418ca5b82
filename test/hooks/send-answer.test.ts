import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'
import { DECISIONS } from '../../lib/hooks/announce.js'

const STATE = { id: 7, version: 1, text: 'here' }
const TEXT = 'text'
const DATED = { lastModified: () => 1_700_000_000 }

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

/** Everything that a handler can answer with. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'returns the state': async () => STATE,
  'sends the state': (_request, reply) => { reply.send(STATE) },
  'sends the state later': (_request, reply) => { setImmediate(() => { reply.send(STATE) }) },
  'sends a list': async () => [STATE],
  'sends text': async () => 'text',
  'sends JSON as text': async (_request, reply) => reply.type('application/json').send('{"version":1}'),
  'sends bytes': async () => Buffer.from('bytes'),
  'sends a stream': async (_request, reply) => reply.send(Readable.from(['a', 'b'])),
  'sends a stream that breaks': async (_request, reply) => reply.send(new Readable({ read () { this.destroy(new Error('broken')) } })),
  'sends a web stream': async () => new Response('web').body,
  'sends a Response': async () => new Response('body', { status: 203, headers: { 'x-own': 'yes' } }),
  'sends an empty Response': async () => new Response(null, { status: 204 }),
  'sends a Response of nothing': async () => new Response(null, { headers: [['x-own', 'yes'], ['set-cookie', 'a=1']] }),
  'sends an error without a stack': async (_request, reply) => reply.send(Object.assign(Object.create(Error.prototype), { version: 1, message: 'no', statusCode: 404 })),
  'sends an error that has a version': async (_request, reply) => reply.send(Object.assign(new Error('no'), { version: 1, statusCode: 404 })),
  'codes by a serialiser': async (_request, reply) => { reply.header('content-encoding', 'gzip').serializer((state: object) => gzipSync(JSON.stringify(state)) as never); return STATE },
  'sends null': async () => null,
  'sends nothing': async (_request, reply) => { reply.code(204).send() },
  'loads it': async request => request.precondition.load(),
  'loads it and sends text': async request => `version ${(await request.precondition.load()).version}`,
  'loads it and sends a stream': async request => Readable.from([String((await request.precondition.load()).version)]),
  'names another state': async (_request, reply) => { reply.validators({ version: 2 }); return STATE },
  'sets a tag of its own': async (_request, reply) => { reply.header('etag', '"own"'); return STATE },
  'sets a coding of its own': async (_request, reply) => { reply.header('content-encoding', 'x-own'); return STATE },
  'answers 201': async (_request, reply) => reply.code(201).send(STATE),
  'answers 404': async (_request, reply) => reply.code(404).send(STATE),
  'answers 304': async (_request, reply) => reply.code(304).type('text/plain').send(),
  'answers 304 with a body': async (_request, reply) => reply.code(304).send(STATE),
  'answers 412': async (_request, reply) => reply.code(412).send(STATE),
  redirects: async (_request, reply) => reply.redirect('/elsewhere'),
  throws: () => { throw new Error('broken') },
  'throws a state': () => { throw STATE },
  'throws a state later': async () => { await null; throw STATE },
  'throws text later': async () => { await null; throw TEXT },
  'sends an error': async (_request, reply) => reply.send(Object.assign(new Error('teapot'), { statusCode: 418 })),
  'sends what is not serialised': async () => ({ version: 1, toJSON () { throw new Error('broken') } }),
  'sends what has no version': async () => ({ id: 7 }),
  'sends a version that is none': async () => ({ version: {} }),
  'sends twice': async (_request, reply) => { reply.send(STATE); reply.send({ version: 2 }); return reply },
  'asks for the conditions': async request => { await request.precondition.failed(); return STATE },
  'fails after it has loaded': async request => { await request.precondition.load(); throw new Error('broken') },
  'finds nothing': async (_request, reply) => reply.callNotFound(),
  'answers by itself': (_request, reply) => { reply.hijack(); reply.raw.end('raw') }
}

const CONDITIONS: ReadonlyArray<Readonly<Record<string, string>>> = [
  {},
  { 'if-none-match': '"1"' },
  { 'if-none-match': 'W/"1"' },
  { 'if-none-match': '"0"' },
  { 'if-none-match': '"own"' },
  { 'if-none-match': '"0", "1"' },
  { 'if-none-match': '*' },
  { 'if-none-match': 'junk' },
  { 'if-match': '"1"' },
  { 'if-match': '"0"' },
  { 'if-match': 'junk' },
  { 'if-modified-since': 'Tue, 14 Nov 2023 22:13:20 GMT' },
  { 'if-unmodified-since': 'Tue, 14 Nov 2000 22:13:20 GMT' },
  { 'if-none-match': '"1"', 'if-match': '"0"' },
  { range: 'bytes=0-1', 'if-range': '"0"' }
]

const ETAGS: Readonly<Record<string, EtagRouteOptions>> = {
  'the returned object': { source: 'version' },
  'a load': { source: 'version', load: () => STATE },
  'a load of nothing': { source: 'version', load: () => null },
  'a load that fails': { source: 'version', load: async () => { throw new Error('down') } },
  'a date besides': { source: 'version', load: () => STATE, ...DATED },
  'a date of the returned object': { source: 'version', ...DATED },
  'more fields': { source: 'version', headers: { 'cache-control': 'private' } },
  'a list': { source: { members: 'version' } },
  'a problem of its own shape': { source: 'version', load: () => STATE, problem: problem => ({ own: problem.code }) },
  'a problem that fails': { source: 'version', load: () => STATE, problem: () => { throw new Error('no shape') } }
}

interface Told {
  readonly answers: Readonly<Record<string, unknown>>
  readonly decisions: readonly string[]
}

function seenIn ({ statusCode, headers, body }: LightMyRequestResponse): unknown {
  const { date, connection, 'keep-alive': alive, ...rest } = headers
  return { statusCode, headers: rest, body: body.replace(/"reqId":"[^"]+"/, '') }
}

/** How an application answers all requests to a route; `add` says who else sees its answers. */
async function answersOf (etag: EtagRouteOptions, add: (app: FastifyInstance) => void): Promise<Told> {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(etagPlugin)
  add(app)
  app.setNotFoundHandler(async (_request, reply) => reply.code(200).send({ version: 1, isElsewhere: true }))
  const names = Object.keys(HANDLERS)
  const decisions: string[] = []
  const note = (decision: unknown): void => {
    const { route, outcome, method } = decision as { route: string, outcome: string, method: string }
    decisions.push(`${method} ${route} ${outcome}`)
  }
  for (const [at, name] of names.entries()) app.route({ method: ['GET', 'HEAD'], url: `/${at}`, config: { etag }, handler: HANDLERS[name]! })
  const answers: Record<string, unknown> = {}
  for (const listens of [false, true]) {
    if (listens) DECISIONS.subscribe(note)
    for (const [at, name] of names.entries()) {
      for (const headers of CONDITIONS) {
        for (const method of ['GET', 'HEAD'] as const) {
          const answer = await app.inject({ method, url: `/${at}`, headers }).then(seenIn, (error: Error) => error.message)
          answers[`${method} ${JSON.stringify(headers)}, the handler ${name}${listens ? ', and somebody listens' : ''}`] = answer
        }
      }
    }
    if (listens) DECISIONS.unsubscribe(note)
  }
  return { answers, decisions }
}

for (const [title, etag] of Object.entries(ETAGS)) {
  t.test(`who sees answers besides us changes nothing about them: ${title}`, async t => {
    const warnings: Error[] = []
    const collect = (warning: Error): void => { warnings.push(warning) }
    process.on('warning', collect)
    t.teardown(() => process.off('warning', collect))
    const alone = await answersOf(etag, () => {})
    const beside = await answersOf(etag, app => { app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) }) })
    t.equal(Object.keys(alone.answers).length, Object.keys(HANDLERS).length * CONDITIONS.length * 4)
    for (const [request, answer] of Object.entries(beside.answers)) t.same(alone.answers[request], answer, request)
    t.same(alone.decisions, beside.decisions)
  })
}

t.test('who replaces reply.send sees what is sent, alone and beside others', async t => {
  for (const isAlone of [true, false]) {
    const app = Fastify()
    const sent: unknown[] = []
    await app.register(etagPlugin, { source: 'version' })
    if (!isAlone) app.addHook('onSend', async (_request, _reply, payload) => payload)
    app.addHook('onRequest', async (_request, reply) => {
      const { send } = reply
      reply.send = function (this: FastifyReply, payload?: unknown) {
        sent.push(payload)
        return send.call(this, payload)
      } as typeof send
    })
    app.get('/', { config: { etag: {} } }, async () => STATE)
    app.get('/text', { config: { etag: {} } }, async () => 'text')
    t.equal((await app.inject('/')).headers.etag, '"1"')
    for (const held of ['"1"', 'W/"1"', '"0"']) {
      t.equal((await app.inject({ url: '/', headers: { 'if-none-match': held } })).statusCode, held === '"0"' ? 200 : 304)
    }
    t.equal((await app.inject('/text')).body, 'text')
    t.same(sent, [STATE, undefined, undefined, STATE, 'text'])
  }
})

t.test('who makes a failure of what is sent behind us has no tag on it', async t => {
  for (const isAlone of [true, false]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', lastModified: () => 0 })
    if (!isAlone) app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) })
    app.addHook('preHandler', async (request, reply) => {
      const { send } = reply
      reply.send = function (this: FastifyReply, payload?: unknown) {
        return request.url === '/denied' ? send.call(this.code(403), { denied: true }) : send.call(this, payload)
      } as typeof send
    })
    for (const url of ['/denied', '/shown']) app.get(url, { config: { etag: {} } }, async () => STATE)
    t.match(await app.inject('/denied'), { statusCode: 403, headers: { etag: undefined, 'last-modified': undefined } })
    t.match(await app.inject('/shown'), { statusCode: 200, headers: { etag: '"1"' } })
    t.equal((await app.inject({ url: '/shown', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  }
})

t.test('who asks later what was decided is told of a 304 that the object which was sent decided', async t => {
  for (const isAlone of [true, false]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    if (!isAlone) app.addHook('onSend', (_request, _reply, payload, done) => { done(null, payload) })
    const decisions: unknown[] = []
    app.addHook('onResponse', async ({ precondition }) => { decisions.push(precondition.decision) })
    app.get('/', { config: { etag: {} } }, async () => STATE)
    for (const held of ['"1"', '"0"']) await app.inject({ url: '/', headers: { 'if-none-match': held } })
    t.match(decisions, [
      { outcome: 'not-modified', status: 304, field: 'If-None-Match', loads: 0 },
      { outcome: 'proceed', status: undefined, field: undefined, loads: 0 }
    ])
  }
})
