import type { FastifyRequest } from 'fastify'
import { checkpoint } from './checkpoint.js'
import {
  FST_ETAG_GUARDED_TWICE, FST_ETAG_INVALID_VERSION, FST_ETAG_SOURCE_MISSING, FST_ETAG_STORE_BUSY, FST_ETAG_WRITE_FAILED
} from './errors.js'
import { guardedWrite, type Checked, type Checks, type GuardedCallback, type GuardOptions } from './guarded-write.js'
import { isRefusal } from './refusal.js'
import { report } from './report.js'
import { reportVersion } from './report-version.js'
import { tagOf } from './request-judgement.js'
import { isUnfit, type StoreFailure } from './store-error.js'
import { Told } from './told.js'
import { withhold } from './withheld-error.js'
import { isCount, isWritten } from './written.js'
import type { HeldState } from './held-state.js'
import type { RequestFacts } from './request-facts.js'
import type { RequestMembers } from './request-members.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'

/** What a guarded write needs of the precondition of its request. */
export interface Guarding {
  /** The state that its conditions hold for, while nothing else of it had to be known. */
  readonly held: HeldState | undefined
  /** All that is known of it. */
  readonly facts: RequestFacts
  /** How often its callback was run. */
  attempts: number
}

const NO_LABEL = { label: undefined }

/** The guarded write of one request, and what it asks of that. */
export class RequestGuard implements Checks<any, any> {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #of: Guarding
  #isUnderWay = false
  #hasWritten = false
  #writing: Promise<any> | undefined
  #told: Told<any> | undefined
  #failure: Error | undefined
  #returned: unknown
  // is it left to the attempt that is made to compare the version?
  #isLeft = false
  #taken: { readonly label: unknown } | undefined
  #row: { readonly state: unknown, readonly described: DescribedState } | undefined

  constructor (route: Route, request: FastifyRequest, of: Guarding) {
    this.#route = route
    this.#request = request
    this.#of = of
  }

