import { explainField } from './explanation.js'
import { parseEntityTagList, parseUnquotedList, type EntityTagList } from './entity-tag-list.js'
import { FST_ETAG_INVALID_FIELD } from './errors.js'
import { parseHttpDate, type HttpDate } from './http-date.js'
import { concernsRepresentation, isRead, type Conditions } from './preconditions.js'

/**
 * Where conditions are read from: the lines that came over the connection, name and value in turn. `request.headers` is
 * no place for it: a closed schema of a route takes fields off, coercion changes them, and HTTP/2 keeps one line of several.
 */
export interface ConditionalRequest {
  readonly method: string
  readonly raw: {
    readonly rawHeaders: readonly string[]
    readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  }
}

const NONE: Conditions = {}

/** The values of the conditional fields, by their names in lower case; the lines of one field are one list. */
interface Fields {
  'if-match'?: string
  'if-none-match'?: string
  'if-modified-since'?: string
  'if-unmodified-since'?: string
  'if-range'?: string
}

const FIELDS: ReadonlySet<string> = new Set<keyof Fields>(['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'])

const LOWER_I = 0x69
const DASH = 0x2d

// This is asked of every line of every request, and two letters rule out nearly all of them.
function conditionalField (name: string): keyof Fields | undefined {
  if ((name.charCodeAt(0) | 0x20) !== LOWER_I || name.charCodeAt(2) !== DASH) return undefined
  const lower = name.toLowerCase()
  return FIELDS.has(lower) ? lower as keyof Fields : undefined
}

// A bridge that makes requests by itself may leave out the lines, and a request that came over a connection has some.
function linesOf ({ raw: { rawHeaders, headers = {} } }: ConditionalRequest): readonly string[] {
  if (rawHeaders.length > 0) return rawHeaders
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().flatMap(line => [name, line]))
}

// Where a server says nothing else: of so many Node keeps no more.
const MOST_LINES = 1000

/** Did Node drop lines of the request, conditional ones maybe, because there are too many? */
export function isCutOff ({ raw }: ConditionalRequest): boolean {
  const server = (raw as { readonly socket?: { readonly server?: { readonly maxHeadersCount?: unknown } | null } }).socket?.server
  if (server === undefined || server === null) return false
  const most = typeof server.maxHeadersCount === 'number' ? server.maxHeadersCount : MOST_LINES
  return most > 0 && raw.rawHeaders.length >= 2 * most
}

/** Was any conditional field sent? Presence counts, an empty value too. */
export function hasConditionalField (request: ConditionalRequest): boolean {
  const rawHeaders = linesOf(request)
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (conditionalField(rawHeaders[at]!) !== undefined) return true
  }
  return false
}

/** The text of If-None-Match, where it came in one line and no other condition did. */
export function soleIfNoneMatch (request: ConditionalRequest): string | undefined {
  const rawHeaders = linesOf(request)
  let sole: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const field = conditionalField(rawHeaders[at]!)
    if (field === undefined) continue
    if (field !== 'if-none-match' || sole !== undefined) return undefined
    sole = rawHeaders[at + 1]!
  }
  return sole
}

/** Does the request ask for a part of the representation? GET alone can (RFC 9110, 14.2). */
export function asksForRange (request: ConditionalRequest): boolean {
  if (request.method !== 'GET') return false
  const rawHeaders = linesOf(request)
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 5 && name.toLowerCase() === 'range') return true
  }
  return false
}

// A date that comes twice is no date: to take either would be a guess.
const NO_DATE = ''

function readFields (request: ConditionalRequest): Fields | undefined {
  const rawHeaders = linesOf(request)
  let fields: Fields | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const field = conditionalField(rawHeaders[at]!)
    if (field === undefined) continue
    fields ??= {}
    const before = fields[field]
    const line = rawHeaders[at + 1]!
    fields[field] = before === undefined ? line : isDate(field) ? NO_DATE : `${before}, ${line}`
  }
  return fields
}

function isDate (field: keyof Fields): boolean {
  return field === 'if-modified-since' || field === 'if-unmodified-since'
}

/**
 * Reads the conditions of a request, those only that apply to its method (RFC 9110, 13.1).
 *
 * An unreadable If-Match, and an unreadable If-None-Match of a write, throws FST_ETAG_INVALID_FIELD: to ignore it would
 * let the write through. On a read an unreadable If-None-Match is ignored, and so is every unreadable date.
 * `unquoted` also takes tags that come without their quotes.
 */
export function readConditions (request: ConditionalRequest, now: HttpDate, unquoted = false): Conditions {
  const { method } = request
  if (!concernsRepresentation(method)) return NONE
  const reading = isRead(method)
  if (!reading && isCutOff(request)) throw new FST_ETAG_INVALID_FIELD('The request has so many header fields that some are dropped, and If-Match may be one of them')
  const fields = readFields(request)
  if (fields === undefined) return NONE

  const parse = unquoted ? parseUnquotedList : parseEntityTagList
  const ifMatch = fields['if-match']
  const ifNoneMatch = fields['if-none-match']
  return {
    ifMatch: readTags('If-Match', ifMatch, parse, false),
    ifNoneMatch: readTags('If-None-Match', ifNoneMatch, parse, reading),
    // a date counts only where its field with tags was not sent at all, readable or not (13.1.3, 13.1.4)
    ifUnmodifiedSince: ifMatch === undefined ? readDate(fields['if-unmodified-since'], now) : undefined,
    ifModifiedSince: reading && ifNoneMatch === undefined ? readDate(fields['if-modified-since'], now) : undefined,
    ifRange: fields['if-range'] !== undefined && asksForRange(request) ? fields['if-range'] : undefined
  }
}

/** Does any of these conditions have to be compared with a state? */
export function hasCondition (sent: Conditions): boolean {
  return sent.ifMatch !== undefined ||
    sent.ifNoneMatch !== undefined ||
    sent.ifModifiedSince !== undefined ||
    sent.ifUnmodifiedSince !== undefined ||
    sent.ifRange !== undefined
}

function readTags (
  field: 'If-Match' | 'If-None-Match', value: string | undefined, parse: typeof parseEntityTagList, lenient: boolean
): EntityTagList | undefined {
  if (value === undefined) return undefined
  const list = parse(value)
  if (list === undefined && !lenient) throw Object.assign(new FST_ETAG_INVALID_FIELD(explainField(field, value)), { field })
  return list
}

function readDate (value: string | undefined, now: HttpDate): HttpDate | undefined {
  return value === undefined ? undefined : parseHttpDate(value, now)
}
