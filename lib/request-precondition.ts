import type { FastifyRequest } from 'fastify'
import { checkpoint } from './checkpoint.js'
import { hasCondition } from './conditions.js'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { isRead, isSafe, type Validators } from './preconditions.js'
import { RequestFacts } from './request-facts.js'
import { RequestGuard, versionOf, type Guarding } from './request-guard.js'
import { tagOf } from './request-judgement.js'
import { RequestRange } from './request-range.js'
import { OTHER_PART } from './verdict.js'
import type { AnswerLabel } from './answer-label.js'
import type { Decision, Handled } from './decision.js'
import type { EntityTag } from './entity-tag.js'
import type { GuardedCallback, GuardOptions } from './guarded-write.js'
import type { HeldState } from './held-state.js'
import type { Expected, Precondition } from './precondition.js'
import type { Refusal } from './refusal.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'
import type { Body } from './sources/digest.js'

/** Says that nobody but Fastify waits for a guard. */
export const kReturned = Symbol('fastify-etag-policy.returned')

/** The precondition of one request: what it sent, the state that it is about, and what follows from the two. */
export class RequestPrecondition implements Precondition<any, any>, Guarding, Handled {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #held: HeldState | undefined
  #facts: RequestFacts | undefined
  #range: RequestRange | undefined
  #guard: RequestGuard | undefined
  #hasMissed = false
  #isUnnamed = false
  #unlabelled: { readonly error: unknown } | undefined

  attempts = 0
  isGuarded = false
  waived: string | undefined
  /** Is it decided whether the answer goes out as it is? */
  settled: boolean

  /** `held`: what was found out by its tag alone. */
  constructor (route: Route, request: FastifyRequest, held?: HeldState) {
    this.#route = route
    this.#request = request
    this.#held = held
    this.settled = held !== undefined
  }

  /** What tells the definition of its route from another one. */
  get definition (): unknown {
    return this.#route.definition
  }

  get held (): HeldState | undefined {
    return this.#facts === undefined ? this.#held : undefined
  }

  get facts (): RequestFacts {
    return this.#facts ?? this.#makeFacts()
  }

