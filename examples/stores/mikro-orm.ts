import { EntitySchema, LockMode, OptionalProps, type MikroORM } from '@mikro-orm/postgresql'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'

export class Page {
  [OptionalProps]?: 'version'
  id!: string
  title!: string
  version!: number
}
export const pageSchema = new EntitySchema<Page>({
  class: Page,
  tableName: 'pages',
  properties: {
    id: { type: 'text', primary: true },
    title: { type: 'text', unique: true },
    version: { type: 'integer', version: true }
  }
})
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by MikroORM. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, orm: MikroORM) {
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => orm.em.fork().findOne(Page, request.params.id)
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(async ({ version }) => {
      // an entity manager for each attempt: one that missed would remember the row that it read
      const em = orm.em.fork()
      // findOne compares the version that it reads, and flush the one that it writes over
      const row = await em.findOne(Page, id, { lockMode: LockMode.OPTIMISTIC, lockVersion: version })
      if (row === null) return null
      row.title = title
      await em.flush()
      return row
    }, {
      create: async () => {
        const em = orm.em.fork()
        const row = em.create(Page, { id, title })
        await em.flush()
        return row
      }
    })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result counts rows
    await page.of(request).guard(({ version }) => orm.em.fork().nativeDelete(Page, { id: request.params.id, version }))
    return reply.code(204).send()
  })

  return page
}
