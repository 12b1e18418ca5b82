import type { MikroORM } from '@mikro-orm/postgresql'
import type { FastifyInstance } from 'fastify'
import type { addPages } from './mikro-orm.js'

type Params = { Params: { id: string } }

/** Removes an entity that has a version, which flush() compares for what it updates and not for what it removes. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, orm: MikroORM): void {
  app.delete<Params>('/unsafe/:id', { config: { etag: page } }, async (request, reply) => {
    await page.of(request).guard(async ({ current }) => {
      await orm.em.fork().remove(current).flush()
      return current
    })
    return reply.code(204).send()
  })
}
