import type { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'

interface Page { id: string, title: string, version: number }
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in SQLite by node:sqlite. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, db: DatabaseSync) {
  const one = async (sql: string, ...values: Array<string | number>) => (db.prepare(sql).get(...values) ?? null) as Page | null
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => one('SELECT * FROM pages WHERE id = ?', request.params.id)
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => one('UPDATE pages SET title = ?, version = version + 1 WHERE id = ? AND version = ? RETURNING *', title, id, version),
      { create: () => one('INSERT INTO pages (id, title) VALUES (?, ?) RETURNING *', id, title) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    await page.of(request).guard(({ version }) => one('DELETE FROM pages WHERE id = ? AND version = ? RETURNING *', request.params.id, version))
    return reply.code(204).send()
  })

  return page
}
