import { isDeepStrictEqual } from 'node:util'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { errorIn } from './written.js'
import type { StoreFailure } from './store-error.js'

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
  /**
   * How often to write again when the version moved and the conditions still hold, which is enough for as many other
   * writers at the same time. Default: 20. What the store rolled back for others is written again 3 times at most.
   */
  readonly retries?: number | undefined
}

/** A state, its version, and the tag that it had when it was checked, without its quotes. */
export interface Checked<State, Version> {
  readonly state: State
  readonly version: Version
  readonly tag: string | undefined
}

/** What a guarded write asks of the request that it belongs to. The checks throw the refusal of a false condition. */
export interface Checks<State, Version> {
  /** Is told that the callback is run, and how often it was by then. */
  noteAttempt (attempt: number): void
  /** The state that the conditions of the request hold for; `undefined` when nothing is there. A promise where it is not known yet. */
  check (): Checked<State, Version> | undefined | Promise<Checked<State, Version> | undefined>
  /** The same, loaded anew. */
  recheck (): Promise<Checked<State, Version> | undefined>
  /** Do the conditions hold where nothing is there? */
  checkAbsence (): void
  /** Does the result of the callback, or of `create`, say that it wrote? `current`: what it wrote over. */
  isWritten (result: unknown, current: State | undefined): boolean
  /** Takes what was written; gives what the guard gives. */
  take<R extends {}> (written: R): R
  /** Is told that it was taken. A promise where somebody comes between that and the end. */
  reach (): Promise<unknown> | undefined
  /** Ends the write; gives what its promise gives. */
  end<R extends {}> (given: R): R | undefined
  /** Ends it by why nothing was written, or nothing is known of it, which it throws unless somebody was told otherwise. */
  fail (error: unknown): void
  /** What an error of the write says of its store; `undefined`: it failed, and nothing is known of what was written. */
  failureOf (error: unknown): StoreFailure | undefined
  /** What to throw when nothing is there to be written. */
  missing (): Error
  /** What to throw when something else has a value already that must be unique. */
  taken (): Error
  /** What to throw when the store rolled the write back each time, though the version stayed the same. */
  busy (error: unknown): Error
  /** What to throw when other writers were faster each time. */
  lost (): Error
}

const RETRIES = 20
// A store that is locked keeps each of its callers waiting.
const ROLLBACKS = 3

/** A write that wrote nothing, and what its store said of that, if it said anything. */
interface Miss {
  readonly failure?: StoreFailure | undefined
  readonly error?: unknown
}

const NOTHING_SAID: Miss = {}

/**
 * Runs a conditional write until it has written once, or may no longer write.
 *
 * A miss is looked at again: a false condition is refused; a version that has not moved was no version conflict, so
 * what was in the way instead is said; a version that moved under conditions that still hold is written from again. Its
 * end is made by `checks`, so that no promise more is needed to hear of it.
 */
export async function guardedWrite<State, Version, R extends {}> (
  checks: Checks<State, Version>,
  write: GuardedCallback<State, Version, R>,
  { create, retries = RETRIES }: GuardOptions<R> = {}
): Promise<R | undefined> {
  let given: R
  try {
    refuseUnguardable('guard', write, { create, retries })
    let misses: Misses<State, Version> | undefined
    const checking = checks.check()
    let checked = checking instanceof Promise ? await checking : checking
    let result: R | null = null
    let hasWritten = false
    for (let attempt = 1; !hasWritten; attempt++) {
      if (checked === undefined) {
        if (create === undefined) throw checks.missing()
        checks.checkAbsence()
      } else {
        checks.noteAttempt(attempt)
      }
      let miss = NOTHING_SAID
      try {
        result = await (checked === undefined ? create!() : write({ version: checked.version, current: checked.state, attempt }))
        const returned = errorIn(result)
        if (returned !== undefined) throw returned
      } catch (error) {
        miss = { failure: checks.failureOf(error), error }
        if (miss.failure === undefined) throw error
      }
      hasWritten = miss === NOTHING_SAID && checks.isWritten(result, checked?.state)
      if (!hasWritten) {
        misses ??= new Misses(checks, { mayCreate: create !== undefined, retries })
        checked = await misses.lookAgain(miss, checked)
      }
    }
    given = checks.take(result!)
    const held = checks.reach()
    if (held !== undefined) await held
  } catch (error) {
    checks.fail(error)
    return undefined
  }
  return checks.end(given)
}

/** Refuses, under this name, what no write can be guarded by. Throws FST_ETAG_INVALID_OPTION. */
export function refuseUnguardable (name: string, write: unknown, { create, retries = RETRIES }: { readonly create?: unknown, readonly retries?: unknown }): void {
  if (typeof write !== 'function' || !(create === undefined || typeof create === 'function')) {
    throw new FST_ETAG_INVALID_OPTION(name, 'it takes the function that writes, and create must be one too')
  }
  if (!(Number.isInteger(retries) && (retries as number) >= 0)) {
    throw new FST_ETAG_INVALID_OPTION(name, `retries must be a whole number from 0 on, found ${String(retries)}`)
  }
}

/** What came of the attempts of one write that missed. */
class Misses<State, Version> {
  readonly #checks: Checks<State, Version>
  readonly #mayCreate: boolean
  readonly #retries: number
  #moves = 0
  #stays = 0

  constructor (checks: Checks<State, Version>, { mayCreate, retries }: { readonly mayCreate: boolean, readonly retries: number }) {
    this.#checks = checks
    this.#mayCreate = mayCreate
    this.#retries = retries
  }

  /** Finds what to write from the next time. Throws why there is none. */
  async lookAgain (miss: Miss, checked: Checked<State, Version> | undefined): Promise<Checked<State, Version> | undefined> {
    const checks = this.#checks
    const fresh = await checks.recheck()
    if (fresh === undefined && !this.#mayCreate) throw checks.missing()
    const moved = (fresh === undefined) !== (checked === undefined) || fresh?.tag !== checked?.tag
    if (moved) {
      if (++this.#moves > this.#retries) throw checks.lost()
    } else {
      refuseUnmoved(miss, checked, fresh, checks)
      if (++this.#stays > Math.min(this.#retries, ROLLBACKS)) throw givingUp(miss, checked !== undefined, checks)
    }
    return fresh
  }
}

// No other writer moved the version. What the tag does not show may have moved all the same, where the statement compares
// more; and a store that rolled back for others may be asked again.
function refuseUnmoved<State, Version> (
  { failure, error }: Miss, checked: Checked<State, Version> | undefined, fresh: Checked<State, Version> | undefined, checks: Checks<State, Version>
): void {
  if (failure === 'duplicate') throw checks.taken()
  const mayTryAgain = checked === undefined ? failure === undefined : !isSame(fresh?.state, checked.state)
  if (failure === 'busy' || mayTryAgain) return
  throw failure === 'conflict' ? error : checks.missing()
}

// A state whose members cannot be read is as good as the same.
function isSame (one: unknown, other: unknown): boolean {
  try {
    return isDeepStrictEqual(one, other)
  } catch {
    return true
  }
}

function givingUp ({ failure, error }: Miss, isThere: boolean, checks: Checks<unknown, unknown>): unknown {
  if (failure === 'busy') return checks.busy(error)
  if (failure === 'conflict') return error
  return isThere ? checks.missing() : checks.lost()
}
