import type { FastifyRequest } from 'fastify'
import { AnswerLabel } from './answer-label.js'
import { hasCondition, readConditions } from './conditions.js'
import { checkpoint } from './checkpoint.js'
import { formatEntityTag, type EntityTag } from './entity-tag.js'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { namesVersion } from './policy.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { report } from './report.js'
import { RequestGuard, versionOf } from './request-guard.js'
import { RequestRange } from './request-range.js'
import { invalidBy, invalidFor, refusalFor } from './request-refusal.js'
import { RequestState } from './request-state.js'
import { RequestVariant } from './request-variant.js'
import { decide, decideUnevaluable, lostRace, NOT_FOUND, NOT_WHOLE, OTHER_PART, PROCEED, TAKEN, type Verdict } from './verdict.js'
import type { Decision } from './decision.js'
import type { GuardedCallback, GuardOptions } from './guarded-write.js'
import type { Expected, Precondition } from './precondition.js'
import type { Refusal } from './refusal.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'
import type { Body } from './sources/digest.js'

// Methods that write nothing, though they are no reads of one representation (IANA's registry of methods).
const SAFE = new Set(['GET', 'HEAD', 'QUERY', 'SEARCH', 'PROPFIND', 'REPORT'])

/** The precondition of one request: what it sent, the state that it is about, and what follows from the two. */
export class RequestPrecondition implements Precondition<any, any> {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #state: RequestState
  readonly #variant: RequestVariant
  readonly #range: RequestRange
  readonly #isRead: boolean
  #guard: RequestGuard | undefined
  #sent: Conditions | undefined
  #wouldAnswer: number | undefined
  #verdict: Verdict = PROCEED
  #isGuarded = false
  #hasMissed = false
  #isUnnamed = false
  #unlabelled: { readonly error: unknown } | undefined
  #waived: string | undefined

  /** Is it decided whether the answer goes out as it is? */
  settled = false
  /** The refusal that was made last. */
  refusal: Refusal | undefined
  readonly label: AnswerLabel

