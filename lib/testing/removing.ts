import { FUNDAMENTAL, type Check } from './check.js'
import { whileHeld } from './hold.js'
import { comeBetween, raceOf } from './racing.js'
import { checkMissing } from './requiring.js'
import { isSuccess } from './target.js'
import { NotChecked, Wrong } from './wrong.js'
import { checkRefused, checkUnchanged } from './writing.js'
import type { Resource } from './resource.js'

const GONE: ReadonlySet<number> = new Set([404, 410])
const LOST: ReadonlySet<number> = new Set([...GONE, 412])

function askForRemove (resource: Resource): void {
  if (resource.route.remove === undefined) throw new NotChecked('no remove is given')
}

/** Fails unless a DELETE that names no version is refused where the policy says so, and removes nothing. */
async function checkRequired (resource: Resource): Promise<void> {
  askForRemove(resource)
  const { policy = 'REQUIRED', missing = 428 } = resource.route
  if (policy === 'OPTIONAL') throw new NotChecked('the policy asks for nothing')
  const before = await resource.show()
  const removed = await resource.remove({})
  checkMissing(removed, missing)
  await checkUnchanged(resource, before, removed)
}

async function checkStale (resource: Resource): Promise<void> {
  askForRemove(resource)
  const old = await resource.show()
  await resource.move(old)
  const current = await resource.show()
  const stale = await resource.remove({ 'if-match': old.etag })
  if (isSuccess(stale)) throw new Wrong('remove-unguarded', stale)
  checkRefused(stale, current.etag)
  await checkUnchanged(resource, current, stale)
}

async function checkOvertaken (resource: Resource): Promise<void> {
  askForRemove(resource)
  // not a DELETE that nobody can make wait: it would remove what is checked next
  const first = await resource.show()
  await whileHeld('checked', mark => resource.move(first, mark), async () => {})
  const before = await resource.show()
  const condition = { 'if-match': before.etag }
  const overtaken = await whileHeld('checked', mark => resource.remove({ ...condition, ...mark }), () => comeBetween(resource, before))
  if (isSuccess(overtaken)) throw new Wrong('remove-unguarded', overtaken)
  if (overtaken.came.status !== 412) throw new Wrong('race-answer', overtaken)
}

// Where the write wins, the resource stays, and they can meet again.
const ROUNDS = 5

async function checkOneWinner (resource: Resource): Promise<void> {
  askForRemove(resource)
  if (GONE.has((await resource.read()).came.status)) throw new NotChecked('it is removed already')
  for (let round = 0, isThere = true; isThere && round < ROUNDS; round++) {
    const before = await resource.show()
    const condition = { 'if-match': before.etag }
    const { exchanges } = await raceOf([
      mark => resource.remove({ ...condition, ...mark }),
      mark => resource.write(before, { ...condition, ...mark })
    ])
    if (exchanges.every(isSuccess)) throw new Wrong('two-winners-remove', ...exchanges)
    const odd = exchanges.find(exchange => !isSuccess(exchange) && !LOST.has(exchange.came.status))
    if (odd !== undefined) throw new Wrong('race-answer', odd)
    if (!exchanges.some(isSuccess)) throw new Wrong('no-winner', ...exchanges)
    isThere = !isSuccess(exchanges[0]!)
  }
}

const unless = [...FUNDAMENTAL, 'version-by-clock', 'policy-missing', 'policy-answer', 'stale-answer', 'remove-unguarded'] as const

// The last of them removes the resource, or nearly: nothing can be checked after it.
export const REMOVING: readonly Check[] = [
  { claim: 'a DELETE that names no version is answered as the policy says', unless: ['not-there', 'no-tag'], run: checkRequired },
  { claim: 'a DELETE that names an old tag is 412, and removes nothing', unless, run: checkStale },
  { claim: 'a DELETE that is overtaken between its check and its writing is 412', unless: [...unless, 'stale-accepted'], run: checkOvertaken },
  { claim: 'of a DELETE and a write that hold one tag exactly one wins', unless: [...unless, 'unguarded', 'stale-accepted', 'naive-write'], run: checkOneWinner }
]
