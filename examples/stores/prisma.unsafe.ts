import type { FastifyInstance } from 'fastify'
import type { addPages } from './prisma.js'
import type { PrismaClient } from './prisma/client/client.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version in a transaction, but at READ COMMITTED and ahead of the update: at Serializable it would be safe. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, prisma: PrismaClient): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(({ version }) =>
    prisma.$transaction(async transaction => {
      const { params: { id }, body: { title } } = request
      const found = await transaction.page.findUnique({ where: { id } })
      if (found?.version !== version) return null
      return transaction.page.update({ where: { id }, data: { title, version: { increment: 1 } } })
    })))
}