  // Most writes need none of it. What was found out and done by then is known from here on.
  #makeFacts (): RequestFacts {
    const facts = new RequestFacts(this.#route, this.#request, this)
    this.#facts = facts
    if (this.#held === undefined) return facts
    facts.state.hold(this.#held)
    facts.judgement.hold(this.#held.text)
    this.#guard?.tell(facts)
    return facts
  }

  get label (): AnswerLabel {
    return this.facts.label
  }

  get current (): any {
    return this.facts.state.value
  }

  /** What is known of the state, as far as the decision needed it. */
  get known (): any {
    return this.facts.state.known
  }

  get expected (): Expected<any, any> {
    this.#noteGuarded()
    const { current } = this
    const { described } = this.facts.state
    if (current !== undefined) this.#refuseUncompared()
    if (current !== undefined && current !== null) this.facts.judgement.refusePart()
    return { version: described === undefined || this.#route.source === 'none' ? undefined : versionOf(described), current, absent: current === null }
  }

  get decision (): Decision {
    return this.facts.judgement.decision
  }

  /** The refusal that was made last. */
  get refusal (): Refusal | undefined {
    return this.facts.judgement.refusal
  }

  /** The request is answered by something else. */
  forgetRefusal (): void {
    this.facts.judgement.refusal = undefined
  }

  async load (): Promise<any> {
    // a guard that ends meanwhile makes what was loaded forgotten
    do await this.facts.state.ask()
    while (this.current === undefined)
    const { current } = this
    this.label.handedOut = true
    this.#refuseUncompared()
    if (current === null) throw this.facts.judgement.missing()
    this.facts.judgement.refusePart()
    const held = checkpoint('loaded', this.#request)
    if (held !== undefined) await held
    return current
  }

  /** `how`: `kReturned` from who hands the promise to Fastify, as the whole of what a route does. */
  guard<R extends {}> (write: GuardedCallback<any, any, R>, options?: GuardOptions<R>, how?: typeof kReturned): Promise<R> {
    this.#noteGuarded()
    this.#guard ??= new RequestGuard(this.#route, this.#request, this)
    const isLeft = this.held !== undefined && this.held.state === undefined
    return this.#guard.write(write, options ?? {}, isLeft && how === kReturned)
  }

  /** What labels the answer to a write that was guarded, where nothing else has to be known of the request; `undefined` where it has to be. */
  get rowWritten (): DescribedState | undefined {
    return this.held === undefined ? undefined : this.#guard?.rowWritten
  }

  /** Why the write failed, where nobody has heard of it: its guard was not awaited. */
  get unheardFailure (): Error | undefined {
    return this.#guard?.unheardFailure
  }

  /** The guarded write that is under way. */
  get writing (): Promise<unknown> | undefined {
    return this.#guard?.writing
  }

  waive (reason: string): void {
    if (typeof reason !== 'string' || reason.trim() === '') throw new FST_ETAG_INVALID_OPTION('waive', 'it takes the reason why, as a text')
    this.#noteGuarded()
    this.waived = reason
  }

  async failed (): Promise<Error> {
    // a success after it is one of a write that missed, unless another one follows
    this.#hasMissed = true
    const { described, isLeft } = this.facts.state
    const before = tagOf(described)
    await this.facts.state.reload()
    return this.facts.judgement.refuseMissed(before, isLeft)
  }

  /** Takes the state that was loaded before, and decides by it once more what was decided by then. */
  take (loaded: unknown, isDecided: boolean): void {
    this.facts.state.take(loaded)
    if (isDecided) this.settle()
  }

  /**
   * Makes known what the decision needs, before the method runs.
   * Returns nothing where it is known at once, else a promise of that.
   */
  prepare (): Promise<void> | undefined {
    // a field that cannot be read is refused before anything is loaded
    const isConditional = hasCondition(this.facts.judgement.sent)
    // so is a variant that cannot be told
    this.facts.judgement.variant.read()
    this.#readMembers()
    return this.facts.state.prepare(isConditional || (this.#request.method === 'PUT' && this.#route.create === 'only'))
  }

  /** Decides, before the method runs, what is answered without it: a refusal, a 304 or nothing. */
  settle (): Refusal | 304 | undefined {
    const settled = this.facts.judgement.settle()
    if (settled === 304) this.label.found = this.facts.state.described
    // a read without a load is decided about when its answer is known
    this.settled = this.facts.state.isKnown || !isRead(this.#request.method)
    return settled
  }

  /**
   * Decides about a read whose state was not known before its handler gave the answer with these validators. `isOwn`: the
   * tag is one that the handler set itself.
   */
  settleAnswer (answer: Validators, isOwn: boolean): Refusal | 304 | undefined {
    this.settled = true
    return this.facts.judgement.settleAnswer(answer, isOwn)
  }

  /** Is If-Unmodified-Since decided about, by If-Match beside it or by the date of the state? */
  get hasComparedDate (): boolean {
    return this.facts.judgement.sent.ifMatch !== undefined || this.facts.state.described?.lastModified !== undefined
  }

  get mayUseRange (): boolean {
    const { named } = this.label
    const { sent, variant, compared } = this.facts.judgement
    return this.#askedRange().mayUse(sent, named === undefined ? compared : variant.comparedWith(this.facts.state.describeNamed(named)))
  }

  /** Is it decided, before the method runs, whether a part may be sent? `undefined` where only the answer tells, or nobody asks. */
  settleRange (): boolean | undefined {
    const { sent, compared } = this.facts.judgement
    return sent.ifRange === undefined ? undefined : this.#askedRange().settle(sent, this.facts.state.isKnown ? compared : undefined)
  }

  /** The refusal of a part that is about to be sent, with these validators of its own, and is not one of the state that If-Range names. */
  refuseRange (own: Validators): Refusal | undefined {
    const { sent, variant } = this.facts.judgement
    const { lastModified, etag } = this.label.found ?? {}
    const label = { lastModified, etag: etag && variant.tagOf(etag) }
    return this.#askedRange().isOfAnother(sent, label, own) ? this.facts.judgement.refuse(OTHER_PART, { ...label, ...own }) : undefined
  }

  /** The tag that a success goes out with, in this content coding, or a 304; and is it one of a coded representation? */
  tagOn (status: number, coding: string | undefined): { readonly etag: EntityTag | undefined, readonly isCoded: boolean } {
    const state = this.label.found?.etag
    if (state === undefined) return { etag: undefined, isCoded: coding !== undefined }
    const { sent, variant } = this.facts.judgement
    const plain = variant.tagOf(state)
    const etag = status === 304 ? variant.heldTag(sent, plain) : variant.tagOf(state, coding)
    return { etag, isCoded: etag.opaque !== plain.opaque }
  }

  /** Is this a read that has a condition which is not decided yet? */
  get isUndecided (): boolean {
    return !this.settled && isRead(this.#request.method) && hasCondition(this.facts.judgement.sent)
  }

  /** Is this a write whose conditions hold for what was checked, and maybe no longer for what was written over? */
  get isUnguarded (): boolean {
    if (isSafe(this.#request.method) || this.#route.load === undefined || this.#route.waived !== undefined) return false
    return this.#hasMissed || this.#guard?.hasFailed === true || (!this.isGuarded && hasCondition(this.facts.judgement.sent))
  }

  /**
   * Finds what labels the answer, from the object that is sent if there is one. No failure here undoes a write, or an
   * answer of a route that asks only because `allReads` makes it. Any other is thrown each time.
   */
  labelAnswer (sent: unknown): void {
    if (this.#unlabelled !== undefined) throw this.#unlabelled.error
    try {
      this.label.find(sent, this.facts.state.known)
    } catch (error) {
      this.#noteUnlabelled(error)
    }
  }

  /** Labels the answer to a read by the body that is sent, where its tag is a digest of that. */
  labelBody (body: Body | undefined): void {
    if (body === undefined) return
    try {
      this.label.nameBody(this.#route.digest!.of(body))
    } catch (error) {
      this.#noteUnlabelled(error)
    }
  }

  #noteUnlabelled (error: unknown): void {
    if (isRead(this.#request.method) && !this.#route.readsOnly) {
      this.#unlabelled = { error }
      throw error
    }
    if (!this.#isUnnamed) this.#request.log.error(error, 'The answer goes out without its ETag')
    this.#isUnnamed = true
  }

  // The Range that the request asks for.
  #askedRange (): RequestRange {
    this.#range ??= new RequestRange(this.#request)
    return this.#range
  }

  // Whoever writes from a state that was loaded must not write from one that the request does not name.
  #refuseUncompared (): void {
    if (this.facts.state.wasLeft) this.facts.judgement.refuseFalse()
  }

  #noteGuarded (): void {
    this.isGuarded = true
    this.#guard?.forgetFailure()
    this.#hasMissed = false
  }

  #readMembers (): void {
    try {
      this.facts.state.readMembers()
    } catch (error) {
      throw this.facts.judgement.refuseInvalid(error)
    }
  }
}
