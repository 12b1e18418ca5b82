import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { isWritten } from './written.js'

/** What the callback of a guarded write is told: the version to compare in the statement, and the state that had it. */
export interface Guarded<State, Version> {
  readonly version: Version
  readonly current: State
  /** 1 for the first call. */
  readonly attempt: number
}

/** Writes only if the version is still the one that was checked; `null` when it was not. */
export type GuardedCallback<State, Version, R> = (guarded: Guarded<State, Version>) => Promise<R | null>

export interface GuardOptions<R> {
  /** Makes what is not there; `null` when somebody else made it first. */
  readonly create?: (() => Promise<R | null>) | undefined
  /** How often to write again when the version moved and the conditions still hold. Default: 3. */
  readonly retries?: number | undefined
}

/** A state, its version, and the tag that it had when it was checked. */
export interface Checked<State, Version> {
  readonly state: State
  readonly version: Version
  readonly tag: string | undefined
}

/** What a guarded write asks of the request that it belongs to. The checks throw the refusal of a false condition. */
export interface Checks<State, Version> {
  /** The state that the conditions of the request hold for; `undefined` when nothing is there. */
  check (): Promise<Checked<State, Version> | undefined>
  /** The same, loaded anew. */
  recheck (): Promise<Checked<State, Version> | undefined>
  /** Do the conditions hold where nothing is there? */
  checkAbsence (): void
  /** What to throw when nothing is there to be written. */
  missing (): Error
  /** What to throw when other writers were faster each time. */
  lost (): Error
}

const RETRIES = 3

/**
 * Runs a conditional write until it has written once, or may no longer write.
 *
 * A miss is looked at again: a false condition is refused; a version that has not moved was no version conflict, so
 * what missed was something else of the statement, and nothing is there for this caller; a version that moved
 * under conditions that still hold is written from again.
 */
export async function guardedWrite<State, Version, R extends {}> (
  checks: Checks<State, Version>,
  write: GuardedCallback<State, Version, R>,
  { create, retries = RETRIES }: GuardOptions<R> = {}
): Promise<R> {
  if (!(Number.isInteger(retries) && retries >= 0)) {
    throw new FST_ETAG_INVALID_OPTION('guard', `retries must be a whole number from 0 on, found ${retries}`)
  }
  let checked = await checks.check()

  for (let attempt = 1; attempt <= retries + 1; attempt++) {
    const result = await attemptWrite(checked, attempt, write, create, checks)
    if (isWritten(result)) return result!

    const fresh = await checks.recheck()
    const missing = fresh === undefined
      ? create === undefined
      : checked !== undefined && fresh.tag === checked.tag
    if (missing) throw checks.missing()
    checked = fresh
  }
  throw checks.lost()
}

async function attemptWrite<State, Version, R extends {}> (
  checked: Checked<State, Version> | undefined,
  attempt: number,
  write: GuardedCallback<State, Version, R>,
  create: GuardOptions<R>['create'],
  checks: Checks<State, Version>
): Promise<R | null> {
  if (checked !== undefined) return write({ version: checked.version, current: checked.state, attempt })
  if (create === undefined) throw checks.missing()
  checks.checkAbsence()
  return create()
}
