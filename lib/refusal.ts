import type { FastifyError } from '@fastify/error'
import { FST_ETAG_CONFLICT, FST_ETAG_NOT_FOUND, FST_ETAG_PRECONDITION_FAILED, FST_ETAG_PRECONDITION_REQUIRED } from './errors.js'
import { explain } from './explanation.js'
import { formatEntityTag, type EntityTag } from './entity-tag.js'
import { problemOf, type Problem, type Refused } from './problem.js'
import type { Decision } from './decision.js'

/** The error of a refused request, with what was decided and the tag of the state that it was decided from. */
export interface Refusal extends FastifyError {
  readonly statusCode: number
  readonly decision: Decision
  /** The path of the request target, without its query. */
  readonly instance: string
  /** The field value of the current ETag. */
  readonly currentEtag: string | undefined
}

const ERRORS = {
  'not-found': FST_ETAG_NOT_FOUND,
  conflict: FST_ETAG_CONFLICT,
  'precondition-failed': FST_ETAG_PRECONDITION_FAILED,
  'precondition-required': FST_ETAG_PRECONDITION_REQUIRED
} as const

/** The outcomes that refuse a request. */
export type RefusedOutcome = keyof typeof ERRORS

/** The state that a decision was made from, as far as a refusal may speak of it. */
export interface Known {
  readonly hasTag: boolean
  /** The tag to tell; `undefined` where there is none, or where it is not disclosed. */
  readonly etag?: EntityTag | undefined
}

/** Makes the error of a decision that refuses. */
export function refusalOf (decision: Decision & { readonly outcome: RefusedOutcome }, target: string, { hasTag, etag }: Known): Refusal {
  const detail = explain(decision, { method: decision.method, path: pathOf(target), hasTag })
  // to have the text formatted would cost as much as all the rest of the error
  const error = new ERRORS[decision.outcome]()
  error.message = detail
  // what is not there, or not for this caller, has no tag to tell
  return asRefusal(error, decision, target, decision.outcome === 'not-found' ? undefined : etag)
}

const kRefusal = Symbol('fastify-etag-policy.refusal')

/** Gives an error what every refusal carries. */
export function asRefusal (error: FastifyError, decision: Decision, target: string, etag?: EntityTag): Refusal {
  const refusal = error as { -readonly [Member in keyof Refusal]: Refusal[Member] } & { [kRefusal]?: true }
  refusal.statusCode = decision.status!
  refusal.decision = decision
  refusal.instance = pathOf(target)
  refusal.currentEtag = etag && formatEntityTag(etag)
  refusal[kRefusal] = true
  return refusal
}

/** Was this error made to refuse a request, and not by a store that has errors of the same kind? */
export function isRefusal (error: unknown): error is Refusal {
  return (error as { readonly [kRefusal]?: true } | null | undefined)?.[kRefusal] === true
}

/** The problem of a refusal. */
export function problemOfRefusal (refusal: Refusal): Problem {
  return problemOf(refusedBy(refusal))
}

/** What the problem of a refusal tells. Its policy and the level of it are told where they are the reason. */
export function refusedBy ({ statusCode, code, message, instance, currentEtag, decision }: Refusal): Refused {
  const { field, reason, policy, level } = decision
  const required = decision.outcome === 'precondition-required'
  return {
    status: statusCode,
    detail: message,
    instance,
    code,
    field,
    reason,
    policy: required ? policy : undefined,
    level: required ? level : undefined,
    currentEtag
  }
}

// A query or a fragment may hold what no answer should repeat.
function pathOf (target: string): string {
  const end = target.search(/[?#]/)
  return end === -1 ? target : target.slice(0, end)
}
