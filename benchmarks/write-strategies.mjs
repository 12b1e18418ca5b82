// In which ways can a conditional PUT be written? Each as a route of its own over a table of its own, with the same statements.

import { defineEtag } from '../dist/index.js'
import { isCurrent, refuseMissed, refuseMissing, refuseStale, send, versionIn } from './by-hand.mjs'

const schema = {
  params: { type: 'object', properties: { id: { type: 'integer' } } },
  body: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
  response: { 200: { type: 'object', properties: { id: { type: 'integer' }, title: { type: 'string' }, version: { type: 'integer' } } } }
}

/** The statement compares the version again: what somebody writes who has no plugin. */
const byHand = (pool, { find, update }) => ({
  handler: async ({ headers, params: { id }, body }, reply) => {
    const row = await find(pool, id)
    if (row === null) return refuseMissing(reply)
    if (!isCurrent({ headers }, row)) return refuseStale(reply, row)
    const written = await update(pool, id, row.version, body.title)
    return written === null ? refuseMissed(reply, () => find(pool, id)) : send(reply, written)
  }
})

function guard (pool, { find, update }) {
  const document = defineEtag({ source: 'version', create: 'never', load: ({ params: { id } }) => find(pool, id) })
  return {
    config: { etag: document },
    handler: request => document.of(request).guard(({ version }) => update(pool, request.params.id, version, request.body.title))
  }
}

/** The plugin leaves it to the statement to compare the version, and looks at the row only where that touches none. */
function guardAtOnce (pool, { find, update }) {
  const document = defineEtag({ source: 'version', create: 'never', load: ({ params: { id } }) => find(pool, id), parseVersion: Number })
  return {
    config: { etag: document },
    handler: document.guarded((request, { version }) => update(pool, request.params.id, version, request.body.title))
  }
}

/** The row is looked at only where the statement touches none. */
const oneStatement = (pool, { find, update }) => ({
  handler: async ({ headers, params: { id }, body }, reply) => {
    const written = await update(pool, id, versionIn(headers['if-match']), body.title)
    return written === null ? refuseMissed(reply, () => find(pool, id)) : send(reply, written)
  }
})

const inTransaction = (read, write) => (pool, statements) => ({
  handler: async ({ headers, params: { id }, body }, reply) => {
    const client = await pool.connect()
    try {
      await statements.begin(client)
      const row = await statements[read](client, id)
      if (row === null || !isCurrent({ headers }, row)) {
        await statements.rollback(client)
        return row === null ? refuseMissing(reply) : refuseStale(reply, row)
      }
      const written = await statements[write](client, id, row.version, body.title)
      await statements.commit(client)
      return send(reply, written)
    } finally {
      client.release()
    }
  }
})

const checkThenWrite = (pool, { find, overwrite }) => ({
  handler: async ({ headers, params: { id }, body }, reply) => {
    const row = await find(pool, id)
    if (row === null) return refuseMissing(reply)
    if (!isCurrent({ headers }, row)) return refuseStale(reply, row)
    return send(reply, await overwrite(pool, id, row.version, body.title))
  }
})

/** The first is what all others are compared with, and the second tells how much of a difference is noise. */
export const STRATEGIES = {
  by_hand: { title: 'the same statements by hand', declare: byHand, isSafe: true },
  by_hand_again: { title: 'the same again', declare: byHand, isSafe: true },
  guard: { title: '`guard`', declare: guard, isSafe: true },
  guard_at_once: { title: '`guarded` with `parseVersion`', declare: guardAtOnce, isSafe: true },
  for_update: { title: '`BEGIN`, `SELECT … FOR UPDATE`, compare, `UPDATE`, `COMMIT`', declare: inTransaction('lock', 'overwrite'), isSafe: true },
  one_statement: { title: '`UPDATE … WHERE version` at once, by hand', declare: oneStatement, isSafe: true },
  in_transaction: { title: '`BEGIN`, `SELECT`, compare, `UPDATE`, `COMMIT`', declare: inTransaction('find', 'overwrite'), isSafe: false },
  check_then_write: { title: '`SELECT`, compare, `UPDATE`', declare: checkThenWrite, isSafe: false }
}

/** Adds a strategy as PUT /name/:id. */
export function addStrategy (app, name, pool, statements) {
  app.put(`/${name}/:id`, { schema, ...STRATEGIES[name].declare(pool, statements) })
}
