import { Kysely, PostgresDialect, type Generated } from 'kysely'
import { Pool } from 'pg'
import type { Database } from '../kysely.js'
import type { Transactions } from './transactions.js'

interface Counted extends Database {
  tally: { writes: Generated<number> }
  nowhere: { title: string }
}

export async function openKysely (url: string): Promise<Transactions> {
  const db = new Kysely<Counted>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) })
  return {
    writeAndCount: (id, title, version, meanwhile) => db.transaction().setIsolationLevel('repeatable read').execute(async transaction => {
      const result = await transaction.updateTable('pages')
        .set(eb => ({ title, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst()
      // executeTakeFirstOrThrow would throw for none only with returning
      if (result.numUpdatedRows === 0n) return null
      await meanwhile()
      await transaction.updateTable('tally').set(eb => ({ writes: eb('writes', '+', 1) })).executeTakeFirst()
      return result
    }),
    writeNowhere: () => db.updateTable('nowhere').set({ title: '' }).executeTakeFirst(),
    close: () => db.destroy()
  }
}
