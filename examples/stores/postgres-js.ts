import postgres from 'postgres'
import type { Page, Store } from './store.js'

export async function openPostgresJs (url: string): Promise<Store> {
  const sql = postgres(url, { onnotice: () => {} })

  const update = (db: postgres.ISql, id: string, slug: string, text: string, version: number): Promise<Page[]> => db<Page[]>`
    UPDATE postgresjs_page SET slug = ${slug}, text = ${text}, version = version + 1 WHERE id = ${id} AND version = ${version} RETURNING *`

  return {
    async find (id) {
      const [page] = await sql<Page[]>`SELECT * FROM postgresjs_page WHERE id = ${id}`
      return page
    },
    // the list of rows, which is empty where the version is another one
    update: (id, { slug, text }, version) => update(sql, id, slug, text, version),
    create: (id, { slug, text }) => sql<Page[]>`INSERT INTO postgresjs_page ${sql({ id, slug, text })} RETURNING *`,
    updateAndCount: (id, { slug, text }, version, meanwhile) => sql.begin('ISOLATION LEVEL REPEATABLE READ', async transaction => {
      const [page] = await update(transaction, id, slug, text, version)
      if (page === undefined) return null
      await meanwhile()
      await transaction`UPDATE postgresjs_tally SET writes = writes + 1 WHERE id = 1`
      return page
    }),
    updateNowhere: () => sql`UPDATE postgresjs_nowhere SET text = ''`,
    close: () => sql.end()
  }
}
