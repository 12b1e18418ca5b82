import { scanEntityTag, type EntityTag } from './entity-tag.js'

/** The value of If-Match or If-None-Match: any representation at all, or those with one of these tags (RFC 9110, 13.1.1). */
export type EntityTagList = '*' | readonly EntityTag[]

const TAB = 0x09
const SPACE = 0x20
const COMMA = 0x2c

/**
 * Reads `*` or a list of entity-tags, in one pass. Text outside the grammar yields `undefined`.
 *
 *     "*" / #entity-tag
 *     #element = [ element ] *( OWS "," OWS [ element ] )    (RFC 9110, 5.6.1.2)
 *
 * Empty elements are passed over, so the empty text is a list of no tags. A comma inside quotes belongs to its tag.
 */
export function parseEntityTagList (text: string): EntityTagList | undefined {
  const end = endOfText(text)
  let at = skipSpace(text, 0)
  if (end - at === 1 && text[at] === '*') return '*'

  const tags: EntityTag[] = []
  let separated = true
  while (at < end) {
    if (text.charCodeAt(at) === COMMA) {
      separated = true
      at = skipSpace(text, at + 1)
      continue
    }
    const scanned = separated ? scanEntityTag(text, at) : undefined
    if (scanned === undefined) return undefined
    tags.push(scanned.tag)
    separated = false
    at = skipSpace(text, scanned.end)
  }
  return tags
}

// OWS = *( SP / HTAB )
function isSpace (code: number): boolean {
  return code === SPACE || code === TAB
}

function skipSpace (text: string, start: number): number {
  let at = start
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function endOfText (text: string): number {
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  return end
}

/**
 * Reads what clients send that leave out the quotes: the same list, in which a tag may also be bare text without
 * quotes, commas and spaces.
 */
export function parseUnquotedList (text: string): EntityTagList | undefined {
  return parseEntityTagList(text) ?? parseEntityTagList(text.replace(BARE, quoted))
}

// One element that begins outside quotes: text between commas and spaces, with no quote in it. What stands in quotes is
// matched first, and left as it is.
const BARE = /(?:W\/)?"[^"]*"|[^",\s]+/g

function quoted (element: string): string {
  // an asterisk is never a tag by accident: mixed into a list it stays outside the grammar
  return element.endsWith('"') || element === '*' ? element : `"${element}"`
}
