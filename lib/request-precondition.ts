import type { FastifyError, FastifyRequest } from 'fastify'
import { AnswerLabel } from './answer-label.js'
import { hasCondition, readConditions } from './conditions.js'
import { formatEntityTag } from './entity-tag.js'
import { FST_ETAG_INVALID_OPTION, FST_ETAG_SOURCE_MISSING, FST_ETAG_STORE_BUSY, FST_ETAG_WRITE_FAILED } from './errors.js'
import { guardedWrite, type Checked, type Checks, type GuardedCallback, type GuardOptions } from './guarded-write.js'
import { isRequired, namesVersion } from './policy.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { asRefusal, isRefusal, refusalOf, type Refusal, type RefusedOutcome } from './refusal.js'
import { RememberedState } from './remembered-state.js'
import { report } from './report.js'
import { reportVersion } from './report-version.js'
import { isDisclosed, isEnforced, type Route } from './route.js'
import { decide, decideUnevaluable, lostRace, NOT_FOUND, PROCEED, TAKEN, type Verdict } from './verdict.js'
import { withhold } from './withheld-error.js'
import { isCount } from './written.js'
import type { Decision } from './decision.js'
import type { Expected, Precondition } from './precondition.js'
import type { DescribedState } from './sources/described-state.js'

/** The precondition of one request: what it sent, the state that it is about, and what follows from the two. */
export class RequestPrecondition implements Precondition<any, any> {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #state: RememberedState
  #sent: Conditions | undefined
  #isRequired: boolean | undefined
  #wouldAnswer: number | undefined
  #attempts = 0
  #verdict: Verdict = PROCEED
  #isGuarded = false
  #waived: string | undefined

  /** Is it decided whether the answer goes out as it is? */
  settled = false
  /** The refusal that was made last. */
  refusal: Refusal | undefined
  readonly label: AnswerLabel

