import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { PrismaClient } from './prisma/client/client.js'

type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in PostgreSQL by Prisma. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance, prisma: PrismaClient) {
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => prisma.page.findUnique({ where: { id: request.params.id } })
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => prisma.page.update({ where: { id, version }, data: { title, version: { increment: 1 } } }),
      { create: () => prisma.page.create({ data: { id, title } }) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    await page.of(request).guard(({ version }) => prisma.page.delete({ where: { id: request.params.id, version } }))
    return reply.code(204).send()
  })

  return page
}
