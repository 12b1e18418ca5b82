import { Kysely, PostgresDialect, type Generated, type UpdateResult } from 'kysely'
import { Pool } from 'pg'
import type { PageBody, Store } from './store.js'

interface Database {
  kysely_page: { id: string, slug: string, text: string, version: Generated<number> }
  kysely_tally: { id: number, writes: number }
  kysely_nowhere: { text: string }
}

export async function openKysely (url: string): Promise<Store> {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) })

  // a result that counts rows; executeTakeFirstOrThrow would throw for none only with returning
  const update = (on: Kysely<Database>, id: string, body: PageBody, version: number): Promise<UpdateResult> => on.updateTable('kysely_page')
    .set(eb => ({ ...body, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()

  return {
    find: id => db.selectFrom('kysely_page').selectAll().where('id', '=', id).executeTakeFirst(),
    update: (id, body, version) => update(db, id, body, version),
    create: (id, body) => db.insertInto('kysely_page').values({ id, ...body }).returningAll().executeTakeFirstOrThrow(),
    updateAndCount: (id, body, version, meanwhile) => db.transaction().setIsolationLevel('repeatable read').execute(async transaction => {
      const result = await update(transaction, id, body, version)
      if (result.numUpdatedRows === 0n) return null
      await meanwhile()
      await transaction.updateTable('kysely_tally').set(eb => ({ writes: eb('writes', '+', 1) })).where('id', '=', 1).executeTakeFirst()
      return result
    }),
    updateNowhere: () => db.updateTable('kysely_nowhere').set({ text: '' }).executeTakeFirst(),
    close: () => db.destroy()
  }
}
