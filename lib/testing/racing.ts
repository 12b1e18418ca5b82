import { FUNDAMENTAL, UNGUARDED, type Check } from './check.js'
import { Hold, whileHeld, type Mark } from './hold.js'
import { isSuccess, type Exchange } from './target.js'
import { NotChecked, Wrong } from './wrong.js'
import { checkRefused, checkUnchanged } from './writing.js'
import type { Resource, Shown } from './resource.js'

// What was sent is at fault, and no race.
const INVALID = new Set([400, 413, 415, 422])

// Those who go together need not meet in the store, and where nobody can be made to wait they need not even go together: several
// rounds make it likely.
const ROUNDS = 10
const UNHELD_ROUNDS = 20

/** Makes a write wait after its check, lets another one be done meanwhile, and lets it go. */
async function checkOvertaken (resource: Resource): Promise<void> {
  const before = await resource.show()
  let between!: Shown
  const overtaken = await whileHeld('checked', mark => resource.write(before, { 'if-match': before.etag, ...mark }), async () => {
    await comeBetween(resource, before)
    between = await resource.show()
  })
  if (isSuccess(overtaken)) throw new Wrong('naive-write', overtaken)
  if (overtaken.came.status !== 412) throw new Wrong('race-answer', overtaken)
  await checkUnchanged(resource, between, overtaken)
}

/** Writes while another request waits, which a service may refuse then. */
export async function comeBetween (resource: Resource, from: Shown): Promise<void> {
  const exchange = await resource.write(from, { 'if-match': from.etag })
  if (!isSuccess(exchange)) throw new NotChecked(`nobody can come between: while one waits, the next write is answered by ${exchange.came.status}`)
}

/** Lets requests go together after their checks, where they can be made to wait. Rejects when all are over, if any of them did. */
export async function raceOf (requests: ReadonlyArray<(mark: Mark) => Promise<Exchange>>): Promise<{ exchanges: Exchange[], held: boolean }> {
  const hold = new Hold('checked')
  const answers: Array<Promise<Exchange>> = []
  try {
    for (const request of requests) answers.push(request(hold.headers))
    await hold.meet(answers)
  } finally {
    hold.release()
    await Promise.allSettled(answers)
  }
  return { exchanges: await Promise.all(answers), held: hold.requests.length > 0 }
}

async function checkOneWinner (resource: Resource): Promise<void> {
  let rounds = UNHELD_ROUNDS
  for (let round = 1; round <= rounds; round++) {
    const before = await resource.show()
    const { exchanges, held } = await raceOf(Array.from({ length: resource.writers }, () =>
      mark => resource.write(before, { 'if-match': before.etag, ...mark })))
    if (held) rounds = ROUNDS
    const winners = exchanges.filter(isSuccess)
    if (winners.length > 1) throw new Wrong(held ? 'condition-elsewhere' : 'two-winners', ...winners.slice(0, 2))
    const odd = exchanges.find(exchange => !isSuccess(exchange) && exchange.came.status !== 412)
    if (odd !== undefined) throw new Wrong(INVALID.has(odd.came.status) ? 'write-failed' : 'race-answer', odd)
    if (winners.length === 0) throw new Wrong('no-winner', ...exchanges.slice(0, 2))
  }
}

async function checkLosersChangeNothing (resource: Resource): Promise<void> {
  const old = await resource.show()
  await resource.move(old)
  const current = await resource.show()
  const { exchanges } = await raceOf(Array.from({ length: resource.writers }, () =>
    mark => resource.write(old, { 'if-match': old.etag, ...mark })))
  for (const exchange of exchanges) checkRefused(exchange, current.etag)
  await checkUnchanged(resource, current, exchanges[0]!)
}

const unless = [...FUNDAMENTAL, 'version-by-clock', 'stale-answer', ...UNGUARDED] as const

export const RACING: readonly Check[] = [
  { claim: 'a write that is overtaken between its check and its writing is 412', unless, run: checkOvertaken },
  { claim: 'of writers who hold one tag and write at the same moment exactly one wins', unless, run: checkOneWinner },
  { claim: 'of writers who come late together none changes anything', unless, run: checkLosersChangeNothing }
]
