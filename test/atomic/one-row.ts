import type { ClientBase, Pool, QueryResultRow } from 'pg'

/** The row that a statement gives; `null` when it gives none. */
export async function oneRow<Row extends QueryResultRow> (store: Pool | ClientBase, sql: string, values: readonly unknown[]): Promise<Row | null> {
  const { rows } = await store.query<Row>(sql, [...values])
  return rows[0] ?? null
}
