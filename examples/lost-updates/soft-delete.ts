import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Pool } from 'pg'

interface Note { id: number, text: string, version: number }
interface Params { id: number }

/** Notes that are marked as deleted, and can come back under a version that they never had before. */
export function addNotes (app: FastifyInstance, pool: Pool): void {
  const one = async (sql: string, values: unknown[]): Promise<Note | null> => (await pool.query<Note>(sql, values)).rows[0] ?? null
  const find = (deleted: boolean) => (request: FastifyRequest<{ Params: Params }>) =>
    one(`SELECT id, text, version FROM notes WHERE id = $1 AND deleted_at IS ${deleted ? 'NOT ' : ''}NULL`, [request.params.id])
  const note = defineEtag({ source: 'version', create: 'never', load: find(false) })
  const deleted = defineEtag({ source: 'version', create: 'never', load: find(true) })

  app.get<{ Params: Params }>('/notes/:id', { config: { etag: note } }, request => note.of(request).load())

  app.delete<{ Params: Params }>('/notes/:id', { config: { etag: note } }, async (request, reply) => {
    await note.of(request).guard(({ version }) => one(
      'UPDATE notes SET deleted_at = now(), version = version + 1 WHERE id = $1 AND version = $2 AND deleted_at IS NULL RETURNING *',
      [request.params.id, version]))
    return reply.code(204).send()
  })

  app.post<{ Params: Params }>('/notes/:id/restore', { config: { etag: deleted } }, request =>
    deleted.of(request).guard(({ version }) => one(
      'UPDATE notes SET deleted_at = NULL, version = version + 1 WHERE id = $1 AND version = $2 AND deleted_at IS NOT NULL RETURNING id, text, version',
      [request.params.id, version])))
}
