// How many statements does a request send to the database, with the plugin and by hand? Counted where they are sent, over HTTP.

import Fastify from 'fastify'
import pg from 'pg'
import etagPlugin, { defineEtag } from '../dist/index.js'
import { isCurrent, refuseMissed, refuseMissing, refuseStale, send, tagOf, versionIn } from './by-hand.mjs'
import { openConnection, requestOf } from './keep-alive.mjs'
import { statementsOf, tableOf } from './statements.mjs'
import { printTable } from './tables.mjs'

const TABLE = 'counted'
const CURRENT = { 'if-match': '"1"' }
const STALE = { 'if-match': '"0"' }
const BODY = '{"title":"Another one"}'

/** What is asked, of which route, with which answer. */
const PATHS = [
  ['GET, no condition', 'GET', '', {}, 200],
  ['GET, If-None-Match with the current tag', 'GET', '', { 'if-none-match': '"1"' }, 304],
  ['GET, If-None-Match with an old tag', 'GET', '', { 'if-none-match': '"0"' }, 200],
  ['PUT without `guard`, no condition', 'PUT', '/unguarded', {}, 200],
  ['PUT with `guard`, If-Match with the current tag', 'PUT', '', CURRENT, 200],
  ['PUT with `guard`, If-Match with an old tag', 'PUT', '', STALE, 412],
  ['PUT with `guarded` and `parseVersion`, If-Match with the current tag', 'PUT', '/parsed', CURRENT, 200],
  ['PUT with `guarded` and `parseVersion`, If-Match with an old tag', 'PUT', '/parsed', STALE, 412],
  ['PUT with `guard`, no condition', 'PUT', '', {}, 200],
  ['PUT with `guard`, nothing there', 'PUT', '', CURRENT, 404, 2],
  ['DELETE with `guard`, If-Match with the current tag', 'DELETE', '', CURRENT, 204],
  ['DELETE with `guard`, If-Match with an old tag', 'DELETE', '', STALE, 412],
  ['DELETE with `guard`, no condition', 'DELETE', '', {}, 204]
]

/** Asks each path of both servers, and prints what was sent to the database. */
export async function countStatements ({ url, pool }) {
  const servers = [await startServer(url, addRoutes, { create: 'never', source: 'version' }), await startServer(url, addRoutesByHand)]
  const lines = []
  for (const [title, method, below, fields, expected, id = 1] of PATHS) {
    const cells = []
    for (const server of servers) {
      await pool.query(tableOf(TABLE, 1))
      server.sent.length = 0
      const { status } = await server.connection.ask(requestOf({ method, url: `/documents/${id}${below}`, fields, body: method === 'PUT' ? BODY : undefined }))
      if (status !== expected) throw new Error(`${title} is answered by ${status}`)
      cells.push(`${server.sent.length}: ${server.sent.join(', ')}`)
    }
    lines.push([title, expected, ...cells])
  }
  for (const server of servers) await server.stop()
  printTable('Statements a request', ['request', 'answer', 'this plugin', 'by hand'], lines)
}

function addRoutes (app, pool, { find, update, replace, remove }) {
  const document = defineEtag({ source: 'version', create: 'never', load: ({ params: { id } }) => find(pool, id) })
  const config = { etag: document }
  app.get('/documents/:id', { config }, request => document.of(request).load())
  app.put('/documents/:id', { config }, request =>
    document.of(request).guard(({ version }) => update(pool, request.params.id, version, request.body.title)))
  const parsed = defineEtag({ ...document, parseVersion: Number })
  app.put('/documents/:id/parsed', { config: { etag: parsed } }, parsed.guarded((request, { version }) => update(pool, request.params.id, version, request.body.title)))
  app.put('/documents/:id/unguarded', { config }, request => replace(pool, request.params.id, request.body.title))
  app.delete('/documents/:id', { config }, async (request, reply) => {
    await document.of(request).guard(({ version }) => remove(pool, request.params.id, version))
    return reply.code(204).send()
  })
}

function addRoutesByHand (app, pool, { find, update, replace, remove, discard }) {
  app.get('/documents/:id', async ({ headers, params: { id } }, reply) => {
    const row = await find(pool, id)
    if (row === null) return refuseMissing(reply)
    return headers['if-none-match'] === tagOf(row) ? reply.code(304).header('etag', tagOf(row)).send() : send(reply, row)
  })
  app.put('/documents/:id', (request, reply) => write(request, reply, {
    always: id => replace(pool, id, request.body.title),
    onlyIf: (id, version) => update(pool, id, version, request.body.title)
  }))
  app.put('/documents/:id/parsed', async ({ headers, params: { id }, body: { title } }, reply) => {
    const written = await update(pool, id, versionIn(headers['if-match']), title)
    return written === null ? refuseMissed(reply, () => find(pool, id)) : send(reply, written)
  })
  app.put('/documents/:id/unguarded', ({ params: { id }, body: { title } }) => replace(pool, id, title))
  app.delete('/documents/:id', (request, reply) => write(request, reply, {
    always: id => discard(pool, id),
    onlyIf: (id, version) => remove(pool, id, version)
  }))

  async function write (request, reply, { always, onlyIf }) {
    const { method, headers, params: { id } } = request
    let written
    if (headers['if-match'] === undefined) {
      written = await always(id)
      if (written === null) return refuseMissing(reply)
    } else {
      const row = await find(pool, id)
      if (row === null) return refuseMissing(reply)
      if (!isCurrent(request, row)) return refuseStale(reply, row)
      written = await onlyIf(id, row.version)
      if (written === null) return refuseMissed(reply, () => find(pool, id))
    }
    return method === 'DELETE' ? reply.code(204).send() : send(reply, written)
  }
}

async function startServer (url, declare, options = undefined) {
  const pool = new pg.Pool({ connectionString: url })
  const statements = statementsOf(TABLE)
  const app = Fastify()
  if (options !== undefined) await app.register(etagPlugin, options)
  declare(app, pool, statements)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const connection = await openConnection(app.server.address().port)
  return {
    sent: statements.sent,
    connection,
    async stop () {
      connection.close()
      await app.close()
      await pool.end()
    }
  }
}
