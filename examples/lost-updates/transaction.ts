import type { Pool, PoolClient } from 'pg'

/** Commits what the work returns, and takes everything back where it returns `null` or fails. */
export async function transaction<Result> (pool: Pool, work: (client: PoolClient) => Promise<Result | null>): Promise<Result | null> {
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
