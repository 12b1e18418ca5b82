import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { model, Schema } from 'mongoose'

interface Page { _id: string, title: string, version: number }
export const Pages = model('Page', new Schema<Page>({
  _id: { type: String, required: true },
  title: { type: String, required: true, unique: true }
}, { versionKey: 'version' }))
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

/** Pages in MongoDB by Mongoose. Returns what names and loads a page, for other routes of pages. */
export function addPages (app: FastifyInstance) {
  const page = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<Params>) => Pages.findById(request.params.id).lean().exec()
  })
  const config = { etag: page }

  app.get<Params>('/pages/:id', { config }, request => page.of(request).load())

  app.put<Write>('/pages/:id', { config }, request => {
    const { params: { id }, body: { title } } = request
    return page.of(request).guard(
      ({ version }) => Pages.findOneAndUpdate({ _id: id, version }, { $set: { title }, $inc: { version: 1 } }, { returnDocument: 'after' }).lean().exec(),
      { create: () => Pages.create({ _id: id, title }) })
  })

  app.delete<Params>('/pages/:id', { config }, async (request, reply) => {
    await page.of(request).guard(({ version }) => Pages.findOneAndDelete({ _id: request.params.id, version }).lean().exec())
    return reply.code(204).send()
  })

  return page
}
