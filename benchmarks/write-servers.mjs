// Who replaces a document, and who compares versions before? Servers of PUT /:id over a store in memory.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'

const rows = new Map(Array.from({ length: 16 }, (_, id) => [String(id), { id: String(id), version: 1 }]))

const find = id => rows.get(id)

/** Writes a row, and where a version is given, only over this one. */
function update (id, { items }, version) {
  const row = rows.get(id)
  if (version !== undefined && row.version !== version) return null
  const written = { id, version: row.version + 1, items }
  rows.set(id, written)
  return written
}

/** A server of one route. Every handler is async, and answers 204 without a body. */
async function start (options, handler, register) {
  const app = Fastify()
  await register?.(app)
  app.put('/:id', options, handler)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}

const plain = () => start({}, async ({ params, body }, reply) => {
  update(params.id, body)
  reply.code(204)
})

const ours = (etag, handler) => start(
  { config: { etag: { load: ({ params }) => find(params.id), policy: 'REQUIRED', ...etag } } },
  handler,
  app => app.register(etagPlugin, { source: 'version' })
)

async function guarded (request, reply) {
  const { params, body, precondition } = request
  await precondition.guard(({ version }) => update(params.id, body, version))
  reply.code(204)
}

async function expecting (request, reply) {
  const { params, body, precondition } = request
  const written = update(params.id, body, precondition.expected.version)
  if (written === null) throw await precondition.failed()
  reply.validators(written).code(204)
}

const tagOf = ({ version }) => `"${version}"`

// as long as the one of this plugin
const PROBLEM = JSON.stringify({ type: 'about:blank', title: 'Precondition Failed', status: 412, detail: 'x'.repeat(310) })

function compareByHand (request, reply, done) {
  const tag = tagOf(find(request.params.id))
  if (request.headers['if-match'] === tag) return done()
  reply.code(412).header('etag', tag).type('application/problem+json').send(PROBLEM)
}

const byHand = () => start({ preHandler: compareByHand }, async ({ params, body }, reply) => {
  reply.header('etag', tagOf(update(params.id, body))).code(204)
})

/** Each with what it is sent in If-Match, the current tag, an old one or nothing, and the status that it answers with. */
export const SERVERS = {
  'plain PUT': { sends: 'current', status: 204, start: plain },
  'plain PUT again (noise)': { sends: 'current', status: 204, start: plain },
  'compared by hand': { sends: 'current', status: 204, start: byHand },
  'this plugin, guard': { sends: 'current', status: 204, start: () => ours({}, guarded) },
  'this plugin, expected': { sends: 'current', status: 204, start: () => ours({}, expecting) },
  'refused by hand in a preHandler': { sends: 'old', status: 412, start: byHand },
  'this plugin, refused in the preHandler': { sends: 'old', status: 412, start: () => ours({}, guarded) },
  'this plugin, refused in onRequest': { sends: 'old', status: 412, start: () => ours({ at: 'onRequest' }, guarded) },
  'this plugin, without If-Match': { sends: 'nothing', status: 428, start: () => ours({}, guarded) }
}