  /** The write that is under way. */
  get writing (): Promise<unknown> | undefined {
    if (!this.#isUnderWay) return undefined
    // its callback may give an answer before it has given its promise
    return this.#told === undefined ? Promise.resolve().then(() => this.#writing) : this.#told.ended()
  }

  /** Did the write fail? */
  get hasFailed (): boolean {
    return this.#failure !== undefined
  }

  /** The failure of the write, where nobody was told of it. */
  get unheardFailure (): Error | undefined {
    return this.#told?.isTaken === false ? this.#failure : undefined
  }

  /** Tells all that is known of the request what was written. */
  tell ({ state, label }: RequestFacts): void {
    if (this.#taken === undefined) return
    if (this.#taken !== NO_LABEL) label.written = this.#taken.label
    state.forget()
  }

  /** The row that was written, as it is now; `undefined` where none is, or it is no state. */
  get rowWritten (): DescribedState | undefined {
    const row = this.#hasWritten ? this.#taken!.label : undefined
    if (typeof row !== 'object' || row === null) return undefined
    try {
      return this.#route.describeState(row, this.#request)
    } catch {
      return undefined
    }
  }

  /** Something else guards the request now. */
  forgetFailure (): void {
    this.#failure = undefined
  }

  /**
   * Writes, once a request: its conditions hold for one write. One that failed wrote nothing, so another may follow. `isReturned`: the
   * promise goes to Fastify, and nobody else has to wait for it.
   */
  write<R extends {}> (callback: GuardedCallback<any, any, R>, options: GuardOptions<R>, isReturned: boolean): Promise<R> {
    if (this.#isUnderWay || this.#hasWritten) return Promise.reject(new FST_ETAG_GUARDED_TWICE(this.#route.title))
    this.#isUnderWay = true
    this.#returned = null
    this.#row = undefined
    this.#told = isReturned ? undefined : new Told<R>()
    const writing = guardedWrite(this, callback, options) as Promise<R>
    this.#writing = this.#told ?? writing
    return this.#writing
  }

  reach (): Promise<unknown> | undefined {
    return checkpoint('written', this.#request)
  }

  end<R extends {}> (given: R): R | undefined {
    this.#isUnderWay = false
    this.#hasWritten = true
    if (this.#told === undefined) return given
    this.#told.settling.resolve(given)
    return undefined
  }

  fail (error: unknown): void {
    // a store's own errors stay with the store; a refusal of this request comes through its callback
    this.#failure = isRefusal(error) ? error : withhold(error, FST_ETAG_WRITE_FAILED)
    this.#isUnderWay = false
    if (this.#told === undefined) throw this.#failure
    this.#told.fail(this.#failure)
  }

  noteAttempt (attempt: number): void {
    this.#of.attempts = attempt
  }

  check (): Checked<any, any> | undefined | Promise<Checked<any, any> | undefined> {
    const { held } = this.#of
    if (held !== undefined) {
      this.#isLeft = held.state === undefined
      return { state: held.state, version: versionOf(held.described), tag: held.described.etag?.opaque }
    }
    if (this.#route.source === 'none') throw new FST_ETAG_SOURCE_MISSING(this.#route.title, 'guard compares the version')
    const { state } = this.#of.facts
    this.#isLeft = state.isLeft
    const asking = this.#isLeft ? undefined : state.ask()
    return asking === undefined ? this.#checked() : asking.then(() => this.#checked())
  }

  async recheck (): Promise<Checked<any, any> | undefined> {
    const { state, judgement } = this.#of.facts
    const wasLeft = this.#isLeft
    const before = tagOf(state.described)
    this.#isLeft = false
    await state.reload()
    // what was not looked at before is nothing that went away
    if (wasLeft && state.value === null) judgement.refuseFalse()
    if (this.#returned === undefined && before !== tagOf(state.described)) report(this.#route, this.#request, 'unreturned')
    return this.#checked()
  }

  checkAbsence (): void {
    this.#of.facts.judgement.refuseFalse()
  }

  isWritten (result: unknown, current: unknown): boolean {
    this.#returned = result
    const members = this.#members()
    if (members?.areMeant === true) return members.areWritten(result, current)
    return (result !== null && this.#isState(result)) || isWritten(result, object => this.#isState(object))
  }

  take<R extends {}> (written: R): R {
    const members = this.#members()
    // a statement returns its rows in no order
    const result = (typeof written === 'object' && members?.areMeant === true ? members.pick(written) : written) as R
    // a list of rows of what is no list, or a count of them, is no state: the label is found in what is sent
    if (this.#isState(result) || (!Array.isArray(result) && !isCount(result))) {
      this.#taken = { label: result }
      if (typeof result === 'object' && this.#request.method !== 'DELETE') this.#reportVersion(result)
    } else {
      this.#taken = NO_LABEL
    }
    if (this.#of.held === undefined) this.tell(this.#of.facts)
    return result
  }

  failureOf (error: unknown): StoreFailure | undefined {
    if (isRefusal(error)) return undefined
    const failure = this.#route.storeFailureOf(error)
    if (failure !== undefined || !this.#isLeft || !isUnfit(error)) return failure
    // a version that no state can have is none that was there; where it is, the error comes again
    this.#request.log.info(error, 'A write failed on a value that its column cannot have; the version is compared')
    return 'conflict'
  }

  missing (): Error {
    return this.#of.facts.judgement.missing()
  }

  taken (): Error {
    return this.#of.facts.judgement.taken()
  }

  lost (): Error {
    return this.#of.facts.judgement.lost()
  }

  busy (cause: unknown): Error {
    return Object.assign(new FST_ETAG_STORE_BUSY({ cause }), { headers: { 'retry-after': '1' } })
  }

  #checked (): Checked<any, any> | undefined {
    const { state, judgement } = this.#of.facts
    const { described } = state
    if (described === undefined) return undefined
    judgement.refuseFalse()
    return { state: state.value, version: versionOf(described), tag: described.etag?.opaque }
  }

  // A field is found in a state alone, and ids in a list; a function finds something in any object.
  #isState (result: unknown): boolean {
    const members = this.#members()
    if (typeof result !== 'object' || (members === undefined ? this.#route.source !== 'field' : !members.areMeant)) return false
    try {
      return this.#describe(result).etag !== undefined
    } catch {
      return false
    }
  }

  #reportVersion (result: unknown): void {
    const { held } = this.#of
    try {
      const before = held === undefined ? this.#of.facts.state.described : held.described
      if (before !== undefined) reportVersion(this.#route, this.#request, before, this.#describe(result))
    } catch {
      // what was returned is no state of this resource
    }
  }

  #describe (state: unknown): DescribedState {
    if (this.#row === undefined || this.#row.state !== state) this.#row = { state, described: this.#route.describeState(state, this.#request) }
    return this.#row.described
  }

  // none are meant of what is no list, which needs no looking at the request
  #members (): RequestMembers | undefined {
    return this.#route.membership === undefined ? undefined : this.#of.facts.state.members
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
