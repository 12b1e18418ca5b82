import type { FastifyRequest } from 'fastify'
import { checkpoint } from './checkpoint.js'
import {
  FST_ETAG_GUARDED_TWICE, FST_ETAG_INVALID_VERSION, FST_ETAG_SOURCE_MISSING, FST_ETAG_STORE_BUSY, FST_ETAG_WRITE_FAILED
} from './errors.js'
import { guardedWrite, type Checked, type Checks, type GuardedCallback, type GuardOptions } from './guarded-write.js'
import { isRefusal } from './refusal.js'
import { report } from './report.js'
import { reportVersion } from './report-version.js'
import { tagOf, type RequestJudgement } from './request-judgement.js'
import { isUnfit, type StoreFailure } from './store-error.js'
import { withhold } from './withheld-error.js'
import { isCount, isWritten } from './written.js'
import type { AnswerLabel } from './answer-label.js'
import type { RequestState } from './request-state.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'

/** What a guarded write is about. */
export interface Guarding {
  readonly route: Route
  readonly request: FastifyRequest
  readonly state: RequestState
  readonly judgement: RequestJudgement
  /** Takes the row that was written. */
  readonly label: Pick<AnswerLabel, 'written'>
}

/** A promise that knows whether anybody waits for it, so that one which nobody awaits is no failure of the process. */
class Told<Value> extends Promise<Value> {
  static override get [Symbol.species] (): PromiseConstructor {
    return Promise
  }

  isTaken = false

  override then<One, Other> (...taken: Parameters<Promise<Value>['then']>): Promise<One | Other> {
    this.isTaken = true
    return super.then(...taken) as Promise<One | Other>
  }

  /** The same for who waits for its end, and takes nothing. */
  ended (): Promise<Value> {
    return super.then(value => value)
  }

  /** Makes a failure that nobody takes none of the process. */
  disown (): void {
    super.then(undefined, () => {})
  }
}

/** The guarded write of one request, and what it asks of that. */
export class RequestGuard implements Checks<any, any> {
  readonly #of: Guarding
  #isUnderWay = false
  #hasWritten = false
  #told: Told<any> | undefined
  #failure: Error | undefined
  #returned: unknown
  // is it left to the attempt that is made to compare the version?
  #isLeft = false
  #row: { readonly state: unknown, readonly described: DescribedState } | undefined

  constructor (of: Guarding) {
    this.#of = of
  }

  /** The write that is under way. */
  get writing (): Promise<unknown> | undefined {
    return this.#isUnderWay ? this.#told!.ended() : undefined
  }

  /** Did the write fail? */
  get hasFailed (): boolean {
    return this.#failure !== undefined
  }

  /** The failure of the write, where nobody was told of it. */
  get unheardFailure (): Error | undefined {
    return this.#told?.isTaken === true ? undefined : this.#failure
  }

  /** Something else guards the request now. */
  forgetFailure (): void {
    this.#failure = undefined
  }

