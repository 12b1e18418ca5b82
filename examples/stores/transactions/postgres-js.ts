import postgres from 'postgres'
import type { Transactions } from './transactions.js'

export async function openPostgresJs (url: string): Promise<Transactions> {
  const sql = postgres(url)
  return {
    writeAndCount: (id, title, version, meanwhile) => sql.begin('ISOLATION LEVEL REPEATABLE READ', async transaction => {
      const [row] = await transaction`UPDATE pages SET title = ${title}, version = version + 1 WHERE id = ${id} AND version = ${version} RETURNING *`
      if (row === undefined) return null
      await meanwhile()
      await transaction`UPDATE tally SET writes = writes + 1`
      return row
    }),
    writeNowhere: () => sql`UPDATE nowhere SET title = ''`,
    close: () => sql.end()
  }
}
