import { runClient } from './client.js'
import type { Database } from './database.js'
import { Fleet } from './fleet.js'
import { checkHistory, type Report } from './history.js'
import { Recording } from './recording.js'
import { until } from './until.js'
import { VARIANTS, type VariantName } from './variants.js'

/** One line of the table: what is served how, and how much is to be seen of it. */
export interface Row {
  readonly variant: VariantName
  readonly processes: number
  readonly kills: number
  readonly clients: number
  readonly documents: number
  /** At least so many acknowledged, and so many refused writes. */
  readonly acknowledged: number
  readonly refused: number
  /** The row fails when it takes longer. */
  readonly limitSeconds: number
}

/** What a row came to. */
export interface Result {
  readonly report: Report
  /** How many PUTs were in flight at each kill. */
  readonly putsAtKills: readonly number[]
  readonly seconds: number
}

const SETTLES_WITHIN = 10_000

/** Runs the clients of a row until they have seen enough, ends the servers, and checks the history against the database. */
export async function runRow (row: Row, database: Database, interrupted: AbortSignal): Promise<Result> {
  const begin = performance.now()
  const variant = VARIANTS[row.variant]!
  await database.prepare(variant, row.documents)

  const work = new AbortController()
  const tooLong = setTimeout(() => work.abort(new Error(`Not done within ${row.limitSeconds} seconds`)), row.limitSeconds * 1000)
  const interrupt = (): void => work.abort(interrupted.reason)
  interrupted.addEventListener('abort', interrupt)
  try {
    const recording = new Recording()
    const putsAtKills = await observe(row, database, recording, work)
    await database.settle(AbortSignal.timeout(SETTLES_WITHIN))
    const report = checkHistory(recording.operations, await database.truth(variant))
    return { report, putsAtKills, seconds: (performance.now() - begin) / 1000 }
  } finally {
    clearTimeout(tooLong)
    interrupted.removeEventListener('abort', interrupt)
  }
}

async function observe (row: Row, database: Database, recording: Recording, work: AbortController): Promise<readonly number[]> {
  const fleet = await Fleet.start(row.variant, row.processes, database)
  const clients = Array.from({ length: row.clients }, (_, name) => runClient(name, row.documents, fleet, recording, work.signal))
  const director = direct(row, fleet, recording, work.signal).finally(() => work.abort())
  try {
    await Promise.all([director, ...clients])
    return await director
  } finally {
    work.abort()
    await Promise.allSettled([director, ...clients])
    await fleet.end()
  }
}

/** Spreads the kills over the row and tells when it has seen enough. */
async function direct (row: Row, fleet: Fleet, { writes }: Recording, signal: AbortSignal): Promise<readonly number[]> {
  const putsAtKills: number[] = []
  for (let kill = 1; kill <= row.kills; kill++) {
    await until(() => writes.acknowledged >= row.acknowledged * kill / (row.kills + 1), signal)
    putsAtKills.push(await fleet.killBusy(kill % row.processes, signal))
  }
  await until(() => writes.acknowledged >= row.acknowledged && writes.refused >= row.refused, signal)
  return putsAtKills
}
