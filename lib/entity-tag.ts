/** An opaque validator for one representation (RFC 9110, 8.8.3). The opaque text is without its quotes. */
export interface EntityTag {
  readonly weak: boolean
  readonly opaque: string
}

/** An entity-tag found inside a longer text, and where that text goes on. */
export interface ScannedEntityTag {
  readonly tag: EntityTag
  readonly end: number
}

const QUOTE = 0x22

// etagc = %x21 / %x23-7E / obs-text
function isEtagc (code: number): boolean {
  return code === 0x21 || (code >= 0x23 && code <= 0x7e) || (code >= 0x80 && code <= 0xff)
}

/**
 * Reads the entity-tag that begins at `start`, from quote to quote, and looks at every character once.
 *
 *     entity-tag = [ weak ] opaque-tag      weak = %s"W/"
 *     opaque-tag = DQUOTE *etagc DQUOTE
 */
export function scanEntityTag (text: string, start: number): ScannedEntityTag | undefined {
  const weak = text.startsWith('W/', start)
  const open = weak ? start + 2 : start
  const close = closingQuote(text, open)
  return close === undefined ? undefined : { tag: { weak, opaque: text.slice(open + 1, close) }, end: close + 1 }
}

// Where the opaque tag that begins here ends; `undefined` where none begins.
function closingQuote (text: string, open: number): number | undefined {
  if (text.charCodeAt(open) !== QUOTE) return undefined
  let at = open + 1
  while (isEtagc(text.charCodeAt(at))) at++
  return text.charCodeAt(at) === QUOTE ? at : undefined
}

// the same grammar as a pattern: over a long text it is quicker than to look at one character after the other, and over a short one slower
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/
const SHORT = 24

/** Is the whole text one entity-tag? */
export function isEntityTag (text: string): boolean {
  if (text.length > SHORT) return ENTITY_TAG.test(text)
  const open = text.charCodeAt(0) === QUOTE ? 0 : text.startsWith('W/') ? 2 : undefined
  return open !== undefined && closingQuote(text, open) === text.length - 1
}

/** Is this entity-tag a weak one, by its text? */
export function isWeak (text: string): boolean {
  return text.charCodeAt(0) !== QUOTE
}

/** The strong entity-tag that this text is known to be. */
export function readStrong (text: string): EntityTag {
  return { weak: false, opaque: text.slice(1, -1) }
}

/** Reads one entity-tag. Text outside the grammar yields `undefined`, never a guess. */
export function parseEntityTag (text: string): EntityTag | undefined {
  const scanned = scanEntityTag(text, 0)
  return scanned !== undefined && scanned.end === text.length ? scanned.tag : undefined
}

/** The field value of an entity-tag. */
export function formatEntityTag (tag: EntityTag): string {
  return tag.weak ? `W/"${tag.opaque}"` : `"${tag.opaque}"`
}

/** Strong comparison: the same opaque text, and neither tag is weak (RFC 9110, 8.8.3.2). */
export function strongMatch (a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque
}

/** Weak comparison: the same opaque text, weak or not (RFC 9110, 8.8.3.2). */
export function weakMatch (a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque
}
