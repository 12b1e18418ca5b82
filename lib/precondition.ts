import type { Decision } from './decision.js'
import type { GuardedCallback, GuardOptions } from './guarded-write.js'

/** What a write may rely on that does not use `guard`. */
export interface Expected<State, Version> {
  /** The version that was checked; `undefined` where nothing was loaded, or nothing is there. */
  readonly version: Version | undefined
  /** The state that had it; `null` where nothing is there, `undefined` where nothing was loaded. */
  readonly current: State | null | undefined
  /** Is it known that nothing is there, so that the write makes it? */
  readonly absent: boolean
}

/** What a handler can ask and do about the precondition of its request. `Written`: what a write of it returns, at least. */
export interface Precondition<State, Version, Written extends {} = {}> {
  /** The state that the request is about, loaded once, and anew after a `guard`. Rejects with 404 where nothing is there. */
  load (): Promise<State>
  /** What `load` found; `undefined` while nothing was asked. */
  readonly current: State | null | undefined
  /**
   * Does the request ask for a part that may be sent: a Range came, and If-Range, if it came too, names the state that was
   * loaded, or that `reply.validators` named (RFC 9110, 13.1.5)?
   */
  readonly mayUseRange: boolean
  readonly expected: Expected<State, Version>
  /**
   * Writes only if the version is still the one that was checked, whether or not the client sent a field.
   * Rejects with 412 (409 where no field was sent) when it moved, with 404 when it is gone, with 409 when something else
   * has a value that must be unique, and with 503 when the store rolled every attempt back.
   */
  guard<R extends Written> (write: GuardedCallback<State, Version, R>, options?: GuardOptions<R>): Promise<R>
  /** For a write that missed without `guard`: loads again and says why, 412 with the new tag, 409 or 404. */
  failed (): Promise<Error>
  /**
   * Says that this write is unguarded on purpose, and why: an append that commutes with any other, for instance. The
   * decision carries the reason. Throws FST_ETAG_INVALID_OPTION without one.
   */
  waive (reason: string): void
  readonly decision: Decision
}
