import { inspect } from 'node:util'
import { FST_ETAG_LOAD_FAILED, FST_ETAG_LOAD_MISSING } from './errors.js'
import type { Load, Purpose } from './option-schemas.js'
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
  #loading: Promise<void> | undefined

  /** What was loaded; `null` where nothing is there, `undefined` while nothing was loaded. */
  value: unknown
  /** How often `load` was called. */
  loads = 0

  constructor (source: StateSource, request: unknown) {
    this.#source = source
    this.#request = request
  }

  /** The state as the sources see it; `undefined` where nothing is there or nothing was loaded. */
  get described (): DescribedState | undefined {
    return this.value === undefined || this.value === null ? undefined : this.describe(this.value)
  }

  /** Describes another state of the same resource. */
  describe (state: unknown): DescribedState {
    return this.#source.describeState(state, this.#request)
  }

  /** Makes the state known. Returns nothing where it is known at once, else a promise of that. */
  ask (purpose: Purpose): Promise<void> | undefined {
    if (this.value !== undefined) return undefined
    this.#loading ??= this.#start(purpose)
    return this.#loading
  }

  /** Loads anew, whatever is known. */
  async reload (): Promise<void> {
    this.#loading = this.#start('retry')
    await this.#loading
  }

  // A load that gives no promise costs none.
  #start (purpose: Purpose): Promise<void> | undefined {
    let loaded: unknown
    try {
      const { load, title } = this.#source
      if (load === undefined) throw new FST_ETAG_LOAD_MISSING(title, 'its handler asks for the state')
      this.loads++
      loaded = load(this.#request, purpose)
    } catch (error) {
      return Promise.reject(asError(error))
    }
    const turn = this.loads
    if (isThenable(loaded)) return Promise.resolve(loaded).then(value => this.#remember(value, turn), fail)
    this.#remember(loaded, turn)
    return undefined
  }

  // An answer that arrives after a later question was asked is out of date.
  #remember (value: unknown, turn: number): void {
    if (turn === this.loads) this.value = value ?? null
  }
}

function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function fail (error: unknown): never {
  throw asError(error)
}

// The answers to a precondition: an error that brings one of these statuses along speaks of something else.
const OURS = new Set([412, 428])

/** A failure that no caller takes for a success or for a decision of ours. */
export function asError (error: unknown): Error {
  if (error instanceof Error && !OURS.has(statusOf(error))) return error
  return new FST_ETAG_LOAD_FAILED(inspect(error, { depth: 0 }), { cause: error })
}

// The status that Fastify would answer with: statusCode where that is one of an error, else status.
function statusOf (error: Error & { statusCode?: unknown, status?: unknown }): number {
  const status = Number(error.statusCode)
  return status >= 400 && status <= 599 ? status : Number(error.status)
}
