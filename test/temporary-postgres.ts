import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { startPostgres, type RunningPostgres } from '../examples/documents/postgres.js'

/** Starts a new PostgreSQL that leaves nothing behind when it is stopped. */
export async function temporaryPostgres (): Promise<RunningPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'etag-postgres-'))
  // for root, PostgreSQL runs as a user who must be let in
  await chmod(folder, 0o755)
  const { url, stop } = await startPostgres(path.join(folder, 'data')).catch(async error => {
    await remove(folder)
    throw error
  })
  return {
    url,
    stop: async () => {
      const place = await leave(url)
      await stop()
      await remove(folder)
      // where that user may not enter the project, the data stand elsewhere
      await remove(path.dirname(place))
    }
  }
}

const SECOND = 1000

/** Waits until those who ended their connections have left, who would take the end of the server for an error. Tells where the data stand. */
async function leave (url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const last = Date.now() + 5 * SECOND
  let others: number
  do {
    const { rows: [row] } = await client.query("SELECT count(*)::int AS others FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
    others = row.others
  } while (others > 0 && Date.now() < last)
  const { rows: [{ place }] } = await client.query("SELECT current_setting('data_directory') AS place")
  await client.end()
  return place
}

function remove (folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
