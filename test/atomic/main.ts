import { Database } from './database.js'
import { faultsOf, namesOf } from './faults.js'
import { ALL_ROWS } from './rows.js'
import { runRow, type Row } from './run-row.js'
import { HEAD, lineOf } from './table.js'
import { isGuarded } from './variants.js'

const PROVEN = 'No acknowledged update is lost where the write is guarded, and every control loses some.'

/** Prints the table and the verdict. The exit code is 1 when a row does not prove what it should. */
async function main (): Promise<void> {
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => interruption.abort(new Error(`Ended by ${signal}`)))
  }

  const begin = performance.now()
  const database = await Database.open()
  try {
    const faults = await runRows(ALL_ROWS, database, interruption.signal)
    const minutes = ((performance.now() - begin) / 60_000).toFixed(1)
    console.log(`\n${ALL_ROWS.length} rows in ${minutes} minutes`)
    console.log(faults.length === 0 ? PROVEN : faults.join('\n'))
    if (faults.length > 0) process.exitCode = 1
  } finally {
    await database.close()
  }
}

async function runRows (rows: readonly Row[], database: Database, interrupted: AbortSignal): Promise<string[]> {
  const faults: string[] = []
  const remarks: string[] = []
  console.log(HEAD)
  for (const row of rows) {
    interrupted.throwIfAborted()
    const title = `${row.variant} on ${row.processes === 1 ? '1 process' : `${row.processes} processes`}`
    try {
      const result = await runRow(row, database, interrupted)
      console.log(lineOf(row, result))
      faults.push(...faultsOf(row, result).map(fault => `FAILED ${title}: ${fault}`))
      if (row.kills > 0) remarks.push(`${title} was killed with ${result.putsAtKills.join(', ')} PUTs in flight`)
      if (!isGuarded(row.variant)) remarks.push(`${title}, not guarded: ${namesOf(result.report.violations)}`)
    } catch (error) {
      interrupted.throwIfAborted()
      console.log(`${row.variant.padEnd(15)}  ${error}`)
      faults.push(`FAILED ${title}: ${error}`)
    }
  }
  console.log(`\n${remarks.join('\n')}`)
  return faults
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
