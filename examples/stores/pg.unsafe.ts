import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { addPages } from './pg.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version in a sub-select, which another writer's commit does not make run again. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, pool: Pool): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const { rows: [row] } = await pool.query(`UPDATE pages SET title = $3, version = version + 1
      WHERE id IN (SELECT id FROM pages WHERE id = $1 AND version = $2) RETURNING *`, [request.params.id, version, request.body.title])
    return row ?? null
  }))
}
