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

const IF_NONE_MATCH = 'if-none-match'
const IF_MATCH = 'if-match'
const FIELDS: ReadonlyArray<keyof Fields> = [IF_NONE_MATCH, IF_MATCH, 'if-modified-since', 'if-unmodified-since', 'if-range']

const LOWER_I = 0x69

// One bit for each length, which are all below 32.
const LENGTHS = FIELDS.reduce((bits, { length }) => bits | 1 << length, 0)

function conditionalField (name: string): keyof Fields | undefined {
  const lower = name.toLowerCase()
  for (let at = 0; at < FIELDS.length; at++) if (FIELDS[at] === lower) return FIELDS[at]
  return undefined
}

// Where the next conditional field stands among these lines; -1 where there is none. This is asked of every line of every
// request, and a length and a letter rule out nearly all of them.
function nextConditional (rawHeaders: readonly string[], from: number): number {
  for (let at = from; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if ((LENGTHS >>> name.length & 1) !== 0 && (name.charCodeAt(0) | 0x20) === LOWER_I && conditionalField(name) !== undefined) return at
  }
  return -1
}

// A bridge that makes requests by itself may leave out the lines, and a request that came over a connection has some.
function linesOf ({ raw }: ConditionalRequest): readonly string[] {
  const { rawHeaders } = raw
  return rawHeaders.length > 0 ? rawHeaders : linesIn(raw)
}

function linesIn ({ headers = {} }: ConditionalRequest['raw']): readonly string[] {
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

/**
 * What the conditional fields of a request ask: nothing, that is `false`; `true` where they ask anything; and the text of
 * the field `named` where that came in one line, and no other of them did. Presence counts, an empty value too.
 */
export function sentCondition (request: ConditionalRequest, named: typeof IF_NONE_MATCH | typeof IF_MATCH): string | boolean {
  const rawHeaders = linesOf(request)
  const at = nextConditional(rawHeaders, 0)
  if (at === -1) return false
  const isSole = isNamed(rawHeaders[at]!, named) && nextConditional(rawHeaders, at + 2) === -1
  return isSole ? rawHeaders[at + 1]! || true : true
}

// Is this field, a conditional one, the one with this name? No two of them share their length and their fourth letter.
function isNamed (field: string, name: string): boolean {
  return field.length === name.length && (field.charCodeAt(3) | 0x20) === name.charCodeAt(3)
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
  for (let at = nextConditional(rawHeaders, 0); at !== -1; at = nextConditional(rawHeaders, at + 2)) {
    const field = conditionalField(rawHeaders[at]!)!
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
