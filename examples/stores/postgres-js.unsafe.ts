import type { FastifyInstance } from 'fastify'
import type { Sql } from 'postgres'
import type { addPages } from './postgres-js.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version in a CTE that does not lock: with FOR UPDATE it would be safe. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, sql: Sql): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const [row] = await sql`
      WITH checked AS (SELECT id FROM pages WHERE id = ${request.params.id} AND version = ${version})
      UPDATE pages SET title = ${request.body.title}, version = version + 1 FROM checked WHERE pages.id = checked.id RETURNING pages.*`
    return row ?? null
  }))
}
