import { codesOf, standsAt, type Codes } from './part.js'
import { StandIns } from './stand-ins.js'
import type { EntityTag } from './entity-tag.js'

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

  /**
   * Where the first tag begins that begins with the name of this state, and stands for the current one by what is behind that; none
   * ahead of `from`, and no weak one where `isStrong`. Every character is read once, and no tag is cut out.
   */
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

// Nearly every other state is known by the character behind the name, for half of what it takes to ask whether it stands for this one.
function mayGoOn (codes: Codes, at: number, end: number): boolean {
  return at === end || codes[at] === SEMICOLON || codes[at] === DASH
}
