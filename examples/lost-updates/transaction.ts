import type { Pool, PoolClient } from 'pg'

/** Commits what the work returns, and takes everything back where it returns `null` or fails. */
export async function transaction<Result> (pool: Pool, work: (client: PoolClient) => Promise<Result | null>): Promise<Result | null> {
  const client = await pool.connect()
  let broken: Error | undefined
  // a connection that breaks while it is in use tells nobody else
  client.on('error', noteBroken)
  function noteBroken (error: Error): void { broken = error }

  try {
    await client.query('BEGIN')
    const result = await work(client)
    const { command } = await client.query(result === null ? 'ROLLBACK' : 'COMMIT')
    // PostgreSQL answers a COMMIT by ROLLBACK where a statement failed and nobody said so
    if (result !== null && command !== 'COMMIT') throw new Error('The transaction was rolled back')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(noteBroken)
    throw error
  } finally {
    client.off('error', noteBroken)
    client.release(broken)
  }
}
