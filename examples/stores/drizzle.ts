import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import type { PageBody, Store } from './store.js'

const pages = pgTable('drizzle_page', {
  id: text().primaryKey(),
  slug: text().notNull().unique(),
  text: text().notNull(),
  version: integer().notNull().default(1)
})
const tally = pgTable('drizzle_tally', { id: integer().primaryKey(), writes: integer().notNull() })
const nowhere = pgTable('drizzle_nowhere', { text: text() })

export async function openDrizzle (url: string): Promise<Store> {
  const pool = new Pool({ connectionString: url })
  const db = drizzle(pool)

  const update = (on: Pick<typeof db, 'update'>, id: string, body: PageBody, version: number) => on.update(pages)
    .set({ ...body, version: sql`${pages.version} + 1` })
    .where(and(eq(pages.id, id), eq(pages.version, version)))
    .returning()

  return {
    async find (id) {
      const [page] = await db.select().from(pages).where(eq(pages.id, id))
      return page
    },
    async update (id, body, version) {
      const [page] = await update(db, id, body, version)
      return page ?? null
    },
    async create (id, body) {
      const [page] = await db.insert(pages).values({ id, ...body }).returning()
      return page ?? null
    },
    updateAndCount: (id, body, version, meanwhile) => db.transaction(async transaction => {
      const [page] = await update(transaction, id, body, version)
      if (page === undefined) return null
      await meanwhile()
      await transaction.update(tally).set({ writes: sql`${tally.writes} + 1` }).where(eq(tally.id, 1))
      return page
    }, { isolationLevel: 'repeatable read' }),
    updateNowhere: () => db.update(nowhere).set({ text: '' }),
    close: () => pool.end()
  }
}
