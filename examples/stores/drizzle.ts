import { and, eq, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'

export const pages = pgTable('pages', {
  id: text().primaryKey(),
  title: text().notNull().unique(),
  version: integer().notNull().default(1)
})
type Page = typeof pages.$inferSelect
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by Drizzle. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, db: NodePgDatabase) {
  const first = async (rows: PromiseLike<Page[]>): Promise<Page | null> => (await rows)[0] ?? null
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => first(db.select().from(pages).where(eq(pages.id, request.params.id)))
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => first(db.update(pages)
        .set({ title, version: sql`${pages.version} + 1` })
        .where(and(eq(pages.id, id), eq(pages.version, version)))
        .returning()),
      { create: () => first(db.insert(pages).values({ id, title }).returning()) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the list of rows is empty where none was removed
    await page.of(request).guard(({ version }) =>
      db.delete(pages).where(and(eq(pages.id, request.params.id), eq(pages.version, version))).returning())
    return reply.code(204).send()
  })

  return page
}