  constructor (route: Route, request: FastifyRequest) {
    this.#route = route
    this.#request = request
    this.#state = new RememberedState(route, request)
    this.label = new AnswerLabel(route, request.method, state => this.#describe(state))
  }

  get current (): any {
    return this.#state.value
  }

  get expected (): Expected<any, any> {
    this.#isGuarded = true
    const current = this.current
    return { version: this.#state.described?.version, current, absent: current === null }
  }

  get decision (): Decision {
    const { url, kind, policy: { policy, level } } = this.#route
    return {
      ...this.#verdict,
      route: url,
      method: this.#request.method,
      policy,
      level,
      kind,
      wouldAnswer: this.#wouldAnswer,
      attempts: this.#attempts,
      loads: this.#state.loads,
      waived: this.#waived
    }
  }

  async load (): Promise<any> {
    await this.#ask()
    this.label.handedOut = true
    if (this.current === null) throw this.#refuse(NOT_FOUND)
    return this.current
  }

  async guard<R extends {}> (write: GuardedCallback<any, any, R>, { create, retries }: GuardOptions<R> = {}): Promise<R> {
    this.#isGuarded = true
    const { source, title } = this.#route
    if (source === 'none') throw new FST_ETAG_SOURCE_MISSING(title, 'guard compares the version')
    let isUndefined = false
    const counted: GuardedCallback<any, any, R> = async guarded => {
      this.#attempts = guarded.attempt
      const result = await write(guarded)
      isUndefined = result === undefined
      return result
    }
    const result = await guardedWrite(this.#checks(() => isUndefined), counted, { create, retries }).catch(withholdUnlessRefused)
    // rows in a list, or a count of them, are no state: the label is found in what is sent
    if (!isCount(result) && !Array.isArray(result)) {
      this.label.written = result
      this.#reportVersion(result)
    }
    this.#state.forget()
    return result
  }

  waive (reason: string): void {
    if (typeof reason !== 'string' || reason.trim() === '') throw new FST_ETAG_INVALID_OPTION('waive', 'it takes the reason why, as a text')
    this.#isGuarded = true
    this.#waived = reason
  }

  async failed (): Promise<Error> {
    this.#isGuarded = true
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

  /**
   * Makes known what the decision needs, before the method runs.
   * Returns nothing where it is known at once, else a promise of that.
   */
  prepare (): Promise<void> | undefined {
    const { create, load } = this.#route
    const needed = hasCondition(this.sent) || this.#required || (this.#request.method === 'PUT' && create === 'only')
    return needed && load !== undefined ? this.#ask() : undefined
  }

  /** Decides, before the method runs, what is answered without it: a refusal, a 304 or nothing. */
  settle (): Refusal | 304 | undefined {
    const known = this.current !== undefined
    const { described } = this.#state
    const verdict = known ? this.#judge() : decideUnevaluable(this.#request.method, this.sent)
    if (verdict.status === 304) this.label.found = described
    if (verdict.status === undefined) this.#noteLeniency(described)
    // a read without a load is decided about when its answer is known
    this.settled = known || !isRead(this.#request.method)
    return this.#conclude(verdict, described)
  }

  /** Decides about a read whose state was not known before its handler gave the answer with these validators. */
  settleAnswer (answer: Validators): Refusal | 304 | undefined {
    this.settled = true
    const question = { method: this.#request.method, sent: this.sent, current: answer, required: false, create: 'never' } as const
    return this.#conclude(decide(question), answer)
  }

  /** Is this a read that has a condition which is not decided yet? */
  get isUndecided (): boolean {
    return !this.settled && isRead(this.#request.method) && hasCondition(this.sent)
  }

  /** Is this a write whose conditions hold for what was checked, and maybe no longer for what was written over? */
  get isUnguarded (): boolean {
    const { method } = this.#request
    return !this.#isGuarded && !isRead(method) && this.#route.load !== undefined && hasCondition(this.sent)
  }

  /**
   * Finds what labels the answer, from the object that is sent if there is one. No failure here undoes a write, or an
   * answer of a route that asks only because `allReads` makes it.
   */
  labelAnswer (sent: unknown): void {
    try {
      this.label.find(sent, this.current)
    } catch (error) {
      if (isRead(this.#request.method) && !this.#route.readsOnly) throw error
      this.#request.log.error(error, 'The answer goes out without its ETag')
    }
  }

  // `enforce` is asked once a request
  get #required (): boolean {
    this.#isRequired ??= isRequired(this.#route.policy, this.#request.method) && isEnforced(this.#route, this.#request)
    return this.#isRequired
  }

  // The policy would have refused this write, had `enforce` not let it through.
  #noteLeniency (described: DescribedState | undefined): void {
    const { policy, accept, missing } = this.#route
    const lenient = isRequired(policy, this.#request.method) && !this.#required
    if (lenient && this.current !== null && !namesVersion(this.sent, described ?? {}, accept)) this.#wouldAnswer = missing
    if (this.#required && this.sent.ifMatch === '*' && described !== undefined && described.etag === undefined) {
      report(this.#route, this.#request, 'tagless')
    }
  }

  #checks (isUndefined: () => boolean): Checks<any, any> {
    return {
      check: async () => { await this.#ask(); return this.#checked() },
      recheck: async () => {
        const before = tagOf(this.#state.described)
        await this.#state.reload()
        if (isUndefined() && before !== tagOf(this.#state.described)) report(this.#route, this.#request, 'unreturned')
        return this.#checked()
      },
      checkAbsence: () => this.#refuseFalse(),
      failureOf: error => isRefusal(error) ? undefined : this.#route.storeFailureOf(error),
      missing: () => this.#refuse(NOT_FOUND),
      taken: () => this.#refuse(TAKEN),
      busy: cause => Object.assign(new FST_ETAG_STORE_BUSY({ cause }), { headers: { 'retry-after': '1' } }),
      lost: () => this.#refuse(lostRace(this.sent))
    }
  }

  #reportVersion (result: unknown): void {
    const before = this.#state.described
    if (typeof result !== 'object' || this.#request.method === 'DELETE' || before === undefined) return
    try {
      reportVersion(this.#route, this.#request, before, this.#state.describe(result))
    } catch {
      // what was returned is no state of this resource
    }
  }

  // A read shows the state as it was loaded, whatever the handler took off the object since. What a write changed in
  // place is described anew.
  #describe (state: unknown): DescribedState {
    const { value, described } = this.#state
    return described !== undefined && state === value && isRead(this.#request.method) ? described : this.#state.describe(state)
  }

  #conclude (verdict: Verdict, current: Validators | undefined): Refusal | 304 | undefined {
    this.#verdict = verdict
    if (isRefused(verdict)) return this.#refuse(verdict, current)
    return verdict.status === 304 ? 304 : undefined
  }

  #ask (): Promise<void> | undefined {
    return this.#state.ask(isRead(this.#request.method) ? 'read' : 'check')
  }

  #judge (): Verdict {
    const { create, createIgnoresIfMatch, missing, accept, tolerate } = this.#route
    return decide({
      method: this.#request.method,
      sent: this.sent,
      current: this.#state.described,
      required: this.#required,
      create,
      createIgnoresIfMatch,
      missing,
      accept,
      tolerateWeak: tolerate.weak
    })
  }

  #checked (): Checked<any, any> | undefined {
    const { described } = this.#state
    if (described === undefined) return undefined
    this.#refuseFalse()
    return { state: this.current, version: described.version, tag: tagOf(described) }
  }

  #refuseFalse (): void {
    const verdict = this.#judge()
    if (isRefused(verdict)) throw this.#refuse(verdict)
  }

  #refuse (verdict: Verdict, current: Validators | undefined = this.#state.described): Refusal {
    this.#verdict = verdict
    const decision = this.decision as Decision & { outcome: RefusedOutcome }
    const etag = current?.etag
    const known = { hasTag: etag !== undefined, etag: isDisclosed(this.#route, this.#request) ? etag : undefined }
    this.refusal = refusalOf(decision, this.#request.url, known)
    return this.refusal
  }

  #readConditions (): Conditions {
    try {
      return readConditions(this.#request, Math.floor(Date.now() / 1000), this.#route.tolerate.unquoted)
    } catch (error) {
      this.#verdict = { outcome: 'invalid', status: 400, field: (error as { field?: 'If-Match' | 'If-None-Match' }).field }
      this.refusal = asRefusal(error as FastifyError, this.decision, this.#request.url)
      throw this.refusal
    }
  }
}

function isRefused ({ status }: Verdict): boolean {
  return status !== undefined && status >= 400
}

// A store's own errors stay with the store; a refusal of this request comes through its callback.
function withholdUnlessRefused (error: unknown): never {
  throw isRefusal(error) ? error : withhold(error, FST_ETAG_WRITE_FAILED)
}

function tagOf (described: DescribedState | undefined): string | undefined {
  return described?.etag && formatEntityTag(described.etag)
}
