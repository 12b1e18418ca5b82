import { FUNDAMENTAL, type Check } from './check.js'
import { isSuccess, type Exchange } from './target.js'
import { Wrong } from './wrong.js'
import { checkUnchanged } from './writing.js'
import type { Resource } from './resource.js'

const MISSING: ReadonlySet<number> = new Set([428, 409])

/** Fails unless a request that names no version where it must was answered by the status that says so. */
export function checkMissing (refused: Exchange, missing: number): void {
  if (isSuccess(refused)) throw new Wrong('policy-missing', refused)
  if (refused.came.status !== missing) throw new Wrong('policy-answer', refused)
}

async function checkPolicy (resource: Resource): Promise<void> {
  const { policy = 'REQUIRED', missing = 428 } = resource.route
  const before = await resource.show()
  const sent = await resource.write(before, {})
  if (policy === 'REQUIRED') {
    checkMissing(sent, missing)
    await checkUnchanged(resource, before, sent)
  } else if (!isSuccess(sent)) {
    throw new Wrong(MISSING.has(sent.came.status) ? 'policy-unexpected' : 'write-failed', sent)
  }
}

export const REQUIRING: readonly Check[] = [
  { claim: 'a write that names no version is answered as the policy says', unless: [...FUNDAMENTAL, 'stale-accepted'], run: checkPolicy }
]
