import { evaluate, isRead, type ConditionField, type Conditions, type FailureReason, type Validators } from './preconditions.js'
import { namesVersion, type Accepted } from './policy.js'
import { strongMatch, weakMatch } from './entity-tag.js'

/** May a PUT make what is not there: never, when nothing is there, or only then? */
export type Create = 'never' | 'may' | 'only'

/** The settings that a verdict depends on. What is absent is as the RFCs have it. */
export interface Rules {
  readonly create: Create
  /** Lets a PUT that makes something new send an If-Match. */
  readonly createIgnoresIfMatch?: boolean
  /** The status for a write that names no version where it must: 428, or 409 where clients expect that. */
  readonly missing?: 428 | 409
  readonly accept?: readonly Accepted[]
  /** Compares If-Match weakly, for clients and proxies that mark every tag as weak. */
  readonly tolerateWeak?: boolean | undefined
}

/** All that the answer to one conditional request depends on. */
export interface Question extends Rules {
  readonly method: string
  readonly sent: Conditions
  /** The validators of what is there; `undefined` when nothing is. */
  readonly current: Validators | undefined
  readonly required: boolean
  /** Is all there that the request is about? Of a list a part may be missing. */
  readonly isWhole?: boolean
}

export type Outcome =
  | 'proceed' | 'not-modified' | 'precondition-failed' | 'precondition-required' | 'not-found' | 'conflict' | 'invalid'

/** What is to be answered, and what decided it. `status` is undefined while the method may run. */
export interface Verdict {
  readonly outcome: Outcome
  readonly status?: number | undefined
  readonly field?: ConditionField | 'If-Range' | undefined
  readonly reason?: FailureReason | undefined
}

export const PROCEED: Verdict = { outcome: 'proceed' }
export const NOT_FOUND: Verdict = { outcome: 'not-found', status: 404 }
/** Of several things that the request is about some are not there. */
export const NOT_WHOLE: Verdict = { outcome: 'not-found', status: 404, reason: 'absent' }
/** What is sent is a part of another state than the one that has the parts which the client holds. */
export const OTHER_PART: Verdict = { outcome: 'precondition-failed', status: 412, field: 'If-Range', reason: 'changed' }
/** Something else has a value that must be unique. */
export const TAKEN: Verdict = { outcome: 'conflict', status: 409, reason: 'exists' }

/**
 * Decides between the method and every answer that comes without it.
 *
 * What is not there is 404 first, whatever was sent, because a precondition is ignored where the answer without it
 * would be no success (RFC 9110, 13.2.1). A false condition is said before a missing one.
 */
export function decide (question: Question): Verdict {
  const { method, sent, current, required, create, accept, missing = 428, tolerateWeak = false, isWhole = true } = question
  if (current === undefined) return decideAbsent(question)
  // no tag names what is only partly there
  if (!isWhole) return sent.ifMatch === undefined ? NOT_WHOLE : failed('If-Match', 'absent')

  const evaluation = evaluate(method, sent, current, tolerateWeak ? weakMatch : strongMatch)
  if (evaluation.outcome === 'not-modified') return { outcome: 'not-modified', status: 304, field: evaluation.field }
  if (evaluation.outcome !== 'proceed') return failed(evaluation.field, evaluation.reason)
  if (method === 'PUT' && create === 'only') return failed(undefined, 'exists')

  return required && !namesVersion(sent, current, accept)
    ? { outcome: 'precondition-required', status: missing, field: 'If-Match' }
    : PROCEED
}

// A PUT that may create has no version to name, so no policy asks it for one.
function decideAbsent ({ method, sent, create, createIgnoresIfMatch = false }: Question): Verdict {
  if (method !== 'PUT' || create === 'never') return NOT_FOUND
  return sent.ifMatch === undefined || createIgnoresIfMatch ? PROCEED : failed('If-Match', 'absent')
}

/**
 * Decides where nothing can be loaded to compare with. A write that sent a tag is refused, since letting it through
 * would ignore what its client asked; dates are ignored where none is known (RFC 9110, 13.1.4).
 */
export function decideUnevaluable (method: string, sent: Conditions, { required, missing }: { readonly required: boolean, readonly missing: 428 | 409 }): Verdict {
  if (isRead(method)) return PROCEED
  if (sent.ifMatch !== undefined) return failed('If-Match', 'unevaluable')
  if (sent.ifNoneMatch !== undefined) return failed('If-None-Match', 'unevaluable')
  return required ? { outcome: 'precondition-required', status: missing, field: 'If-Match', reason: 'unevaluable' } : PROCEED
}

/** The writer lost to another one who came between its check and its write. */
export function lostRace (sent: Conditions): Verdict {
  const field = sent.ifMatch !== undefined
    ? 'If-Match'
    : sent.ifUnmodifiedSince !== undefined
      ? 'If-Unmodified-Since'
      : sent.ifNoneMatch !== undefined ? 'If-None-Match' : undefined
  return field === undefined ? { outcome: 'conflict', status: 409, reason: 'changed' } : failed(field, 'changed')
}

function failed (field: ConditionField | undefined, reason: FailureReason): Verdict {
  return { outcome: 'precondition-failed', status: 412, field, reason }
}
