import type { FastifyRequest } from 'fastify'
import { AnswerLabel } from './answer-label.js'
import { checkpoint } from './checkpoint.js'
import { hasCondition } from './conditions.js'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { isRead, type Validators } from './preconditions.js'
import { RequestGuard, versionOf } from './request-guard.js'
import { RequestJudgement, tagOf } from './request-judgement.js'
import { RequestRange } from './request-range.js'
import { RequestState } from './request-state.js'
import { OTHER_PART } from './verdict.js'
import type { Decision } from './decision.js'
import type { EntityTag } from './entity-tag.js'
import type { GuardedCallback, GuardOptions } from './guarded-write.js'
import type { Expected, Precondition } from './precondition.js'
import type { Refusal } from './refusal.js'
import type { Route } from './route.js'
import type { Body } from './sources/digest.js'

// Methods that write nothing, though they are no reads of one representation (IANA's registry of methods).
const SAFE = new Set(['GET', 'HEAD', 'QUERY', 'SEARCH', 'PROPFIND', 'REPORT'])

/** The precondition of one request: what it sent, the state that it is about, and what follows from the two. */
export class RequestPrecondition implements Precondition<any, any> {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #state: RequestState
  readonly #judgement: RequestJudgement
  readonly #isRead: boolean
  #range: RequestRange | undefined
  #guard: RequestGuard | undefined
  #hasMissed = false
  #isUnnamed = false
  #unlabelled: { readonly error: unknown } | undefined

  /** Is it decided whether the answer goes out as it is? */
  settled = false
  readonly label: AnswerLabel

