import type { Fault } from './fault.js'
import type { Resource } from './resource.js'

/** One thing that must be true of a route. */
export interface Check {
  /** As a sentence. */
  readonly claim: string
  /** Faults that were found before, with which this check would only find the same again, or nothing. */
  readonly unless?: readonly Fault[]
  /** Throws what it finds wrong, or that it cannot be made. */
  run (resource: Resource): Promise<void>
}

/** Faults with which nothing more can be checked. */
export const FUNDAMENTAL: readonly Fault[] = ['not-there', 'no-tag', 'write-failed', 'other-projection', 'version-not-moved']

/** Faults of a write that lets several writers win, whatever is checked of it next. */
export const UNGUARDED: readonly Fault[] = ['unguarded', 'stale-accepted', 'naive-write', 'two-winners']
