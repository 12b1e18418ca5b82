import type { Policy, PolicyLevel } from './policy.js'
import type { Verdict } from './verdict.js'

/** All that was decided about one request, and from what. */
export interface Decision extends Verdict {
  /** The url of the route, with its parameters unfilled. */
  readonly route: string
  readonly method: string
  readonly policy: Policy
  readonly level: PolicyLevel
  /** How often the write of a guard was run. */
  readonly attempts: number
  /** How often `load` was called. */
  readonly loads: number
}
