import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Pool, type PoolClient } from 'pg'
import t from 'tap'
import { temporaryPostgres } from '../temporary-postgres.js'
import { SAFE, UNSAFE, type SqlForm } from './sql-forms.js'
import { waitingForLock } from './waiting.js'

const PAGE = readFileSync(path.join(process.cwd(), 'docs/lost-updates.md'), 'utf8')

/** Writes while another transaction has written the row and not committed yet. Gives the titles that say who won. */
async function race (pool: Pool, { sql, version }: SqlForm): Promise<{ rows: number, title: string }> {
  await pool.query("DELETE FROM documents; INSERT INTO documents VALUES (1, 'first', 1)")
  const { rows: [seen] } = await pool.query<{ version: number, xmin: string, title: string }>('SELECT *, xmin::text FROM documents WHERE id = 1')
  const other: PoolClient = await pool.connect()
  try {
    await other.query('BEGIN')
    await other.query("UPDATE documents SET title = 'by another', version = version + 1 WHERE id = 1 AND version = 1")
    const writing = pool.query(sql, [1, seen![version ?? 'version'], 'mine'])
    await waitingForLock(pool)
    await other.query('COMMIT')
    const { rowCount } = await writing
    const { rows: [row] } = await pool.query<{ title: string }>('SELECT title FROM documents WHERE id = 1')
    return { rows: rowCount!, title: row!.title }
  } finally {
    other.release()
  }
}

t.test('peers 4.9: on a real PostgreSQL, at READ COMMITTED', async t => {
  const { url, stop } = await temporaryPostgres()
  const pool = new Pool({ connectionString: url })
  t.teardown(async () => { await pool.end(); await stop() })
  await pool.query('CREATE TABLE documents (id int PRIMARY KEY, title text, version int NOT NULL)')

  await t.test('a condition on the row that is written, or locked before, lets the second writer miss', async t => {
    for (const form of SAFE) {
      t.same(await race(pool, form), { rows: 0, title: 'by another' }, form.name)
      t.ok(PAGE.includes(form.sql), `docs/lost-updates.md shows ${form.name}`)
    }
  })

  await t.test('a condition on what the statement saw when it began lets it write over the first', async t => {
    for (const form of UNSAFE) {
      t.same(await race(pool, form), { rows: 1, title: 'mine' }, form.name)
      t.ok(PAGE.includes(form.sql), `docs/lost-updates.md shows ${form.name}`)
    }
  })
})
