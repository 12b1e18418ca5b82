import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import { pages } from '../drizzle.js'
import type { Transactions } from './transactions.js'

const tally = pgTable('tally', { writes: integer().notNull() })
const nowhere = pgTable('nowhere', { title: text() })

export async function openDrizzle (url: string): Promise<Transactions> {
  const pool = new Pool({ connectionString: url })
  const db = drizzle(pool)
  return {
    writeAndCount: (id, title, version, meanwhile) => db.transaction(async transaction => {
      const [row] = await transaction.update(pages)
        .set({ title, version: sql`${pages.version} + 1` })
        .where(and(eq(pages.id, id), eq(pages.version, version)))
        .returning()
      if (row === undefined) return null
      await meanwhile()
      await transaction.update(tally).set({ writes: sql`${tally.writes} + 1` })
      return row
    }, { isolationLevel: 'repeatable read' }),
    writeNowhere: () => db.update(nowhere).set({ title: '' }),
    close: () => pool.end()
  }
}