  /** Writes, once a request: its conditions hold for one write. One that failed wrote nothing, so another may follow. */
  write<R extends {}> (callback: GuardedCallback<any, any, R>, options: GuardOptions<R>): Promise<R> {
    const { route, request } = this.#of
    if (this.#isUnderWay || this.#hasWritten) return Promise.reject(new FST_ETAG_GUARDED_TWICE(route.title))
    let resolve!: (result: R | PromiseLike<R>) => void
    let reject!: (error: Error) => void
    const told = new Told<R>((...both) => { [resolve, reject] = both })
    this.#told = told
    this.#isUnderWay = true
    this.#returned = null
    this.#row = undefined

    const fail = (error: Error): void => {
      this.#isUnderWay = false
      this.#failure = error
      told.disown()
      reject(error)
    }
    const end = (result: R): void => {
      this.#isUnderWay = false
      this.#hasWritten = true
      resolve(result)
    }
    if (route.source === 'none') {
      fail(new FST_ETAG_SOURCE_MISSING(route.title, 'guard compares the version'))
      return told
    }
    guardedWrite(this, callback, options).then(result => {
      const held = checkpoint('written', request)
      if (held === undefined) end(result)
      else held.then(() => end(result), fail)
    // a store's own errors stay with the store; a refusal of this request comes through its callback
    }, error => fail(isRefusal(error) ? error : withhold(error, FST_ETAG_WRITE_FAILED)))
    return told
  }

  noteAttempt (attempt: number): void {
    this.#of.judgement.attempts = attempt
  }

  check (): Checked<any, any> | undefined | Promise<Checked<any, any> | undefined> {
    const { state } = this.#of
    this.#isLeft = state.isLeft
    const asking = this.#isLeft ? undefined : state.ask()
    return asking === undefined ? this.#checked() : asking.then(() => this.#checked())
  }

  async recheck (): Promise<Checked<any, any> | undefined> {
    const { route, request, state, judgement } = this.#of
    const wasLeft = this.#isLeft
    const before = tagOf(state.described)
    this.#isLeft = false
    await state.reload()
    // what was not looked at before is nothing that went away
    if (wasLeft && state.value === null) judgement.refuseFalse()
    if (this.#returned === undefined && before !== tagOf(state.described)) report(route, request, 'unreturned')
    return this.#checked()
  }

  checkAbsence (): void {
    this.#of.judgement.refuseFalse()
  }

  isWritten (result: unknown, current: unknown): boolean {
    const { members } = this.#of.state
    this.#returned = result
    if (members?.areMeant === true) return members.areWritten(result, current)
    return (result !== null && this.#isState(result)) || isWritten(result, object => this.#isState(object))
  }

  take<R extends {}> (written: R): R {
    const { request, state, label } = this.#of
    const { members } = state
    // a statement returns its rows in no order
    const result = (typeof written === 'object' && members?.areMeant === true ? members.pick(written) : written) as R
    // a list of rows of what is no list, or a count of them, is no state: the label is found in what is sent
    if (this.#isState(result) || (!Array.isArray(result) && !isCount(result))) {
      label.written = result
      if (typeof result === 'object' && request.method !== 'DELETE') this.#reportVersion(result)
    }
    state.forget()
    return result
  }

  failureOf (error: unknown): StoreFailure | undefined {
    if (isRefusal(error)) return undefined
    const { route, request } = this.#of
    const failure = route.storeFailureOf(error)
    if (failure !== undefined || !this.#isLeft || !isUnfit(error)) return failure
    // a version that no state can have is none that was there; where it is, the error comes again
    request.log.info(error, 'A write failed on a value that its column cannot have; the version is compared')
    return 'conflict'
  }

  missing (): Error {
    return this.#of.judgement.missing()
  }

  taken (): Error {
    return this.#of.judgement.taken()
  }

  lost (): Error {
    return this.#of.judgement.lost()
  }

  busy (cause: unknown): Error {
    return Object.assign(new FST_ETAG_STORE_BUSY({ cause }), { headers: { 'retry-after': '1' } })
  }

  #checked (): Checked<any, any> | undefined {
    const { state, judgement } = this.#of
    const { described } = state
    if (described === undefined) return undefined
    judgement.refuseFalse()
    return { state: state.value, version: versionOf(described), tag: tagOf(described) }
  }

  // A field is found in a state alone, and ids in a list; a function finds something in any object.
  #isState (result: unknown): boolean {
    const { route: { source }, state: { members } } = this.#of
    if (typeof result !== 'object' || (members === undefined ? source !== 'field' : !members.areMeant)) return false
    try {
      return this.#describe(result).etag !== undefined
    } catch {
      return false
    }
  }

  #reportVersion (result: unknown): void {
    const { route, request, state } = this.#of
    try {
      const before = state.described
      if (before !== undefined) reportVersion(route, request, before, this.#describe(result))
    } catch {
      // what was returned is no state of this resource
    }
  }

  #describe (state: unknown): DescribedState {
    if (this.#row === undefined || this.#row.state !== state) this.#row = { state, described: this.#of.state.describe(state) }
    return this.#row.described
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
