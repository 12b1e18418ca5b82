import type { FastifyRequest } from 'fastify'
import { checkpoint } from './checkpoint.js'
import { formatEntityTag } from './entity-tag.js'
import {
  FST_ETAG_GUARDED_TWICE, FST_ETAG_INVALID_VERSION, FST_ETAG_SOURCE_MISSING, FST_ETAG_STORE_BUSY, FST_ETAG_WRITE_FAILED
} from './errors.js'
import { guardedWrite, type Checked, type Checks, type Guarded, type GuardedCallback, type GuardOptions } from './guarded-write.js'
import { isRefusal } from './refusal.js'
import { report } from './report.js'
import { reportVersion } from './report-version.js'
import { withhold } from './withheld-error.js'
import { isCount, isWritten } from './written.js'
import type { RequestState } from './request-state.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'

/** What a guard asks of the precondition that it belongs to. */
export interface Guarding {
  readonly route: Route
  readonly request: FastifyRequest
  readonly state: RequestState
  /** Throws the refusal of a condition that is false for the state that is known. */
  refuseFalse (): void
  /** Makes the refusals of a guard. */
  readonly refusals: Pick<Checks<unknown, unknown>, 'missing' | 'taken' | 'lost'>
  /** Takes the row that was written. */
  noteWritten (row: unknown): void
}

/** A promise that knows whether anybody waits for it, so that one which nobody awaits is no failure of the process. */
class Told<Value> extends Promise<Value> {
  static override get [Symbol.species] (): PromiseConstructor {
    return Promise
  }

  isTaken = false

  constructor (start: ConstructorParameters<typeof Promise<Value>>[0]) {
    super(start)
    super.then(undefined, () => {})
  }

  override then<One, Other> (...taken: Parameters<Promise<Value>['then']>): Promise<One | Other> {
    this.isTaken = true
    return super.then(...taken) as Promise<One | Other>
  }
}

/** The guarded write of one request. */
export class RequestGuard {
  readonly #of: Guarding
  #writing: Promise<unknown> | undefined
  #hasWritten = false
  #failed: { readonly error: Error, readonly isTaken: () => boolean } | undefined

  /** How often the callback was run. */
  attempts = 0

  constructor (of: Guarding) {
    this.#of = of
  }

  /** The write that is under way. */
  get writing (): Promise<unknown> | undefined {
    return this.#writing
  }

  /** The failure of the write, and whether anybody was told of it; `undefined` where it did not fail. */
  get failed (): { readonly error: Error, readonly isTaken: () => boolean } | undefined {
    return this.#failed
  }

  /** Something else guards the request now. */
  forgetFailure (): void {
    this.#failed = undefined
  }

  /** Writes, once a request: its conditions hold for one write. One that failed wrote nothing, so another may follow. */
  write<R extends {}> (callback: GuardedCallback<any, any, R>, options: GuardOptions<R>): Promise<R> {
    if (this.#writing !== undefined || this.#hasWritten) return Promise.reject(new FST_ETAG_GUARDED_TWICE(this.#of.route.title))
    const writing = this.#write(callback, options)
    this.#writing = writing
    const told: Told<R> = new Told((resolve, reject) => {
      writing.then(result => {
        this.#writing = undefined
        this.#hasWritten = true
        resolve(result)
      }, error => {
        this.#writing = undefined
        this.#failed = { error, isTaken: () => told.isTaken }
        reject(error)
      })
    })
    return told
  }

  async #write<R extends {}> (callback: GuardedCallback<any, any, R>, options: GuardOptions<R>): Promise<R> {
    const { route, request, state, noteWritten } = this.#of
    const { members } = state
    if (route.source === 'none') throw new FST_ETAG_SOURCE_MISSING(route.title, 'guard compares the version')
    const counted = (guarded: Guarded<any, any>): Promise<R | null> => {
      this.attempts = guarded.attempt
      return callback(guarded)
    }
    let written: R
    try {
      written = await guardedWrite(this.#checks(), typeof callback === 'function' ? counted : callback, options)
    } catch (error) {
      // a store's own errors stay with the store; a refusal of this request comes through its callback
      throw isRefusal(error) ? error : withhold(error, FST_ETAG_WRITE_FAILED)
    }
    // a statement returns its rows in no order
    const result = (typeof written === 'object' && members?.areMeant === true ? members.pick(written) : written) as R
    // a list of rows of what is no list, or a count of them, is no state: the label is found in what is sent
    if (this.#isState(result) || (!Array.isArray(result) && !isCount(result))) {
      noteWritten(result)
      if (typeof result === 'object' && request.method !== 'DELETE') this.#reportVersion(result)
    }
    state.forget()
    const held = checkpoint('written', request)
    if (held !== undefined) await held
    return result
  }

  #checks (): Checks<any, any> {
    const { route, request, state, refuseFalse, refusals } = this.#of
    const { members } = state
    let returned: unknown = null
    return {
      check: () => state.ask()?.then(() => this.#checked()) ?? this.#checked(),
      recheck: async () => {
        const before = tagOf(state.described)
        await state.reload()
        if (returned === undefined && before !== tagOf(state.described)) report(route, request, 'unreturned')
        return this.#checked()
      },
      checkAbsence: refuseFalse,
      isWritten: (result, current) => {
        returned = result
        return members?.areMeant === true ? members.areWritten(result, current) : isWritten(result, object => this.#isState(object))
      },
      failureOf: error => isRefusal(error) ? undefined : route.storeFailureOf(error),
      busy: cause => Object.assign(new FST_ETAG_STORE_BUSY({ cause }), { headers: { 'retry-after': '1' } }),
      ...refusals
    }
  }

  #checked (): Checked<any, any> | undefined {
    const { state, refuseFalse } = this.#of
    const { described } = state
    if (described === undefined) return undefined
    refuseFalse()
    return { state: state.value, version: versionOf(described), tag: tagOf(described) }
  }

  // A field is found in a state alone, and ids in a list; a function finds something in any object.
  #isState (result: unknown): boolean {
    const { route: { source }, state: { members } } = this.#of
    if (typeof result !== 'object' || (members === undefined ? source !== 'field' : !members.areMeant)) return false
    try {
      return this.#of.state.describe(result).etag !== undefined
    } catch {
      return false
    }
  }

  #reportVersion (result: unknown): void {
    const { route, request, state } = this.#of
    try {
      const before = state.described
      if (before !== undefined) reportVersion(route, request, before, state.describe(result))
    } catch {
      // what was returned is no state of this resource
    }
  }
}

/**
 * The version of a state that was loaded. One that was not loaded with it compares nothing, since some stores leave a
 * condition out whose value is undefined: throws FST_ETAG_INVALID_VERSION.
 */
export function versionOf ({ version }: DescribedState): unknown {
  if (version === undefined) throw new FST_ETAG_INVALID_VERSION('What load returned', 'no version, not even null; load it with the state')
  return version
}

function tagOf (described: DescribedState | undefined): string | undefined {
  return described?.etag && formatEntityTag(described.etag)
}
