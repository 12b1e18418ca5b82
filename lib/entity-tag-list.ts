import { codesOf, standsAt, type Codes } from './part.js'
import { StandIns } from './stand-ins.js'
import type { EntityTag } from './entity-tag.js'

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

/**
 * Where the first tag stands that stands in for another one, if there is such a tag. Only those are looked at whose opaque text is
 * `state`, or goes on after it with `;` or `-`.
 */
export function findTag (list: EntityTags, state: string, standIns: StandIns, { from = 0, isStrong = false }: FindOptions = {}): number | undefined {
  if (list instanceof SentTags) return list.find(state, standIns, from, isStrong)
  const at = list.findIndex(({ weak, opaque }, at) => {
    const codes = codesOf(opaque)
    return at >= from && !(weak && isStrong) && opaque.startsWith(state) &&
      mayGoOn(codes, state.length, codes.length) && standIns.has(codes, state.length, codes.length)
  })
  return at === -1 ? undefined : at
}

/** The tag that stands where one was found. */
export function tagAt (list: EntityTags, at: number): EntityTag {
  return list instanceof SentTags ? list.at(at) : list[at]!
}

// From this length on V8 looks for a text by leaps, whatever the two are made of; a shorter one may cost more than to read all,
// unless that is short as well.
const LEAPT_FOR = 7
const SHORT = 256

const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const DASH = 0x2d
const SLASH = 0x2f
const SEMICOLON = 0x3b
const W = 0x57

const NONE: readonly EntityTag[] = []
const ITSELF = StandIns.itself(false)
const TAG_PARTS = /(W\/)?"([^"]*)"|([^ \t,"]+)/g
const TAG_PARTS_AT = new RegExp(TAG_PARTS, 'y')

function tagOf ([, weak, opaque, bare]: RegExpExecArray): EntityTag {
  return { weak: weak !== undefined, opaque: bare ?? opaque! }
}

/**
 * The entity-tags of a field value that is known to be a list of them. They stay text: a field of 16 KiB may have
 * thousands, and but for those of the current state nobody has to know them.
 */
export class SentTags implements Iterable<EntityTag> {
  readonly text: string
  #codes: Codes | undefined
  #lastNamed: { readonly opaque: string, readonly tags: readonly EntityTag[] } | undefined

  constructor (text: string) {
    this.text = text
  }

  * [Symbol.iterator] (): Iterator<EntityTag> {
    for (const part of this.text.matchAll(TAG_PARTS)) yield tagOf(part)
  }

  /** The tag that begins at this place of the text. */
  at (place: number): EntityTag {
    TAG_PARTS_AT.lastIndex = place
    return tagOf(TAG_PARTS_AT.exec(this.text)!)
  }

  /** Of the tags with this opaque text the first, and a strong one where that is weak. */
  named (opaque: string): readonly EntityTag[] {
    // a refusal asks again, to say why
    if (this.#lastNamed?.opaque !== opaque) this.#lastNamed = { opaque, tags: this.#named(opaque) }
    return this.#lastNamed.tags
  }

  #named (opaque: string): readonly EntityTag[] {
    const { text } = this
    const strong = { weak: false, opaque }
    // most requests send one tag, and it is the current one
    if (text.length === opaque.length + 2 && text.startsWith(opaque, 1) && text.charCodeAt(0) === QUOTE) return [strong]
    const first = this.find(opaque, ITSELF, 0, false)
    if (first === undefined) return NONE
    if (!text.startsWith('W/"', first)) return [strong]
    const weak = { weak: true, opaque }
    return this.find(opaque, ITSELF, first, true) === undefined ? [weak] : [weak, strong]
  }

  /** What `findTag` says: every character is read once, and no tag is cut out. */
  find (state: string, standIns: StandIns, from: number, isStrong: boolean): number | undefined {
    const { text } = this
    if ((state.length >= LEAPT_FOR || text.length < SHORT) && !text.includes(state, from)) return undefined
    this.#codes ??= codesOf(text)
    const codes = this.#codes
    const name = codesOf(state)
    const { length } = codes
    for (let at = from; at < length; at++) {
      const first = codes[at]!
      if (isSeparator(first)) continue
      const weak = first === W && codes[at + 1] === SLASH && codes[at + 2] === QUOTE
      let begin = at
      let end = at + 1
      if (weak || first === QUOTE) {
        begin = weak ? at + 3 : at + 1
        end = begin
        while (codes[end] !== QUOTE) end++
      } else {
        while (end < length && !isSeparator(codes[end]!)) end++
      }
      const rest = begin + name.length
      if (rest <= end && !(weak && isStrong) && mayGoOn(codes, rest, end) && standsAt(codes, begin, name) && standIns.has(codes, rest, end)) return at
      at = end
    }
    return undefined
  }
}

// OWS = *( SP / HTAB ), and the commas between; nearly everything else is greater than them
function isSeparator (code: number): boolean {
  return code <= COMMA && (code === COMMA || code === SPACE || code === TAB)
}

function mayGoOn (codes: Codes, at: number, end: number): boolean {
  return at === end || codes[at] === SEMICOLON || codes[at] === DASH
}
