import type { DescribedState } from './sources/described-state.js'

/** The state that a write names by the one tag that it sent, where nothing else decides about it: its condition holds for that state. */
export interface HeldState {
  /** The tag, as it was sent. */
  readonly text: string
  /** What was loaded, and has that tag; `undefined` where it is left to the write to compare the version. */
  readonly state: unknown
  readonly described: DescribedState
}
