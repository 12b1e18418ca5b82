import type { FastifyInstance } from 'fastify'
import type { DataSource } from 'typeorm'
import { pageSchema, type addPages } from './typeorm.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Asks for an optimistic lock, which is looked at when the row is read: save() compares no version. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, dataSource: DataSource): void {
  const pages = dataSource.getRepository(pageSchema)
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const row = await pages.findOneOrFail({ where: { id: request.params.id }, lock: { mode: 'optimistic', version } })
    return pages.save({ ...row, title: request.body.title })
  }))
}
