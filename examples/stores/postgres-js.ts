import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Sql } from 'postgres'

interface Page { id: string, title: string, version: number }
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by postgres.js. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, sql: Sql) {
  const first = async (rows: Promise<Page[]>): Promise<Page | null> => (await rows)[0] ?? null
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => first(sql`SELECT * FROM pages WHERE id = ${request.params.id}`)
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => first(sql`UPDATE pages SET title = ${title}, version = version + 1 WHERE id = ${id} AND version = ${version} RETURNING *`),
      { create: () => first(sql`INSERT INTO pages (id, title) VALUES (${id}, ${title}) RETURNING *`) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the list of rows is empty where none was removed
    await page.of(request).guard(({ version }) =>
      sql`DELETE FROM pages WHERE id = ${request.params.id} AND version = ${version} RETURNING id`)
    return reply.code(204).send()
  })

  return page
}
