import createError from '@fastify/error'
import type { Pool, QueryResultRow } from 'pg'

/** Runs one statement and gives its rows. */
export type Query = <Row extends QueryResultRow>(sql: string, values: readonly unknown[]) => Promise<Row[]>

const NoParent = createError('NOT_FOUND', 'There is no such database or collection', 404)
const NoContent = createError('CONTENT_REFUSED', 'PostgreSQL keeps no NUL, no half of a character and no such depth in JSON', 400)

const FOREIGN_KEY = '23503'
const REFUSED_CONTENT = new Set(['22P02', '22P05', '54001'])

/** The statements of one pool. What fails for a reason of the client says so; of anything else nobody is told the text. */
export function queryOf (pool: Pool): Query {
  return async (sql, values) => {
    try {
      const { rows } = await pool.query(sql, [...values])
      return rows
    } catch (error) {
      throw answerTo(error)
    }
  }
}

function answerTo (error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === FOREIGN_KEY) return new NoParent()
  // JSON.stringify ends by a RangeError where it is too deep
  if (REFUSED_CONTENT.has(code) || error instanceof RangeError) return new NoContent()
  // the cause tells the plugin of duplicate keys, and the log of everything
  return new Error('The database failed', { cause: error })
}
