import { explainField } from './explanation.js'
import { parseEntityTagList, parseUnquotedList, type EntityTagList } from './entity-tag-list.js'
import { FST_ETAG_INVALID_FIELD } from './errors.js'
import { parseHttpDate, type HttpDate } from './http-date.js'
import { concernsRepresentation, isRead, type Conditions } from './preconditions.js'

/** The header fields of a request, by lower-case name; the lines of one field are joined or listed. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

/** Where conditions are read from. `distinct` has the lines of every field apart, where the connection knows them. */
export interface ConditionalRequest {
  readonly method: string
  readonly headers: Fields
  readonly raw: { readonly headersDistinct?: Readonly<Record<string, readonly string[] | undefined>> | undefined }
}

const NONE: Conditions = {}

/** Was any conditional field sent? Presence counts, an empty value too. */
export function hasConditionalField (headers: Fields): boolean {
  return headers['if-match'] !== undefined ||
    headers['if-none-match'] !== undefined ||
    headers['if-modified-since'] !== undefined ||
    headers['if-unmodified-since'] !== undefined
}

/**
 * Reads the conditions of a request, those only that apply to its method (RFC 9110, 13.1).
 *
 * An unreadable If-Match, and an unreadable If-None-Match of a write, throws FST_ETAG_INVALID_FIELD: to ignore it would
 * let the write through. On a read an unreadable If-None-Match is ignored, and so is every unreadable date.
 * `unquoted` also takes tags that come without their quotes.
 */
export function readConditions (request: ConditionalRequest, now: HttpDate, unquoted = false): Conditions {
  const { headers, method } = request
  if (!hasConditionalField(headers) || !concernsRepresentation(method)) return NONE
  const reading = isRead(method)

  const parse = unquoted ? parseUnquotedList : parseEntityTagList
  const ifMatch = readTags(headers, 'If-Match', parse, false)
  const ifNoneMatch = readTags(headers, 'If-None-Match', parse, reading)
  return {
    ifMatch,
    ifNoneMatch,
    // a date counts only where its field with tags was not sent at all, readable or not (13.1.3, 13.1.4)
    ifUnmodifiedSince: headers['if-match'] === undefined ? readDate(request, 'if-unmodified-since', now) : undefined,
    ifModifiedSince: reading && headers['if-none-match'] === undefined
      ? readDate(request, 'if-modified-since', now)
      : undefined
  }
}

/** Does any of these conditions have to be compared with a state? */
export function hasCondition (sent: Conditions): boolean {
  return sent.ifMatch !== undefined ||
    sent.ifNoneMatch !== undefined ||
    sent.ifModifiedSince !== undefined ||
    sent.ifUnmodifiedSince !== undefined
}

function readTags (
  headers: Fields, field: 'If-Match' | 'If-None-Match', parse: typeof parseEntityTagList, lenient: boolean
): EntityTagList | undefined {
  const lines = headers[field.toLowerCase()]
  if (lines === undefined) return undefined
  const value = typeof lines === 'string' ? lines : lines.join(', ')
  const list = parse(value)
  if (list === undefined && !lenient) throw Object.assign(new FST_ETAG_INVALID_FIELD(explainField(field, value)), { field })
  return list
}

// The first of two dates would be a guess. Node keeps only that one in `headers`, and all of them in `headersDistinct`.
function readDate (request: ConditionalRequest, name: string, now: HttpDate): HttpDate | undefined {
  const line = request.headers[name]
  if (typeof line !== 'string') return undefined
  const lines = request.raw.headersDistinct?.[name]
  return lines !== undefined && lines.length > 1 ? undefined : parseHttpDate(line, now)
}