  constructor (route: Route, request: FastifyRequest) {
    this.#route = route
    this.#request = request
    this.#isRead = isRead(request.method)
    this.#state = new RequestState(route, request)
    this.#variant = new RequestVariant(route, request)
    this.#range = new RequestRange(request)
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
    if (current !== undefined && current !== null) this.#refusePart()
    return { version: described === undefined || this.#route.source === 'none' ? undefined : versionOf(described), current, absent: current === null }
  }

  get decision (): Decision {
    const { url, kind } = this.#route
    const { policy, level } = this.#state.policy.inForce
    const { outcome, status, field, reason } = this.#verdict
    return {
      outcome,
      status,
      field,
      reason,
      route: url,
      method: this.#request.method,
      policy,
      level,
      kind,
      wouldAnswer: this.#wouldAnswer,
      attempts: this.#guard?.attempts ?? 0,
      loads: this.#state.loads,
      guarded: this.#isGuarded,
      waived: this.#waived ?? this.#route.waived
    }
  }

  async load (): Promise<any> {
    // a guard that ends meanwhile makes what was loaded forgotten
    do await this.#state.ask()
    while (this.current === undefined)
    const { current } = this
    this.label.handedOut = true
    if (current === null) throw this.#refuse(NOT_FOUND)
    this.#refusePart()
    const held = checkpoint('loaded', this.#request)
    if (held !== undefined) await held
    return current
  }

  guard<R extends {}> (write: GuardedCallback<any, any, R>, options?: GuardOptions<R>): Promise<R> {
    this.#noteGuarded()
    this.#guard ??= this.#makeGuard()
    return this.#guard.write(write, options ?? {})
  }

  /** Why the write failed, where nobody has heard of it: its guard was not awaited. */
  get unheardFailure (): Error | undefined {
    const failed = this.#guard?.failed
    return failed === undefined || failed.isTaken() ? undefined : failed.error
  }

  /** The guarded write that is under way. */
  get writing (): Promise<unknown> | undefined {
    return this.#guard?.writing
  }

  waive (reason: string): void {
    if (typeof reason !== 'string' || reason.trim() === '') throw new FST_ETAG_INVALID_OPTION('waive', 'it takes the reason why, as a text')
    this.#noteGuarded()
    this.#waived = reason
  }

  async failed (): Promise<Error> {
    // a success after it is one of a write that missed, unless another one follows
    this.#hasMissed = true
    const before = tagOf(this.#state.described)
    await this.#state.reload()
    if (this.current === null) return this.#refuse(NOT_FOUND)
    const verdict = this.#judge()
    if (isRefused(verdict)) return this.#refuse(verdict)
    const moved = tagOf(this.#state.described) !== before
    return this.#refuse(moved ? lostRace(this.sent) : NOT_FOUND)
  }

  /** What the request sent. Throws the refusal of a field that cannot be read. */
  get sent (): Conditions {
    this.#sent ??= this.#readConditions()
    return this.#sent
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
    const isConditional = hasCondition(this.sent)
    // so is a variant that cannot be told
    this.#variant.read()
    this.#readMembers()
    return this.#state.prepare(isConditional || (this.#request.method === 'PUT' && this.#route.create === 'only'))
  }

  /** Decides, before the method runs, what is answered without it: a refusal, a 304 or nothing. */
  settle (): Refusal | 304 | undefined {
    const { described, isKnown } = this.#state
    const verdict = isKnown
      ? this.#judge()
      : decideUnevaluable(this.#request.method, this.sent, { required: this.#state.isRequired, missing: this.#route.missing })
    if (verdict.status === 304) this.label.found = described
    if (verdict.status === undefined && !this.#isRead) this.#noteLeniency(described)
    // a read without a load is decided about when its answer is known
    this.settled = isKnown || !this.#isRead
    return this.#conclude(verdict)
  }

  /**
   * Decides about a read whose state was not known before its handler gave the answer with these validators. `isOwn`: the
   * tag is one that the handler set itself.
   */
  settleAnswer (answer: Validators, isOwn: boolean): Refusal | 304 | undefined {
    this.settled = true
    const current = isOwn ? answer : this.#variant.comparedWith(answer)
    const sent = this.#variant.known(this.sent, current, isOwn)
    return this.#conclude(decide({ method: this.#request.method, sent, current, required: false, create: 'never' }), current)
  }

  /** Is If-Unmodified-Since decided about, by If-Match beside it or by the date of the state? */
  get hasComparedDate (): boolean {
    return this.sent.ifMatch !== undefined || this.#state.described?.lastModified !== undefined
  }

  get mayUseRange (): boolean {
    const { named } = this.label
    const known = named === undefined ? this.#compare() : this.#variant.comparedWith(this.#state.describeNamed(named))
    return this.#range.mayUse(this.sent, known)
  }

  /** Is it decided, before the method runs, whether a part may be sent? `undefined` where only the answer tells, or nobody asks. */
  settleRange (): boolean | undefined {
    return this.#range.settle(this.sent, this.#state.isKnown ? this.#compare() : undefined)
  }

  /** The refusal of a part that is about to be sent, with these validators of its own, and is not one of the state that If-Range names. */
  refuseRange (own: Validators): Refusal | undefined {
    const { lastModified, etag } = this.label.found ?? {}
    const label = { lastModified, etag: etag && this.#variant.tagOf(etag) }
    return this.#range.isOfAnother(this.sent, label, own) ? this.#refuse(OTHER_PART, { ...label, ...own }) : undefined
  }

  /** The tag that a success goes out with, in this content coding, or a 304; and is it one of a coded representation? */
  tagOn (status: number, coding: string | undefined): { readonly etag: EntityTag | undefined, readonly isCoded: boolean } {
    const state = this.label.found?.etag
    if (state === undefined) return { etag: undefined, isCoded: coding !== undefined }
    const plain = this.#variant.tagOf(state)
    const etag = status === 304 ? this.#variant.heldTag(this.sent, plain) : this.#variant.tagOf(state, coding)
    return { etag, isCoded: etag.opaque !== plain.opaque }
  }

  /** Is this a read that has a condition which is not decided yet? */
  get isUndecided (): boolean {
    return !this.settled && this.#isRead && hasCondition(this.sent)
  }

  /** Is this a write whose conditions hold for what was checked, and maybe no longer for what was written over? */
  get isUnguarded (): boolean {
    if (SAFE.has(this.#request.method) || this.#route.load === undefined || this.#route.waived !== undefined) return false
    return this.#hasMissed || this.#guard?.failed !== undefined || (!this.#isGuarded && hasCondition(this.sent))
  }

  /**
   * Finds what labels the answer, from the object that is sent if there is one. No failure here undoes a write, or an
   * answer of a route that asks only because `allReads` makes it. Any other is thrown each time.
   */
  labelAnswer (sent: unknown): void {
    if (this.#unlabelled !== undefined) throw this.#unlabelled.error
    this.#labelBy(() => this.label.find(sent, this.#state.known))
  }

  /** Labels the answer to a read by the body that is sent, where its tag is a digest of that. */
  labelBody (body: Body | undefined): void {
    if (body !== undefined) this.#labelBy(() => this.label.nameBody(this.#route.digest!.of(body)))
  }

  #labelBy (find: () => void): void {
    try {
      find()
    } catch (error) {
      if (this.#isRead && !this.#route.readsOnly) {
        this.#unlabelled = { error }
        throw error
      }
      if (!this.#isUnnamed) this.#request.log.error(error, 'The answer goes out without its ETag')
      this.#isUnnamed = true
    }
  }

  #makeGuard (): RequestGuard {
    return new RequestGuard({
      route: this.#route,
      request: this.#request,
      state: this.#state,
      refuseFalse: () => this.#refuseFalse(),
      refusals: {
        missing: () => this.#refuse(NOT_FOUND),
        taken: () => this.#refuse(TAKEN),
        lost: () => this.#refuse(lostRace(this.sent))
      },
      noteWritten: row => { this.label.written = row }
    })
  }

  #noteGuarded (): void {
    this.#isGuarded = true
    this.#guard?.forgetFailure()
    this.#hasMissed = false
  }

  // The policy would have refused this write, had `enforce` not let it through.
  #noteLeniency (described: DescribedState | undefined): void {
    const { accept, missing } = this.#route
    const { policy } = this.#state
    const lenient = policy.asks && !policy.isRequired
    if (lenient && this.current !== null && !namesVersion(this.sent, described ?? {}, accept)) this.#wouldAnswer = missing
    if (policy.isRequired && this.sent.ifMatch === '*' && described !== undefined && described.etag === undefined) {
      report(this.#route, this.#request, 'tagless')
    }
  }

  // What is known of the state, as this request is compared with it.
  #compare (): Validators | undefined {
    const { described } = this.#state
    return described && this.#variant.comparedWith(described)
  }

  #conclude (verdict: Verdict, current?: Validators): Refusal | 304 | undefined {
    this.#verdict = verdict
    if (isRefused(verdict)) return this.#refuse(verdict, current ?? this.#compare())
    return verdict.status === 304 ? 304 : undefined
  }

  #judge (): Verdict {
    const { create, createIgnoresIfMatch, missing, accept, tolerate } = this.#route
    const current = this.#compare()
    return decide({
      method: this.#request.method,
      sent: current === undefined ? this.sent : this.#variant.known(this.sent, current),
      current,
      required: this.#state.isRequired,
      isWhole: !this.#state.isPart,
      create,
      // what was there and is gone is not made anew by who meant to change it
      createIgnoresIfMatch: createIgnoresIfMatch && !this.#state.wasThere,
      missing,
      accept,
      tolerateWeak: tolerate.weak
    })
  }

  #refuseFalse (): void {
    const verdict = this.#judge()
    if (isRefused(verdict)) throw this.#refuse(verdict)
  }

  #refuse (verdict: Verdict, current: Validators | undefined = this.#state.described): Refusal {
    this.#verdict = verdict
    this.refusal = refusalFor(this.#route, this.#request, this.decision, current)
    return this.refusal
  }

  #refusePart (): void {
    if (this.#state.isPart) throw this.#refuse(NOT_WHOLE)
  }

  #readMembers (): void {
    try {
      this.#state.readMembers()
    } catch (error) {
      throw this.#refuseInvalid(error)
    }
  }

  #readConditions (): Conditions {
    try {
      return readConditions(this.#request, Math.floor(Date.now() / 1000), this.#route.tolerate.unquoted)
    } catch (error) {
      throw this.#refuseInvalid(error)
    }
  }

  #refuseInvalid (error: unknown): Refusal {
    this.#verdict = invalidBy(error)
    this.refusal = invalidFor(this.#request, this.decision, error)
    return this.refusal
  }
}

function isRefused ({ status }: Verdict): boolean {
  return status !== undefined && status >= 400
}

function tagOf (described: DescribedState | undefined): string | undefined {
  return described?.etag && formatEntityTag(described.etag)
}
