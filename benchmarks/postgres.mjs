// What does a guarded write cost on PostgreSQL, next to the same statements by hand and to a lock, and what does it lose?
// How many statements does each request send? Needs `npm run build` and `npm run build:atomic`, which has what starts the database.
// `node postgres.mjs [rounds] [milliseconds]`, of which one row has half as many; DATABASE_URL takes a PostgreSQL that runs already.

import { openDatabase } from './database.mjs'
import { countStatements } from './statement-counts.mjs'
import { raceWrites } from './write-race.mjs'

const [rounds, milliseconds] = [process.argv[2] ?? 21, process.argv[3] ?? 800].map(Number)

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interruption.abort(new Error(`Ended by ${signal}`)))

const database = await openDatabase()
try {
  await countStatements(database)
  const unsafe = []
  const races = { interrupted: interruption.signal, milliseconds }
  for (const processes of [1, 2]) unsafe.push(...await raceWrites(database, { ...races, rows: 1000, processes, rounds }))
  // differences are great where all write the same row
  for (const processes of [1, 2]) unsafe.push(...await raceWrites(database, { ...races, rows: 1, processes, rounds: Math.ceil(rounds / 2) }))
  console.log(unsafe.length === 0 ? 'No update is lost where the statement compares the version, or the row is locked before it is looked at.' : `FAILED: ${unsafe.join(', ')}`)
  if (unsafe.length > 0) process.exitCode = 1
} finally {
  await database.close()
}
