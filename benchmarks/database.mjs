// Where do the benchmarks find a PostgreSQL? That of DATABASE_URL, in a schema of its own, or a new one that leaves nothing behind.

import pg from 'pg'
import { temporaryPostgres } from '../build/test/temporary-postgres.js'

const SCHEMA = `fastify_etag_policy_benchmarks_${process.pid}`

/** Opens it: its url, a pool of one connection, and what ends both. */
export async function openDatabase () {
  const given = process.env.DATABASE_URL
  const { url: found, stop } = given === undefined ? await temporaryPostgres() : { url: given, stop: async () => {} }
  const url = new URL(found)
  url.searchParams.set('options', `-c search_path=${SCHEMA}`)
  const pool = new pg.Pool({ connectionString: url.href, max: 1 })
  // Ctrl-C ends the database too
  pool.on('error', () => {})
  await pool.query(`CREATE SCHEMA ${SCHEMA}`)
  return {
    url: url.href,
    pool,
    async close () {
      try {
        if (given !== undefined) await pool.query(`SET client_min_messages = warning; DROP SCHEMA ${SCHEMA} CASCADE`)
      } finally {
        await pool.end()
        await stop()
      }
    }
  }
}
