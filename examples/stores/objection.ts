import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Knex } from 'knex'
import { Model, raw } from 'objection'

export class Page extends Model {
  static override tableName = 'pages'
  declare id: string
  declare title: string
  declare version: number
}
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by Objection and Knex. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, knex: Knex) {
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => Page.query(knex).findById(request.params.id).execute()
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(async ({ version }) => {
      const row = await Page.query(knex).patch({ title, version: raw('version + 1') }).where({ id, version }).returning('*').first()
      return row ?? null
    }, { create: () => Page.query(knex).insert({ id, title }).returning('*').execute() })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result is a count of rows
    await page.of(request).guard(({ version }) => Page.query(knex).delete().where({ id: request.params.id, version }).execute())
    return reply.code(204).send()
  })

  return page
}
