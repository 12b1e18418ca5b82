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

const FIELDS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'] as const
type Field = typeof FIELDS[number]

// The length alone rules out nearly every other field.
const LENGTHS: ReadonlySet<number> = new Set(FIELDS.map(field => field.length))

function conditionalField (name: string): Field | undefined {
  return LENGTHS.has(name.length) ? FIELDS.find(field => isNamed(name, field)) : undefined
}

function isNamed (name: string, field: string): boolean {
  return name.length === field.length && (name === field || name.toLowerCase() === field)
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

/** Does the request ask for a part of the representation? GET alone can (RFC 9110, 14.2). */
export function asksForRange (request: ConditionalRequest): boolean {
  return request.method === 'GET' && linesOf(request).some((name, at) => at % 2 === 0 && isNamed(name, 'range'))
}

function readFields (request: ConditionalRequest): { readonly [Name in Field]?: readonly string[] } {
  const rawHeaders = linesOf(request)
  const fields: { [Name in Field]?: string[] } = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const field = conditionalField(rawHeaders[at]!)
    if (field !== undefined) (fields[field] ??= []).push(rawHeaders[at + 1]!)
  }
  return fields
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
  if (isCutOff(request) && !isRead(method)) throw new FST_ETAG_INVALID_FIELD('The request has so many header fields that some are dropped, and If-Match may be one of them')
  if (!hasConditionalField(request)) return NONE
  const fields = readFields(request)
  const reading = isRead(method)

  const parse = unquoted ? parseUnquotedList : parseEntityTagList
  const ifMatch = readTags('If-Match', fields['if-match'], parse, false)
  const ifNoneMatch = readTags('If-None-Match', fields['if-none-match'], parse, reading)
  return {
    ifMatch,
    ifNoneMatch,
    // a date counts only where its field with tags was not sent at all, readable or not (13.1.3, 13.1.4)
    ifUnmodifiedSince: fields['if-match'] === undefined ? readDate(fields['if-unmodified-since'], now) : undefined,
    ifModifiedSince: reading && fields['if-none-match'] === undefined ? readDate(fields['if-modified-since'], now) : undefined,
    ifRange: fields['if-range'] !== undefined && asksForRange(request) ? fields['if-range'].join(', ') : undefined
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
  field: 'If-Match' | 'If-None-Match', lines: readonly string[] | undefined, parse: typeof parseEntityTagList, lenient: boolean
): EntityTagList | undefined {
  if (lines === undefined) return undefined
  const value = lines.join(', ')
  const list = parse(value)
  if (list === undefined && !lenient) throw Object.assign(new FST_ETAG_INVALID_FIELD(explainField(field, value)), { field })
  return list
}

// A date that comes twice is no date: to take either would be a guess.
function readDate (lines: readonly string[] | undefined, now: HttpDate): HttpDate | undefined {
  return lines?.length === 1 ? parseHttpDate(lines[0]!, now) : undefined
}
