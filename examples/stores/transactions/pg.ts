import { Pool, type PoolClient } from 'pg'
import type { Transactions } from './transactions.js'

export async function openPg (url: string): Promise<Transactions> {
  const pool = new Pool({ connectionString: url })
  return {
    writeAndCount: (id, title, version, meanwhile) => inTransaction(pool, async client => {
      const { rows: [row] } = await client.query(
        'UPDATE pages SET title = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING *', [id, version, title])
      if (row === undefined) return null
      await meanwhile()
      await client.query('UPDATE tally SET writes = writes + 1')
      return row
    }),
    // what pg answers, with its count of rows
    writeNowhere: () => pool.query("UPDATE nowhere SET title = ''"),
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