  constructor (route: Route, request: FastifyRequest) {
    this.#route = route
    this.#request = request
    this.#isRead = isRead(request.method)
    this.#state = new RequestState(route, request)
    this.#judgement = new RequestJudgement(route, request, this.#state)
    this.label = new AnswerLabel(route, request.method, this.#state)
  }

  get current (): any {
    return this.#state.value
  }

  /** What is known of the state, as far as the decision needed it. */
  get known (): any {
    return this.#state.known
  }

  get expected (): Expected<any, any> {
    this.#noteGuarded()
    const { current } = this
    const { described } = this.#state
    if (current !== undefined) this.#refuseUncompared()
    if (current !== undefined && current !== null) this.#judgement.refusePart()
    return { version: described === undefined || this.#route.source === 'none' ? undefined : versionOf(described), current, absent: current === null }
  }

  get decision (): Decision {
    return this.#judgement.decision
  }

  /** The refusal that was made last. */
  get refusal (): Refusal | undefined {
    return this.#judgement.refusal
  }

  /** The request is answered by something else. */
  forgetRefusal (): void {
    this.#judgement.refusal = undefined
  }

  async load (): Promise<any> {
    // a guard that ends meanwhile makes what was loaded forgotten
    do await this.#state.ask()
    while (this.current === undefined)
    const { current } = this
    this.label.handedOut = true
    this.#refuseUncompared()
    if (current === null) throw this.#judgement.missing()
    this.#judgement.refusePart()
    const held = checkpoint('loaded', this.#request)
    if (held !== undefined) await held
    return current
  }

  guard<R extends {}> (write: GuardedCallback<any, any, R>, options?: GuardOptions<R>): Promise<R> {
    this.#noteGuarded()
    this.#guard ??= new RequestGuard({ route: this.#route, request: this.#request, state: this.#state, judgement: this.#judgement, label: this.label })
    return this.#guard.write(write, options ?? {})
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
    this.#judgement.waived = reason
  }

  async failed (): Promise<Error> {
    // a success after it is one of a write that missed, unless another one follows
    this.#hasMissed = true
    const { described, isLeft } = this.#state
    const before = tagOf(described)
    await this.#state.reload()
    return this.#judgement.refuseMissed(before, isLeft)
  }

  /** Takes the state that was loaded before, and decides by it once more what was decided by then. */
  take (loaded: unknown, isDecided: boolean): void {
    this.#state.take(loaded)
    if (isDecided) this.settle()
  }

  /**
   * Makes known what the decision needs, before the method runs.
   * Returns nothing where it is known at once, else a promise of that.
   */
  prepare (): Promise<void> | undefined {
    // a field that cannot be read is refused before anything is loaded
    const isConditional = hasCondition(this.#judgement.sent)
    // so is a variant that cannot be told
    this.#judgement.variant.read()
    this.#readMembers()
    const named = SAFE.has(this.#request.method) ? undefined : this.#judgement.named
    if (named !== undefined) {
      this.#state.leave(named)
      return undefined
    }
    return this.#state.prepare(isConditional || (this.#request.method === 'PUT' && this.#route.create === 'only'))
  }

  /** Decides, before the method runs, what is answered without it: a refusal, a 304 or nothing. */
  settle (): Refusal | 304 | undefined {
    const settled = this.#judgement.settle()
    if (settled === 304) this.label.found = this.#state.described
    // a read without a load is decided about when its answer is known
    this.settled = this.#state.isKnown || !this.#isRead
    return settled
  }

  /**
   * Decides about a read whose state was not known before its handler gave the answer with these validators. `isOwn`: the
   * tag is one that the handler set itself.
   */
  settleAnswer (answer: Validators, isOwn: boolean): Refusal | 304 | undefined {
    this.settled = true
    return this.#judgement.settleAnswer(answer, isOwn)
  }

  /** Is If-Unmodified-Since decided about, by If-Match beside it or by the date of the state? */
  get hasComparedDate (): boolean {
    return this.#judgement.sent.ifMatch !== undefined || this.#state.described?.lastModified !== undefined
  }

  get mayUseRange (): boolean {
    const { named } = this.label
    const { sent, variant, compared } = this.#judgement
    return this.#askedRange().mayUse(sent, named === undefined ? compared : variant.comparedWith(this.#state.describeNamed(named)))
  }

  /** Is it decided, before the method runs, whether a part may be sent? `undefined` where only the answer tells, or nobody asks. */
  settleRange (): boolean | undefined {
    const { sent, compared } = this.#judgement
    return sent.ifRange === undefined ? undefined : this.#askedRange().settle(sent, this.#state.isKnown ? compared : undefined)
  }

  /** The refusal of a part that is about to be sent, with these validators of its own, and is not one of the state that If-Range names. */
  refuseRange (own: Validators): Refusal | undefined {
    const { sent, variant } = this.#judgement
    const { lastModified, etag } = this.label.found ?? {}
    const label = { lastModified, etag: etag && variant.tagOf(etag) }
    return this.#askedRange().isOfAnother(sent, label, own) ? this.#judgement.refuse(OTHER_PART, { ...label, ...own }) : undefined
  }

  /** The tag that a success goes out with, in this content coding, or a 304; and is it one of a coded representation? */
  tagOn (status: number, coding: string | undefined): { readonly etag: EntityTag | undefined, readonly isCoded: boolean } {
    const state = this.label.found?.etag
    if (state === undefined) return { etag: undefined, isCoded: coding !== undefined }
    const { sent, variant } = this.#judgement
    const plain = variant.tagOf(state)
    const etag = status === 304 ? variant.heldTag(sent, plain) : variant.tagOf(state, coding)
    return { etag, isCoded: etag.opaque !== plain.opaque }
  }

  /** Is this a read that has a condition which is not decided yet? */
  get isUndecided (): boolean {
    return !this.settled && this.#isRead && hasCondition(this.#judgement.sent)
  }

  /** Is this a write whose conditions hold for what was checked, and maybe no longer for what was written over? */
  get isUnguarded (): boolean {
    if (SAFE.has(this.#request.method) || this.#route.load === undefined || this.#route.waived !== undefined) return false
    return this.#hasMissed || this.#guard?.hasFailed === true || (!this.#judgement.isGuarded && hasCondition(this.#judgement.sent))
  }

  /**
   * Finds what labels the answer, from the object that is sent if there is one. No failure here undoes a write, or an
   * answer of a route that asks only because `allReads` makes it. Any other is thrown each time.
   */
  labelAnswer (sent: unknown): void {
    if (this.#unlabelled !== undefined) throw this.#unlabelled.error
    try {
      this.label.find(sent, this.#state.known)
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
    if (this.#isRead && !this.#route.readsOnly) {
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
    if (this.#state.wasLeft) this.#judgement.refuseFalse()
  }

  #noteGuarded (): void {
    this.#judgement.isGuarded = true
    this.#guard?.forgetFailure()
    this.#hasMissed = false
  }

  #readMembers (): void {
    try {
      this.#state.readMembers()
    } catch (error) {
      throw this.#judgement.refuseInvalid(error)
    }
  }
}
