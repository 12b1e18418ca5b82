import type { Pool } from 'pg'

/** Waits until so many connections of the database wait for a lock: a statement that has begun and cannot go on. */
export async function waitingForLock (pool: Pool, connections = 1): Promise<void> {
  for (;;) {
    const { rows: [row] } = await pool.query<{ waiting: number }>("SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    if (row!.waiting >= connections) return
  }
}
