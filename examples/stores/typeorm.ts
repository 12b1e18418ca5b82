import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { EntitySchema, type DataSource } from 'typeorm'

interface Page { id: string, title: string, version: number }
export const pageSchema = new EntitySchema<Page>({
  name: 'pages',
  columns: {
    id: { type: 'text', primary: true },
    title: { type: 'text', unique: true },
    version: { type: 'int', version: true }
  }
})
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by TypeORM. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, dataSource: DataSource) {
  const pages = dataSource.getRepository(pageSchema)
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => pages.findOneBy({ id: request.params.id })
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(async ({ version }): Promise<Page | null> => {
      // update moves the version by itself, and compares it only because it is named here
      const { raw: [row] } = await pages.update({ id, version }, { title }, { returning: '*' })
      return row ?? null
    }, {
      create: async () => {
        const row = pages.create({ id, title })
        await pages.insert(row)
        return row
      }
    })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    // the result counts rows
    await page.of(request).guard(({ version }) => pages.delete({ id: request.params.id, version }))
    return reply.code(204).send()
  })

  return page
}
