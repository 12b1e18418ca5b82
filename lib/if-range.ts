import { parseEntityTag, strongMatch } from './entity-tag.js'
import { parseHttpDate, type HttpDate } from './http-date.js'
import type { Validators } from './preconditions.js'

/** The current validators, and whether the date is known not to stand for two states (RFC 9110, 8.8.2.2). */
export interface RangeValidators extends Validators {
  readonly dateIsStrong?: boolean | undefined
}

/**
 * May a Range be honoured, given the value of If-Range (RFC 9110, 13.1.5)?
 *
 * The tag must match strongly, the date must be the very one that was sent and be a strong validator.
 * Anything else, text outside the grammar too, asks for the whole representation.
 */
export function mayHonourRange (ifRange: string, current: RangeValidators, now: HttpDate): boolean {
  const tag = parseEntityTag(ifRange)
  if (tag !== undefined) return current.etag !== undefined && strongMatch(tag, current.etag)

  const date = parseHttpDate(ifRange, now)
  return date !== undefined && date === current.lastModified && current.dateIsStrong === true
}

/** Could this If-Range hold for any state at all? A weak tag never matches, and text outside the grammar is no validator. */
export function mayEverHold (ifRange: string, now: HttpDate): boolean {
  return parseEntityTag(ifRange)?.weak === false || parseHttpDate(ifRange, now) !== undefined
}
