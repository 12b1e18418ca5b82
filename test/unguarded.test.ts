import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { type FastifyReply, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type Decision, type EtagRouteOptions } from '../lib/index.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown
type Method = 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST'

const UNGUARDED = 'A conditional write was done without guard, expected or waive: another writer may be lost to it'

/** What a route answers and logs to a request that is sent twice. */
async function answersOf (
  handler: Handler,
  { method = 'PUT', headers = { 'if-match': '"1"' }, ...etag }: EtagRouteOptions & { method?: Method, headers?: Record<string, string> } = {}
): Promise<{ responses: LightMyRequestResponse[], warnings: string[] }> {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { lines.push(line) } } } })
  await app.register(etagPlugin, { source: 'version' })
  app.route({ method, url: '/documents/:id', config: { etag: { load: () => ({ version: 1 }), ...etag } }, handler })
  const responses = []
  for (let times = 0; times < 2; times++) responses.push(await app.inject({ method, url: '/documents/7', headers }))
  return { responses, warnings: lines.map(line => JSON.parse(line)).filter(({ level }) => level === 40).map(({ route, msg }) => `${route}: ${msg}`) }
}

const forgets: Handler = async () => ({ version: 2 })

t.test('a conditional write that was done without the guard is reported once a route, whatever its method and its condition', async t => {
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST'] as const) {
    const { responses, warnings } = await answersOf(forgets, { method })
    t.same(responses.map(({ statusCode }) => statusCode), [200, 200])
    t.same(warnings, [`${method} /documents/:id: ${UNGUARDED}`])
  }
  const headers = [{ 'if-match': '*' }, { 'if-none-match': '"0"' }, { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }]
  for (const sent of headers) t.same((await answersOf(forgets, { headers: sent })).warnings, [`PUT /documents/:id: ${UNGUARDED}`], JSON.stringify(sent))
  t.same((await answersOf(forgets, { headers: { 'if-none-match': '*' }, load: () => null })).warnings, [`PUT /documents/:id: ${UNGUARDED}`])
})

t.test("unguarded: 'error' answers 500 and says that the write is done, in place of an object, text, nothing or a stream", async t => {
  const stream = Readable.from(['x'])
  const handlers: Handler[] = [
    forgets, async () => 'text', async (_request, reply) => reply.code(204).send(), async (_request, reply) => reply.send(stream)
  ]
  for (const handler of handlers) {
    const { responses: [response] } = await answersOf(handler, { unguarded: 'error' })
    t.match(response!.json(), {
      statusCode: 500,
      code: 'FST_ETAG_UNGUARDED',
      message: 'PUT /documents/:id answered a conditional write without guard, expected or waive: it is done, and another writer may be lost to it'
    })
    t.notOk(response!.headers.etag)
  }
  t.ok(stream.destroyed)
})

t.test('nothing is said where the handler used one of the three, or where there is nothing to guard', async t => {
  const table: ReadonlyArray<readonly [Handler, (Parameters<typeof answersOf>[1])?]> = [
    [async ({ precondition }) => precondition.guard(async () => ({ version: 2 }))],
    [async ({ precondition }) => ({ version: precondition.expected.version + 1 })],
    [async ({ precondition }) => { await precondition.failed(); return { version: precondition.expected.version + 1 } }],
    [async ({ precondition }) => { await precondition.failed(); precondition.waive('it is as the client wants it already'); return { version: 2 } }],
    [forgets, { method: 'QUERY' as 'GET', headers: { 'if-none-match': '"0"' } }],
    [async ({ precondition }) => { precondition.waive('appends commute'); return { version: 2 } }],
    [forgets, { unguarded: 'off' }],
    [forgets, { headers: {} }],
    [forgets, { method: 'GET', headers: { 'if-none-match': '"0"' } }],
    [forgets, { load: undefined as unknown as () => object, headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } }],
    [async (_request, reply) => reply.code(404).send({})],
    [async () => { throw new Error('before the write') }],
    [forgets, { headers: { 'if-match': '"0"' } }]
  ]
  for (const [at, [handler, etag]] of table.entries()) {
    t.same((await answersOf(handler, { ...etag })).warnings, [], `${at}, by default`)
    const { responses: [response] } = await answersOf(handler, { unguarded: 'error', ...etag })
    t.notMatch(response!.body, 'FST_ETAG_UNGUARDED', `${at}, as an error`)
  }
})

t.test('a success after failed() is one of a write that missed, and a redirect after a write is one', async t => {
  for (const handler of [
    async ({ precondition }: FastifyRequest) => { await precondition.guard(async () => null).catch(() => precondition.failed()); return { version: 2 } },
    async (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/documents', 303)
  ]) {
    t.same((await answersOf(handler)).warnings, [`PUT /documents/:id: ${UNGUARDED}`])
    t.equal((await answersOf(handler, { unguarded: 'error' })).responses[0]!.statusCode, 500)
  }
})

t.test('to load the state is no guard of the write', async t => {
  const { warnings } = await answersOf(async ({ precondition }) => { await precondition.load(); return { version: 2, seen: precondition.current } })
  t.same(warnings, [`PUT /documents/:id: ${UNGUARDED}`])
})

t.test('waive takes the reason why, which the decision carries', async t => {
  let decision: Decision | undefined
  await answersOf(async ({ precondition }) => {
    t.equal(precondition.decision.waived, undefined)
    precondition.waive('appends commute')
    decision = precondition.decision
    return { version: 2 }
  })
  t.equal(decision!.waived, 'appends commute')
  for (const reason of [undefined, '', ' ', 7, null]) {
    const { responses: [response] } = await answersOf(async ({ precondition }) => precondition.waive(reason as string))
    t.match(response!.json(), { statusCode: 500, code: 'FST_ETAG_INVALID_OPTION', message: 'waive: it takes the reason why, as a text' })
  }
})
