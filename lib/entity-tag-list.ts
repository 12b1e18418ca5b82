import type { EntityTag } from './entity-tag.js'

/** Some entity-tags: an array of them, or those of a field value. */
export type EntityTags = readonly EntityTag[] | SentTags

/** The value of If-Match or If-None-Match: any representation at all, or those with one of these tags (RFC 9110, 13.1.1). */
export type EntityTagList = '*' | EntityTags

// entity-tag = [ weak ] DQUOTE *etagc DQUOTE
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`
// etagc without commas and what JavaScript takes for a space; an asterisk is never a tag by accident
const BARE = String.raw`(?!\*(?:[ \t,]|$))[\x21\x23-\x2b\x2d-\x7e\x80-\x9f\xa1-\xff]+`

// #element = [ element ] *( OWS "," OWS [ element ] )    (RFC 9110, 5.6.1.2)
function listOf (element: string): RegExp {
  return new RegExp(String.raw`^[ \t,]*(?:(?:${element})[ \t]*(?:,[ \t,]*|$))*$`)
}

const LIST = listOf(TAG)
const UNQUOTED_LIST = listOf(`${TAG}|${BARE}`)
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
  return parse(text, LIST)
}

/**
 * Reads what clients send that leave out the quotes: the same list, in which a tag may also be bare text without
 * quotes, commas and spaces.
 */
export function parseUnquotedList (text: string): '*' | SentTags | undefined {
  return parse(text, UNQUOTED_LIST)
}

function parse (text: string, list: RegExp): '*' | SentTags | undefined {
  if (list.test(text)) return new SentTags(text)
  return ANY.test(text) ? '*' : undefined
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

/** Is there a tag that passes? Only one is asked whose opaque text is `state`, or goes on after it with `;` or `-`; others need not pass. */
export function someOfState (list: EntityTags, state: string, test: (tag: EntityTag) => boolean): boolean {
  return list instanceof SentTags ? list.someOfState(state, test) : list.some(test)
}

/**
 * Finds the first tag that is `\1`, or goes on after it with one of `ends`; all elements before it are passed over. What is
 * looked for stands on a line ahead of the list, since to make a pattern for each tag would cost more than to use it.
 */
function finder (passed: string, ends: string = ''): RegExp {
  const quoted = String.raw`"(?!\1[${ends}"])[^"]*"`
  const bare = String.raw`(?!\1(?:[${ends} \t,]|$))[^ \t,"]+`
  return new RegExp(String.raw`^([^\n]*)\n[ \t,]*(?:(?:${passed}${quoted}|${bare})(?:[ \t,]+|$))*`)
}

const NAMED = finder('(?:W/)?')
const STRONGLY_NAMED = finder('W/"[^"]*"|')
const OF_STATE = finder('(?:W/)?', '-;')

// From this length on V8 looks for a text by leaps, whatever the two are made of; a shorter one may cost more than the pattern.
const LEAPT_FOR = 7

function find (pattern: RegExp, opaque: string, text: string): number | undefined {
  if (opaque.length >= LEAPT_FOR && !text.includes(opaque)) return undefined
  const at = pattern.exec(`${opaque}\n${text}`)![0].length - opaque.length - 1
  return at === text.length ? undefined : at
}

const TAB = 0x09
const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const DASH = 0x2d
const SLASH = 0x2f
const SEMICOLON = 0x3b
const W = 0x57

/**
 * The entity-tags of a field value that is known to be a list of them. They stay text: a field of 16 KiB may have
 * thousands, and but for those of the current state nobody has to know them.
 */
export class SentTags implements Iterable<EntityTag> {
  readonly text: string
  #lastFound: { readonly state: string, readonly at: number } | undefined
  #lastNamed: { readonly opaque: string, readonly tags: readonly EntityTag[] } | undefined

  constructor (text: string) {
    this.text = text
  }

  * [Symbol.iterator] (): Iterator<EntityTag> {
    for (const [, weak, opaque, bare] of this.text.matchAll(/(W\/)?"([^"]*)"|([^ \t,"]+)/g)) {
      yield { weak: weak !== undefined, opaque: bare ?? opaque! }
    }
  }

  /** Of the tags with this opaque text the first, and a strong one where that is weak. */
  named (opaque: string): readonly EntityTag[] {
    // a refusal asks again, to say why
    if (this.#lastNamed?.opaque !== opaque) this.#lastNamed = { opaque, tags: this.#find(opaque) }
    return this.#lastNamed.tags
  }

  #find (opaque: string): readonly EntityTag[] {
    const { text } = this
    // most requests send one tag, and it is the current one
    if (text.length === opaque.length + 2 && text.startsWith(opaque, 1) && text.charCodeAt(0) === QUOTE) return [{ weak: false, opaque }]
    const at = find(NAMED, opaque, text)
    if (at === undefined) return []
    if (!isWeakAt(text, at)) return [{ weak: false, opaque }]
    const hasStrong = find(STRONGLY_NAMED, opaque, text.slice(at)) !== undefined
    return hasStrong ? [{ weak: true, opaque }, { weak: false, opaque }] : [{ weak: true, opaque }]
  }

  /**
   * Is there one that passes, of those whose opaque text is `state`, or goes on after it with `;` or `-`? Of equal ones that
   * follow each other the first alone is asked.
   */
  someOfState (state: string, test: (tag: EntityTag) => boolean): boolean {
    const { text } = this
    // a 304 asks again, for the tag to tell
    if (this.#lastFound?.state !== state) this.#lastFound = { state, at: find(OF_STATE, state, text) ?? text.length }
    let asked: string | undefined
    let askedWeak = false
    let at = this.#lastFound.at
    while (at < text.length) {
      if (isSeparator(text.charCodeAt(at))) {
        at++
        continue
      }
      const weak = isWeakAt(text, at)
      const isQuoted = weak || text.charCodeAt(at) === QUOTE
      const start = weak ? at + 3 : isQuoted ? at + 1 : at
      const end = isQuoted ? text.indexOf('"', start) : endOfBare(text, start)
      at = isQuoted ? end + 1 : end
      const after = text.charCodeAt(start + state.length)
      const isOfState = (start + state.length === end || after === SEMICOLON || after === DASH) && standsAt(text, start, state)
      if (!isOfState) continue
      const rest = text.slice(start + state.length, end)
      if (rest === asked && weak === askedWeak) continue
      asked = rest
      askedWeak = weak
      if (test({ weak, opaque: state + rest })) return true
    }
    return false
  }
}

function isWeakAt (text: string, at: number): boolean {
  return text.charCodeAt(at) === W && text.charCodeAt(at + 1) === SLASH && text.charCodeAt(at + 2) === QUOTE
}

// OWS = *( SP / HTAB ), and the commas between
function isSeparator (code: number): boolean {
  return code === SPACE || code === TAB || code === COMMA
}

// What startsWith says, which takes its time for each character.
function standsAt (text: string, start: number, part: string): boolean {
  let same = 0
  while (same < part.length && text.charCodeAt(start + same) === part.charCodeAt(same)) same++
  return same === part.length
}

function endOfBare (text: string, start: number): number {
  let end = start
  while (end < text.length && !isSeparator(text.charCodeAt(end))) end++
  return end
}
