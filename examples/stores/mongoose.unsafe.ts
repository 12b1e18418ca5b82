import type { FastifyInstance } from 'fastify'
import { Pages, type addPages } from './mongoose.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Trusts in the version of the model, which save() neither compares nor moves without optimisticConcurrency. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const document = await Pages.findOne({ _id: request.params.id, version })
    if (document === null) return null
    document.title = request.body.title
    return document.save()
  }))
}
