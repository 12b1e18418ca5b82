import type { FastifyRequest } from 'fastify'
import { readConditions } from './conditions.js'
import { parseEntityTagList } from './entity-tag-list.js'
import { formatEntityTag } from './entity-tag.js'
import { namesVersion } from './policy.js'
import { isRead, type Conditions, type Validators } from './preconditions.js'
import { report } from './report.js'
import { invalidBy, invalidFor, refusalFor } from './request-refusal.js'
import { RequestVariant } from './request-variant.js'
import { decide, decideUnevaluable, lostRace, NOT_FOUND, NOT_WHOLE, PROCEED, TAKEN, type Verdict } from './verdict.js'
import type { Decision, Handled } from './decision.js'
import type { Refusal } from './refusal.js'
import type { RequestState } from './request-state.js'
import type { Route } from './route.js'
import type { DescribedState } from './sources/described-state.js'

/** What is decided about one request, by what it sent and the state that it is about, and the refusals that follow. */
export class RequestJudgement {
  readonly #route: Route
  readonly #request: FastifyRequest
  readonly #state: RequestState
  readonly #handled: Handled
  #sent: Conditions | undefined
  #wouldAnswer: number | undefined
  #verdict: Verdict = PROCEED
  // which of the states that were taken all conditions hold for
  #heldAt: number | undefined
  readonly variant: RequestVariant

  /** The refusal that was made last. */
  refusal: Refusal | undefined

  constructor (route: Route, request: FastifyRequest, state: RequestState, handled: Handled) {
    this.#route = route
    this.#request = request
    this.#state = state
    this.#handled = handled
    this.variant = new RequestVariant(route, request)
  }

  get decision (): Decision {
    const { url, kind } = this.#route
    const { policy, level } = this.#state.policy.inForce
    const { outcome, status, field, reason } = this.#verdict
    const { attempts, isGuarded, waived } = this.#handled
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
      attempts,
      loads: this.#state.loads,
      guarded: isGuarded,
      waived: waived ?? this.#route.waived
    }
  }

  /** Takes the one tag in If-Match, which was read before and is all that was sent. */
  hold (text: string): void {
    this.#sent = { ifMatch: parseEntityTagList(text) }
  }

  /** What the request sent. Throws the refusal of a field that cannot be read. */
  get sent (): Conditions {
    return this.#sent ?? this.#read()
  }

  /** What is known of the state, as this request is compared with it. */
  get compared (): Validators | undefined {
    const { described } = this.#state
    return described && this.variant.comparedWith(described)
  }

  /** Decides, before the method runs, what is answered without it: a refusal, a 304 or nothing. */
  settle (): Refusal | 304 | undefined {
    const { isRequired, isLeft } = this.#state
    const { method } = this.#request
    const isKnown = isLeft || this.#state.isKnown
    const verdict = isKnown ? this.#judge() : decideUnevaluable(method, this.sent, { required: isRequired, missing: this.#route.missing })
    if (verdict.status === undefined && !isRead(method)) this.#noteLeniency(this.#state.described)
    if (verdict.status === undefined && this.#state.isKnown) this.#heldAt = this.#state.taken
    return this.#conclude(verdict)
  }

  /** Decides about a read by the validators of its answer. `isOwn`: the tag is one that the handler set itself. */
  settleAnswer (answer: Validators, isOwn: boolean): Refusal | 304 | undefined {
    const current = isOwn ? answer : this.variant.comparedWith(answer)
    const sent = this.variant.known(this.sent, current, isOwn)
    return this.#conclude(decide({ method: this.#request.method, sent, current, required: false, create: 'never' }), current)
  }

  /** Throws the refusal of a condition that is false for the state that is known. */
  refuseFalse (): void {
    if (this.#heldAt === this.#state.taken) return
    const verdict = this.#judge()
    if (isRefused(verdict)) throw this.refuse(verdict)
  }

  /** Throws the refusal of a request that is about a list of which a part is not there. */
  refusePart (): void {
    if (this.#state.isPart) throw this.refuse(NOT_WHOLE)
  }

  /** What to throw when nothing is there to be written. */
  missing (): Refusal {
    return this.refuse(NOT_FOUND)
  }

  /** What to throw when something else has a value already that must be unique. */
  taken (): Refusal {
    return this.refuse(TAKEN)
  }

  /** What to throw when other writers were faster each time. */
  lost (): Refusal {
    return this.refuse(lostRace(this.sent))
  }

  /**
   * Why a write touched nothing that was meant for the state with the tag `before`, by what is known now. `wasLeft`: nobody had looked
   * at that state, so that none is there which went away.
   */
  refuseMissed (before: string | undefined, wasLeft: boolean): Refusal {
    if (this.#state.value === null && !wasLeft) return this.missing()
    const verdict = this.#judge()
    if (isRefused(verdict)) return this.refuse(verdict)
    if (this.#state.value === null) return this.missing()
    return tagOf(this.#state.described) === before ? this.missing() : this.lost()
  }

  /** Refuses a request, by what is known of the state unless it is refused by something else. */
  refuse (verdict: Verdict, current: Validators | undefined = this.#state.described): Refusal {
    this.#verdict = verdict
    this.refusal = refusalFor(this.#route, this.#request, this.decision, current)
    return this.refusal
  }

  /** Refuses a request that cannot be read, by the error that says why. */
  refuseInvalid (error: unknown): Refusal {
    this.#verdict = invalidBy(error)
    this.refusal = invalidFor(this.#request, this.decision, error)
    return this.refusal
  }

  #conclude (verdict: Verdict, current?: Validators): Refusal | 304 | undefined {
    this.#verdict = verdict
    if (isRefused(verdict)) return this.refuse(verdict, current ?? this.compared)
    return verdict.status === 304 ? 304 : undefined
  }

  #judge (): Verdict {
    const { create, createIgnoresIfMatch, missing, accept, tolerate } = this.#route
    const current = this.compared
    return decide({
      method: this.#request.method,
      sent: current === undefined ? this.sent : this.variant.known(this.sent, current),
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

  // The policy would have refused this write, had `enforce` not let it through.
  #noteLeniency (described: DescribedState | undefined): void {
    const { accept, missing } = this.#route
    const { policy, value } = this.#state
    const lenient = policy.asks && !policy.isRequired
    if (lenient && value !== null && !namesVersion(this.sent, described ?? {}, accept)) this.#wouldAnswer = missing
    if (policy.isRequired && this.sent.ifMatch === '*' && described !== undefined && described.etag === undefined) {
      report(this.#route, this.#request, 'tagless')
    }
  }

  #read (): Conditions {
    try {
      this.#sent = readConditions(this.#request, Math.floor(Date.now() / 1000), this.#route.tolerate.unquoted)
    } catch (error) {
      throw this.refuseInvalid(error)
    }
    return this.#sent
  }
}

function isRefused ({ status }: Verdict): boolean {
  return status !== undefined && status >= 400
}

/** The tag of a state as it goes over the wire; `undefined` where it has none. */
export function tagOf (described: DescribedState | undefined): string | undefined {
  return described?.etag && formatEntityTag(described.etag)
}
