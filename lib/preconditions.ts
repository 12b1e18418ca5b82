import { strongMatch, weakMatch, type EntityTag } from './entity-tag.js'
import { hasTags, tagsNamed, type EntityTagList, type EntityTags } from './entity-tag-list.js'
import type { HttpDate } from './http-date.js'

/** What a request sent: each condition as a value, `undefined` where its field was absent or is to be ignored. */
export interface Conditions {
  readonly ifMatch?: EntityTagList | undefined
  readonly ifNoneMatch?: EntityTagList | undefined
  readonly ifModifiedSince?: HttpDate | undefined
  readonly ifUnmodifiedSince?: HttpDate | undefined
  /** The text of If-Range, where a Range came with it: it refuses nothing, and says which state a part may be of. */
  readonly ifRange?: string | undefined
}

/** What names the current representation: its entity-tag and its modification date, as far as they are known. */
export interface Validators {
  readonly etag?: EntityTag | undefined
  readonly lastModified?: HttpDate | undefined
}

export type ConditionField = 'If-Match' | 'If-None-Match' | 'If-Modified-Since' | 'If-Unmodified-Since'

/**
 * Why a condition is false: the state is another one, something exists or nothing does, only a weak comparison
 * would hold, or there is nothing to compare with.
 */
export type FailureReason = 'changed' | 'exists' | 'absent' | 'weak' | 'unevaluable'

/** Whether the method may run, and which field decided it when it may not. */
export type Evaluation =
  | { readonly outcome: 'proceed' }
  | { readonly outcome: 'not-modified', readonly field: ConditionField }
  | { readonly outcome: 'precondition-failed', readonly field: ConditionField, readonly reason: FailureReason }

const PROCEED: Evaluation = { outcome: 'proceed' }

/** The methods whose answer is the representation; for them a representation that is not new is 304 (RFC 9110, 13.1.2). */
export function isRead (method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Does the method write nothing, though it may be no read of one representation (IANA's registry of methods)? */
export function isSafe (method: string): boolean {
  return isRead(method) || method === 'QUERY' || method === 'SEARCH' || method === 'PROPFIND' || method === 'REPORT'
}

/** Is the method about a representation at all? Where it is not, conditional fields are ignored (RFC 9110, 13.2.1). */
export function concernsRepresentation (method: string): boolean {
  return method !== 'OPTIONS' && method !== 'TRACE' && method !== 'CONNECT'
}

/**
 * Decides, before the method runs, whether it may run (RFC 9110, 13.2.2).
 *
 * Each condition answers true, false, or `undefined` when it does not apply,
 * so `??` passes the question on in the order the RFC gives.
 * `current === undefined` means that there is no representation. `match` compares the tags of If-Match, strongly unless
 * somebody knows better.
 */
export function evaluate (
  method: string, sent: Conditions, current: Validators | undefined, match: typeof strongMatch = strongMatch
): Evaluation {
  const reading = isRead(method)

  const matches = ifMatch(sent, current, match)
  if (!(matches ?? ifUnmodifiedSince(sent, current) ?? true)) {
    return matches === undefined
      ? { outcome: 'precondition-failed', field: 'If-Unmodified-Since', reason: 'changed' }
      : { outcome: 'precondition-failed', field: 'If-Match', reason: whyNoMatch(sent.ifMatch!, current) }
  }

  const noneMatches = ifNoneMatch(sent, current)
  if (noneMatches ?? (reading ? ifModifiedSince(sent, current) : undefined) ?? true) return PROCEED

  const field = noneMatches === undefined ? 'If-Modified-Since' : 'If-None-Match'
  return reading
    ? { outcome: 'not-modified', field }
    : { outcome: 'precondition-failed', field, reason: 'exists' }
}

/** RFC 9110, 13.1.1. */
function ifMatch ({ ifMatch: list }: Conditions, current: Validators | undefined, match: typeof strongMatch): boolean | undefined {
  if (list === undefined) return undefined
  if (current === undefined) return false
  if (list === '*') return true
  const { etag } = current
  return etag !== undefined && tagsNamed(list, etag.opaque).some(tag => match(tag, etag))
}

/** RFC 9110, 13.1.2. */
function ifNoneMatch ({ ifNoneMatch: list }: Conditions, current: Validators | undefined): boolean | undefined {
  if (list === undefined) return undefined
  if (current === undefined) return true
  if (list === '*') return false
  const { etag } = current
  return etag === undefined || !tagsNamed(list, etag.opaque).some(tag => weakMatch(tag, etag))
}

/** RFC 9110, 13.1.3: asked of reads only, and only without If-None-Match. */
function ifModifiedSince ({ ifModifiedSince: date }: Conditions, current: Validators | undefined): boolean | undefined {
  const lastModified = current?.lastModified
  return date === undefined || lastModified === undefined ? undefined : lastModified > date
}

/** RFC 9110, 13.1.4: asked only without If-Match. */
function ifUnmodifiedSince ({ ifUnmodifiedSince: date }: Conditions, current: Validators | undefined): boolean | undefined {
  const lastModified = current?.lastModified
  return date === undefined || lastModified === undefined ? undefined : lastModified <= date
}

function whyNoMatch (list: EntityTagList, current: Validators | undefined): FailureReason {
  if (current === undefined) return 'absent'
  const { etag } = current
  if (etag === undefined || !hasTags(list)) return 'unevaluable'
  return tagsNamed(list as EntityTags, etag.opaque).some(tag => weakMatch(tag, etag)) ? 'weak' : 'changed'
}
