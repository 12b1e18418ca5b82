import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Generated, Kysely } from 'kysely'

export interface Database {
  pages: { id: string, title: string, version: Generated<number> }
}
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by Kysely. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, db: Kysely<Database>) {
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => db.selectFrom('pages').selectAll().where('id', '=', request.params.id).executeTakeFirst()
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(async ({ version }) => {
      const row = await db.updateTable('pages')
        .set(eb => ({ title, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .where('version', '=', version)
        .returningAll()
        .executeTakeFirst()
      return row ?? null
    }, { create: () => db.insertInto('pages').values({ id, title }).returningAll().executeTakeFirstOrThrow() })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result counts rows
    await page.of(request).guard(({ version }) =>
      db.deleteFrom('pages').where('id', '=', request.params.id).where('version', '=', version).executeTakeFirst())
    return reply.code(204).send()
  })

  return page
}
