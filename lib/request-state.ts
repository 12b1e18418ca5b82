import type { FastifyRequest } from 'fastify'
import { PolicyOfRequest } from './policy-of-request.js'
import { isRead } from './preconditions.js'
import { RememberedState } from './remembered-state.js'
import { report } from './report.js'
import { RequestMembers } from './request-members.js'
import { withhold } from './withheld-error.js'
import type { HeldState } from './held-state.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'

/** The state that one request is about, the members that it means of a list, and the policy that holds for them. */
export class RequestState {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #remembered: RememberedState
  readonly #validators: RememberedState | undefined
  readonly #isRead: boolean
  readonly members: RequestMembers | undefined
  #policy: PolicyOfRequest | undefined
  #named: DescribedState | undefined
  /** Is the tag a digest of the body that this read is answered with, so that no state which is loaded tells it? */
  readonly isNamedByBody: boolean

  constructor (route: Route, request: FastifyRequest) {
    this.#route = route
    this.#request = request
    this.members = route.membership && new RequestMembers(route.membership, request)
    this.#isRead = isRead(request.method)
    this.isNamedByBody = route.digest !== undefined && this.#isRead
    const { title, load, loadValidators, dateState, describeState } = route
    this.#remembered = new RememberedState(this.isNamedByBody ? { title, load, describeState: dateState } : route, request, this.members)
    this.#validators = this.#isRead && loadValidators !== undefined ? new RememberedState({ title, load: loadValidators, describeState }, request) : undefined
  }

  /** The policy that holds. */
  get policy (): PolicyOfRequest {
    this.#policy ??= new PolicyOfRequest(this.#route, this.#request)
    return this.#policy
  }

  /** Does the policy refuse this request where it names no version? */
  get isRequired (): boolean {
    return !this.#isRead && this.policy.isRequired
  }

  /** What was loaded; `null` where nothing is there, `undefined` while nothing was loaded. */
  get value (): any {
    return this.#remembered.value
  }

  /** What is known of the state: all of it where it was loaded, else what its validators are made of, if that was. */
  get known (): any {
    return this.#newest().value
  }

  /** The state as it was when it was loaded, or as the request named it where it is left to the write. Throws what a source threw. */
  get described (): DescribedState | undefined {
    return this.isLeft ? this.#named : this.#newest().described
  }

  /** Was it left to the write when the request was decided about, so that what was loaded since was not compared then? */
  get wasLeft (): boolean {
    return this.#named !== undefined
  }

  /** Is it left to the write to find out whether the state is the one that the request names? */
  get isLeft (): boolean {
    return this.#named !== undefined && this.value === undefined
  }

  /** How often `load` was called. */
  get loads (): number {
    return this.#remembered.loads
  }

  /** How often a state was taken, which a load that is under way gives later. */
  get taken (): number {
    return this.#remembered.taken
  }

  /** Was anything there, whenever it was looked? */
  get wasThere (): boolean {
    return this.#remembered.wasThere
  }

  /** Is it known what the request is compared with? */
  get isKnown (): boolean {
    return this.known !== undefined && !this.isNamedByBody
  }

  /** Of a list only a part is there: its versions would stand beside other members than those of the body. */
  get isPart (): boolean {
    return this.described !== undefined && this.members !== undefined && !this.members.isWhole(this.value)
  }

  /** Reads which members of a list are meant. Throws FST_ETAG_INVALID_MEMBERS. */
  readMembers (): void {
    if (this.members === undefined) return
    this.members.read()
    this.#remembered.pickAgain()
  }

  /** Makes known what the request is compared with where it `isNeeded`, and the policy where that depends on it. */
  prepare (isNeeded: boolean): Promise<void> | undefined {
    if (!this.#isRead && this.policy.isOpen) return this.#askAll()
    if (!(isNeeded || this.isRequired) || this.#route.load === undefined || this.isNamedByBody) return undefined
    return this.#validators === undefined || this.value !== undefined ? this.ask() : this.#validators.ask('read')
  }

  /** Makes the state known. Returns nothing where it is known at once, else a promise of that. */
  ask (): Promise<void> | undefined {
    return this.#remembered.ask(this.#isRead ? 'read' : 'check')
  }

  /** Loads anew, whatever is known: what is there now may be under another policy. */
  async reload (): Promise<void> {
    await this.#remembered.reload()
    await this.#askPolicy()
  }

  /** Takes the state that the request names, or leaves it to the write to compare that version. */
  hold ({ state, described }: HeldState): void {
    if (state === undefined) this.#named = described
    else this.#remembered.hold(state, described)
  }

  /** Takes what was loaded before. */
  take (loaded: unknown): void {
    this.#remembered.take(loaded)
  }

  /** Knows nothing any more: a write of this request has changed the state. */
  forget (): void {
    this.#named = undefined
    this.#remembered.forget()
  }

  /**
   * Describes a state of the same resource. A read shows it as it was loaded, whatever the handler took off the object since.
   * What a write changed in place is described anew, and so is a list, which a handler may have sorted.
   */
  describe (state: unknown): DescribedState {
    const { value, described } = this.#remembered
    const isAsItWas = state === value && this.#isRead && this.members === undefined
    return described !== undefined && isAsItWas ? described : this.#remembered.describe(state)
  }

  /** The same of a state that the handler named: of a body that it names there is a digest. */
  describeNamed (state: unknown): DescribedState {
    if (!this.isNamedByBody) return this.describe(state)
    try {
      return this.#route.describeState(state, this.#request)
    } catch (error) {
      throw withhold(error)
    }
  }

  // a method, since V8 finds a private getter by a slow way
  #newest (): RememberedState {
    return this.#validators === undefined || this.#remembered.value !== undefined ? this.#remembered : this.#validators
  }

  async #askAll (): Promise<void> {
    await this.ask()
    await this.#askPolicy()
  }

  async #askPolicy (): Promise<void> {
    // what is not there has no policy
    if (!this.policy.isOpen || this.value === null) return
    await this.policy.ask(this.value, said => {
      report(this.#route, this.#request, 'unknown-policy')
      this.#request.log.debug({ said }, 'No policy')
    })
  }
}
