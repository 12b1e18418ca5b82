import type { FastifyInstance } from 'fastify'
import { Page, type addPages } from './sequelize.js'

type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Trusts in the version of the model, which Model.update() does not move, and for which destroy() says nothing of a miss. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>): void {
  const config = { etag: page }
  app.put<Write>('/unsafe/:id', { config }, request => page.of(request).guard(async ({ version }) => {
    const { params: { id }, body: { title } } = request
    const [, [row]] = await Page.update({ title }, { where: { id, version }, returning: true })
    return row ?? null
  }))

  app.delete<Params>('/unsafe/:id', { config }, async (request, reply) => {
    await page.of(request).guard(async ({ current }) => {
      await current.destroy()
      return current
    })
    return reply.code(204).send()
  })
}
