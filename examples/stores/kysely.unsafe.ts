import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import type { addPages, Database } from './kysely.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version in a transaction, but at READ COMMITTED and ahead of the statement: with forUpdate() it would be safe. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, db: Kysely<Database>): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(({ version }) =>
    db.transaction().execute(async transaction => {
      const { params: { id }, body: { title } } = request
      const found = await transaction.selectFrom('pages').select('version').where('id', '=', id).executeTakeFirst()
      if (found?.version !== version) return null
      return transaction.updateTable('pages').set({ title, version: version + 1 }).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
    })))
}
