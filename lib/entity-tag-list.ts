import { codesOf } from './part.js'
import { SentTags } from './sent-tags.js'
import type { EntityTag } from './entity-tag.js'
import type { StandIns } from './stand-ins.js'

/** Some entity-tags: an array of them, or those of a field value. */
export type EntityTags = readonly EntityTag[] | SentTags

/** The value of If-Match or If-None-Match: any representation at all, or those with one of these tags (RFC 9110, 13.1.1). */
export type EntityTagList = '*' | EntityTags

// entity-tag = [ weak ] DQUOTE *etagc DQUOTE
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`
// etagc without commas and what JavaScript takes for a space
const BARE_CHARACTERS = String.raw`\x21\x23-\x29\x2b\x2d-\x7e\x80-\x9f\xa1-\xff`
// an asterisk is never a tag by accident
const BARE = String.raw`(?:[${BARE_CHARACTERS}]|\*[*${BARE_CHARACTERS}])[*${BARE_CHARACTERS}]*`

// #element = [ element ] *( OWS "," OWS [ element ] )    (RFC 9110, 5.6.1.2)
// So many elements at a time: V8 notes where each began, and to find room for thousands takes it longer than to read them.
function elementsOf (element: string): RegExp {
  return new RegExp(String.raw`[ \t,]*(?:(?:${element})(?:,[ \t,]*|[ \t]+,[ \t,]*|[ \t]*$)){0,200}`, 'y')
}

const TAGS = elementsOf(TAG)
const UNQUOTED_TAGS = elementsOf(`${TAG}|${BARE}`)
// nothing but bare tags and commas, which a list of thousands is read as in a third of the time
const BARE_TAGS = new RegExp(`^[,${BARE_CHARACTERS}]*$`)
const EMPTY = /^[ \t,]*$/
const ANY = /^[ \t]*\*[ \t]*$/

/**
 * Reads `*` or a list of entity-tags. Text outside the grammar yields `undefined`.
 *
 *     "*" / #entity-tag
 *
 * Empty elements are passed over, so the empty text is a list of no tags. A comma inside quotes belongs to its tag.
 */
export function parseEntityTagList (text: string): '*' | SentTags | undefined {
  return parse(text, TAGS)
}

/**
 * Reads what clients send that leave out the quotes: the same list, in which a tag may also be bare text without
 * quotes, commas and spaces.
 */
export function parseUnquotedList (text: string): '*' | SentTags | undefined {
  return BARE_TAGS.test(text) ? new SentTags(text) : parse(text, UNQUOTED_TAGS)
}

function parse (text: string, elements: RegExp): '*' | SentTags | undefined {
  if (isList(text, elements)) return new SentTags(text)
  return ANY.test(text) ? '*' : undefined
}

function isList (text: string, elements: RegExp): boolean {
  // a sticky pattern goes on where it is told to
  for (let at = 0; at < text.length; at = elements.lastIndex) {
    elements.lastIndex = at
    elements.test(text)
    if (elements.lastIndex === at) return false
  }
  return true
}

/** Is there a tag in this list? */
export function hasTags (list: EntityTagList): boolean {
  if (list === '*') return false
  return list instanceof SentTags ? !EMPTY.test(list.text) : list.length > 0
}

/** Does a tag of this list have this character in its opaque text, or may one have it? */
export function mayContain (list: EntityTags, character: string): boolean {
  return list instanceof SentTags ? list.text.includes(character) : list.some(({ opaque }) => opaque.includes(character))
}

/** The tags of a list that have this opaque text: all, or a weak and a strong one, which decide as all of them do. */
export function tagsNamed (list: EntityTags, opaque: string): readonly EntityTag[] {
  return list instanceof SentTags ? list.named(opaque) : list.filter(tag => tag.opaque === opaque)
}

/** Where to begin, and is the tag to be strong? */
export interface FindOptions {
  readonly from?: number
  readonly isStrong?: boolean
}

/** Where the first tag stands that begins with the name of this state, and stands for the current one by what is behind that. */
export function findTag (list: EntityTags, state: string, standIns: StandIns, { from = 0, isStrong = false }: FindOptions = {}): number | undefined {
  if (list instanceof SentTags) return list.find(state, standIns, from, isStrong)
  const at = list.findIndex(({ weak, opaque }, at) => {
    const codes = codesOf(opaque)
    return at >= from && !(weak && isStrong) && opaque.startsWith(state) && standIns.has(codes, state.length, codes.length)
  })
  return at === -1 ? undefined : at
}

/** The tag that stands where one was found. */
export function tagAt (list: EntityTags, at: number): EntityTag {
  return list instanceof SentTags ? list.at(at) : list[at]!
}
