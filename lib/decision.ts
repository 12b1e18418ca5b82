import type { Policy, PolicyLevel } from './policy.js'
import type { Verdict } from './verdict.js'

/** What the handler of a request has done about its precondition. */
export interface Handled {
  /** How often the callback of a guard was run. */
  readonly attempts: number
  /** Did it say that its write compares the version, or why it need not? */
  readonly isGuarded: boolean
  /** Why it need not. */
  readonly waived: string | undefined
}

/** All that was decided about one request, and from what. */
export interface Decision extends Verdict {
  /** The url of the route, with its parameters unfilled. */
  readonly route: string
  readonly method: string
  readonly policy: Policy
  readonly level: PolicyLevel
  /** The kind of the route, where policies are told by kind. */
  readonly kind: string | undefined
  /** The status that a write would have got if `enforce` had not let it through. */
  readonly wouldAnswer: number | undefined
  /** How often the write of a guard was run. */
  readonly attempts: number
  /** How often `load` was called. */
  readonly loads: number
  /** Did the handler use `guard`, `expected` or `waive`? */
  readonly guarded: boolean
  /** Why the write is unguarded on purpose, where `waive` said so. */
  readonly waived: string | undefined
}
