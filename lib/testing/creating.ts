import { raceOf } from './racing.js'
import { isUnguardedError, type Resource } from './resource.js'
import { isSuccess } from './target.js'
import { NotChecked, Wrong } from './wrong.js'
import type { Check } from './check.js'

const ABSENT = { 'if-none-match': '*' }

async function checkOneCreator (resource: Resource): Promise<void> {
  if (resource.route.create === undefined) throw new NotChecked('no create is given')
  const asked = resource.creation()
  const { exchanges } = await raceOf(Array.from({ length: resource.writers }, () => mark => resource.create(asked, { ...ABSENT, ...mark })))
  const forgotten = exchanges.find(isUnguardedError)
  if (forgotten !== undefined) throw new Wrong('unguarded', forgotten)
  const winners = exchanges.filter(isSuccess)
  if (winners.length > 1) throw new Wrong('upsert', ...winners.slice(0, 2))
  const odd = exchanges.find(exchange => !isSuccess(exchange) && exchange.came.status !== 412)
  if (winners.length === 0) throw new Wrong('create-failed', odd ?? exchanges[0]!)
  if (odd !== undefined) throw new Wrong('race-answer', odd)
  const again = await resource.create(asked, ABSENT)
  if (isSuccess(again)) throw new Wrong('create-overwrites', again)
  if (again.came.status !== 412) throw new Wrong('race-answer', again)
}

export const CREATING: readonly Check[] = [
  {
    claim: 'of clients who create at the same moment exactly one does, and the others are 412',
    unless: ['not-there', 'no-tag', 'write-failed', 'stale-accepted', 'stale-answer'],
    run: checkOneCreator
  }
]
