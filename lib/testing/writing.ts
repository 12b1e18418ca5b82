import { setTimeout } from 'node:timers/promises'
import { FUNDAMENTAL, type Check } from './check.js'
import { noteGuard } from './guard-notes.js'
import { isUnguardedError, type Resource, type Shown } from './resource.js'
import { isSuccess, type Exchange } from './target.js'
import { NotChecked, Wrong } from './wrong.js'

const OVER_A_SECOND = 1100
const QUICK_WRITES = 10

/** Fails unless nothing has changed since a state was shown. */
export async function checkUnchanged (resource: Resource, shown: Shown, refused: Exchange): Promise<void> {
  const now = await resource.read()
  if (now.came.etag !== shown.etag || !await resource.isSame(now.came.body, shown.body)) throw new Wrong('refused-but-written', refused, now)
}

/** Fails unless a write that names an old tag was refused, with the current tag where one is told. */
export function checkRefused (refused: Exchange, etag: string): void {
  const { came } = refused
  if (came.status !== 412 || (came.etag !== undefined && came.etag !== etag)) throw new Wrong('stale-answer', refused)
}

async function checkMoves (resource: Resource): Promise<void> {
  const before = await resource.show()
  const written = await resource.write(before, { 'if-match': before.etag })
  if (isUnguardedError(written)) throw new Wrong('unguarded', written)
  if (written.came.status === 412) throw new Wrong('other-projection', written)
  if (!isSuccess(written)) throw new Wrong('write-failed', written)
  const after = await resource.read()
  if (after.came.etag === before.etag) throw new Wrong(await movesLater(resource) ? 'version-by-clock' : 'version-not-moved', written, after)
}

async function movesLater (resource: Resource): Promise<boolean> {
  await setTimeout(OVER_A_SECOND)
  const before = await resource.show()
  await resource.move(before)
  return (await resource.show()).etag !== before.etag
}

async function checkLabel (resource: Resource): Promise<void> {
  const before = await resource.show()
  const written = await resource.move(before)
  const { etag } = written.came
  if (etag === undefined && resource.route.answer === false) throw new NotChecked('answer: false says that none does')
  if (etag === undefined) throw new Wrong('no-label', written)
  const after = await resource.read()
  if (etag !== after.came.etag) throw new Wrong(etag === before.etag ? 'old-label' : 'wrong-label', written, after)
}

async function checkGuarded (resource: Resource): Promise<void> {
  const before = await resource.show()
  const { answer, isUnguarded } = await noteGuard(mark => resource.move(before, mark))
  if (isUnguarded) throw new Wrong('unguarded', answer)
}

async function checkStale (resource: Resource): Promise<void> {
  const old = await resource.show()
  await resource.move(old)
  const current = await resource.show()
  const stale = await resource.write(old, { 'if-match': old.etag })
  if (isSuccess(stale)) throw new Wrong('stale-accepted', stale)
  checkRefused(stale, current.etag)
  await checkUnchanged(resource, current, stale)
}

async function checkNew (resource: Resource): Promise<void> {
  let before = await resource.show()
  const seen = new Set([before.etag])
  for (let times = 0; times < QUICK_WRITES; times++) {
    const written = await resource.move(before)
    const after = await resource.show()
    if (after.etag === before.etag) throw new Wrong('version-by-clock', written)
    if (seen.has(after.etag)) throw new Wrong('version-comes-back', written)
    seen.add(after.etag)
    before = after
  }
}

export const WRITING: readonly Check[] = [
  { claim: 'a write that names the tag of the read is done, and moves the tag', unless: FUNDAMENTAL, run: checkMoves },
  { claim: 'a tag that was moved on from never comes back, however quickly one write follows another', unless: [...FUNDAMENTAL, 'version-by-clock', 'unguarded'], run: checkNew },
  { claim: 'the answer to a write carries the tag that the next read gives', unless: [...FUNDAMENTAL, 'version-by-clock', 'unguarded'], run: checkLabel },
  { claim: 'the handler of a write guards it', unless: [...FUNDAMENTAL, 'version-by-clock', 'unguarded'], run: checkGuarded },
  { claim: 'a write that names an old tag is 412 with the current one, and changes nothing', unless: [...FUNDAMENTAL, 'version-by-clock'], run: checkStale }
]
