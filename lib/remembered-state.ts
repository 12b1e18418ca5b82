import { FST_ETAG_LOAD_MISSING } from './errors.js'
import { withhold } from './withheld-error.js'
import type { Load, Purpose } from './option-schemas.js'
import type { RequestMembers } from './request-members.js'
import type { DescribedState, DescribeState } from './sources/described-state.js'

/** What a state is loaded and described with. */
export interface StateSource {
  readonly title: string
  readonly load: Load | undefined
  readonly describeState: DescribeState
}

/** The state that one request is about: loaded when it is first asked for, and remembered. */
export class RememberedState {
  readonly #source: StateSource
  readonly #request: unknown
  readonly #members: Pick<RequestMembers, 'pick'> | undefined
  #loading: Promise<void> | undefined
  #loaded: unknown
  #described: DescribedState | undefined
  #undescribable: Error | undefined

  /** What was loaded; `null` where nothing is there, `undefined` while nothing was loaded. */
  value: unknown
  /** How often `load` was called. */
  loads = 0
  /** How often a state was taken, which a load that is under way gives later. */
  taken = 0
  /** Was anything there, whenever it was looked? */
  wasThere = false

  /** `members` picks those that the request is about, where the state is a list. */
  constructor (source: StateSource, request: unknown, members?: Pick<RequestMembers, 'pick'>) {
    this.#source = source
    this.#request = request
    this.#members = members
  }

  /**
   * The state as the sources saw it when it was loaded, whatever became of the object since; `undefined` where nothing is
   * there or nothing was loaded. Throws what a source threw.
   */
  get described (): DescribedState | undefined {
    if (this.#undescribable !== undefined) throw this.#undescribable
    return this.#described
  }

  /** Describes another state of the same resource. */
  describe (state: unknown): DescribedState {
    try {
      return this.#source.describeState(state, this.#request)
    } catch (error) {
      throw withhold(error)
    }
  }

  /** Makes the state known. Returns nothing where it is known at once, else a promise of that. */
  ask (purpose: Purpose): Promise<void> | undefined {
    if (this.value !== undefined) return undefined
    this.#loading ??= this.#start(purpose)
    return this.#loading
  }

  /** Takes what was loaded before anybody asked. */
  take (value: unknown): void {
    this.loads++
    this.#remember(value, this.loads)
  }

  /** The same of what was described by then, and may have become another one since. */
  hold (value: unknown, described: DescribedState): void {
    this.loads++
    this.taken++
    this.wasThere = true
    this.#loaded = value
    this.value = value
    this.#described = described
  }

  /** Knows nothing any more: a write of this request has changed the state. */
  forget (): void {
    this.#loading = undefined
    this.value = undefined
    this.#described = undefined
    this.#undescribable = undefined
  }

  /** Loads anew, whatever is known, and waits for the newest of several that do. */
  async reload (): Promise<void> {
    this.#loading = this.#start('retry')
    let awaited: Promise<void> | undefined
    do {
      awaited = this.#loading
      await awaited
    } while (awaited !== this.#loading)
  }

  // A load that gives no promise costs none.
  #start (purpose: Purpose): Promise<void> | undefined {
    let loaded: unknown
    let isPromise: boolean
    try {
      const { load, title } = this.#source
      if (load === undefined) throw new FST_ETAG_LOAD_MISSING(title, 'its handler asks for the state')
      this.loads++
      loaded = load(this.#request, purpose)
      isPromise = isThenable(loaded)
    } catch (error) {
      return Promise.reject(withhold(error))
    }
    const turn = this.loads
    if (isPromise) return Promise.resolve(loaded).then(value => this.#remember(value, turn), fail)
    this.#remember(loaded, turn)
    return undefined
  }

  /** It is known by now which members of a list the request is about: what was loaded before is seen anew. */
  pickAgain (): void {
    if (this.value !== undefined) this.#see()
  }

  #see (): void {
    this.taken++
    this.value = this.#loaded
    this.#described = undefined
    this.#undescribable = undefined
    if (this.value === null) return
    try {
      if (this.#members !== undefined) this.value = this.#members.pick(this.#loaded)
      this.#described = this.describe(this.value)
    } catch (error) {
      this.#undescribable = withhold(error)
    }
  }

  // An answer that arrives after a later question was asked is out of date.
  #remember (value: unknown, turn: number): void {
    if (turn !== this.loads) return
    this.#loaded = value ?? null
    if (this.#loaded !== null) this.wasThere = true
    this.#see()
  }
}

/** Is it a promise, of whatever make? */
export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function fail (error: unknown): never {
  throw withhold(error)
}
