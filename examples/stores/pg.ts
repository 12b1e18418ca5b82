import { Pool, type PoolClient } from 'pg'
import type { Page, PageBody, Store } from './store.js'

const UPDATE = 'UPDATE pg_page SET slug = $2, text = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING *'

export async function openPg (url: string): Promise<Store> {
  const pool = new Pool({ connectionString: url })

  return {
    async find (id) {
      const { rows: [page] } = await pool.query<Page>('SELECT * FROM pg_page WHERE id = $1', [id])
      return page
    },
    async update (id, { slug, text }, version) {
      const { rows: [page] } = await pool.query<Page>(UPDATE, [id, slug, text, version])
      return page ?? null
    },
    async create (id, { slug, text }) {
      const { rows: [page] } = await pool.query<Page>('INSERT INTO pg_page (id, slug, text) VALUES ($1, $2, $3) RETURNING *', [id, slug, text])
      return page ?? null
    },
    updateAndCount: (id, { slug, text }: PageBody, version, meanwhile) => inTransaction(pool, async client => {
      const { rows: [page] } = await client.query<Page>(UPDATE, [id, slug, text, version])
      if (page === undefined) return null
      await meanwhile()
      await client.query('UPDATE pg_tally SET writes = writes + 1 WHERE id = 1')
      return page
    }),
    // what pg answers, with its count of rows
    updateNowhere: () => pool.query('UPDATE pg_nowhere SET text = $1', ['']),
    close: () => pool.end()
  }
}

async function inTransaction<Result> (pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
