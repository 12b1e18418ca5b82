import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Pool } from 'pg'
import { transaction } from './transaction.js'

interface Order { id: number, version: number, lines: string[] }
interface Params { id: number }

/** Orders whose lines are rows of their own: each write of a line moves the version of its order. */
export function addOrders (app: FastifyInstance, pool: Pool): void {
  const order = defineEtag({
    source: 'version',
    create: 'never',
    load: async (request: FastifyRequest<{ Params: Params }>): Promise<Order | null> => {
      // one statement, so that version and lines are of one moment
      const { rows: [row] } = await pool.query(`SELECT orders.*, array(
        SELECT text FROM order_lines WHERE order_id = orders.id ORDER BY position) AS lines FROM orders WHERE id = $1`, [request.params.id])
      return row ?? null
    }
  })

  app.get<{ Params: Params }>('/orders/:id', { config: { etag: order } }, request => order.of(request).load())

  app.put<{ Params: Params, Body: string[] }>('/orders/:id/lines', { config: { etag: order } }, request =>
    order.of(request).guard(({ version }) => transaction(pool, async client => {
      // the order first: from here on its row is locked, and who holds an old version misses before anything is written
      const { rows: [row] } = await client.query<Order>(
        'UPDATE orders SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING *', [request.params.id, version])
      if (row === undefined) return null
      await client.query('DELETE FROM order_lines WHERE order_id = $1', [row.id])
      await client.query('INSERT INTO order_lines SELECT $1, position, text FROM unnest($2::text[]) WITH ORDINALITY AS line (text, position)',
        [row.id, request.body])
      return { ...row, lines: request.body }
    })))
}
