import t from 'tap'
import Fastify, { type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'
import { DECISIONS } from '../../lib/hooks/announce.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

const guards: Handler = async ({ precondition }) => precondition.guard(async () => ({ version: 4, at: '2026-01-02T03:04:05Z' }))
const writes: Handler = async () => ({ version: 4, at: '2026-01-02T03:04:05Z' })

/** The fields of the answer to a write, with a condition that holds or without one. */
async function fields (handler: Handler, { method = 'PUT' as HTTPMethods, etag = {} as EtagRouteOptions, isConditional = true } = {}): Promise<readonly unknown[]> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', unguarded: 'off' })
  app.route({ method, url: '/', config: { etag: { load: async () => ({ version: 3 }), ...etag } }, handler })
  const { statusCode, headers } = await app.inject({ method: method as 'PUT', url: '/', ...(isConditional && { headers: { 'if-match': '"3"' } }) })
  return [statusCode, headers.etag, headers['last-modified']]
}

t.test('a write is labelled by its row, or by what is sent where nothing is known of it', async t => {
  for (const handler of [guards, writes]) {
    for (const isConditional of [true, false]) {
      t.same(await fields(handler, { isConditional }), [200, '"4"', undefined])
      t.same(await fields(handler, { isConditional, etag: { lastModified: 'at' } }), [200, '"4"', 'Fri, 02 Jan 2026 03:04:05 GMT'])
      t.same(await fields(handler, { isConditional, etag: { answer: false } }), [200, undefined, undefined])
      t.same(await fields(handler, { isConditional, method: 'DELETE' }), [200, undefined, undefined])
      t.same(await fields(handler, { isConditional, method: 'PATCH' }), [200, '"4"', undefined])
    }
  }
})

t.test('what failed after its row was labelled has no label, and what was decided is told', async t => {
  t.same(await fields(async (request, reply) => reply.send({ row: await guards(request, reply), toJSON () { throw new Error('no') } })), [500, undefined, undefined])
  t.same(await fields(async (_request, reply) => reply.send({ version: 4, toJSON () { throw new Error('no') } }), { isConditional: false }), [500, undefined, undefined])
  const told: unknown[] = []
  const note = (decision: unknown): void => { told.push(decision) }
  DECISIONS.subscribe(note)
  t.same(await fields(guards), [200, '"4"', undefined])
  DECISIONS.unsubscribe(note)
  t.match(told, [{ method: 'PUT', outcome: 'proceed', attempts: 1, loads: 1, guarded: true }])
})
