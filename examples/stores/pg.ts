import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Pool } from 'pg'

interface Page { id: string, title: string, version: number }
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by pg. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, pool: Pool) {
  const one = async (sql: string, values: unknown[]): Promise<Page | null> => (await pool.query<Page>(sql, values)).rows[0] ?? null
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => one('SELECT * FROM pages WHERE id = $1', [request.params.id])
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => one('UPDATE pages SET title = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING *', [id, version, title]),
      { create: () => one('INSERT INTO pages (id, title) VALUES ($1, $2) RETURNING *', [id, title]) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result counts rows
    await page.of(request).guard(({ version }) =>
      pool.query('DELETE FROM pages WHERE id = $1 AND version = $2', [request.params.id, version]))
    return reply.code(204).send()
  })

  return page
}
