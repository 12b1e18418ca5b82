import type { Pool, PoolClient } from 'pg'

/** Runs the work in one transaction, which is rolled back when the work throws or gives `null`. */
export async function inTransaction<Result> (pool: Pool, work: (client: PoolClient) => Promise<Result | null>): Promise<Result | null> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query(result === null ? 'ROLLBACK' : 'COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
