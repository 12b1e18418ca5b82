import { and, eq, exists, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { alias } from 'drizzle-orm/pg-core'
import type { FastifyInstance } from 'fastify'
import { pages, type addPages } from './drizzle.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version in EXISTS, which another writer's commit does not make run again. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, db: NodePgDatabase): void {
  const checked = alias(pages, 'checked')
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const { params: { id }, body: { title } } = request
    const [row] = await db.update(pages)
      .set({ title, version: sql`${pages.version} + 1` })
      .where(and(eq(pages.id, id), exists(db.select().from(checked).where(and(eq(checked.id, id), eq(checked.version, version))))))
      .returning()
    return row ?? null
  }))
}
