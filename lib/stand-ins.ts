import { SUFFIXES } from './opaque-text.js'
import { codesOf, isPart, standsAt, type Codes } from './part.js'
import { SEPARATOR } from './representation-tag.js'
import type { AcceptedCodings } from './accept-encoding.js'
import type { EntityTag } from './entity-tag.js'

const UNCODED = `${SEPARATOR}identity`
const SEMICOLON = 0x3b
const DASH = 0x2d
const NOTHING = codesOf('')

// by its last character nearly every text is known to have none of them
const SUFFIXES_BY_END = Array.from({ length: 0x100 }, (_, code) => {
  return SUFFIXES.filter(suffix => suffix.charCodeAt(suffix.length - 1) === code).map(suffix => codesOf(`-${suffix}`))
})

/** What a tag may have behind the name of its state, to stand for the current one. */
interface Behind {
  /** Just this. */
  readonly plain: Codes
  /** Whatever a representation of the state has there. */
  readonly isAny?: boolean
  /** A content coding, and then the variant. */
  readonly codings?: AcceptedCodings
  readonly variant?: Codes
}

/**
 * Which tags stand for the current one, by that part of them which follows the name of its state. A class, and no function of
 * each kind: thousands of tags are asked about, and V8 puts into a loop only what it calls there alone.
 */
export class StandIns {
  readonly #plain: Codes
  readonly #isAny: boolean
  readonly #codings: AcceptedCodings | undefined
  readonly #variant: Codes
  readonly #suffix: boolean

  private constructor ({ plain, isAny = false, codings, variant = NOTHING }: Behind, suffix: boolean) {
    this.#plain = plain
    this.#isAny = isAny
    this.#codings = codings
    this.#variant = variant
    this.#suffix = suffix
  }

  /** The tag that is the name. `suffix`: even with what a proxy has written at its end. */
  static itself (suffix: boolean): StandIns {
    return new StandIns({ plain: NOTHING }, suffix)
  }

  /** The tags of the state, of whatever representation. */
  static ofState (suffix: boolean): StandIns {
    return new StandIns({ plain: NOTHING, isAny: true }, suffix)
  }

  /** This tag, which has no content coding, and those of the same representation in one that is accepted. */
  static ofRepresentation ({ opaque }: EntityTag, codings: AcceptedCodings, suffix: boolean): StandIns {
    const separator = opaque.indexOf(SEPARATOR)
    const behind = separator === -1 ? '' : opaque.slice(separator)
    const plain = codesOf(behind)
    if (behind === '') return new StandIns({ plain, codings }, suffix)
    // what a handler has set itself may be of another make
    const isOurs = behind.startsWith(UNCODED + SEPARATOR)
    return new StandIns(isOurs ? { plain, codings, variant: codesOf(behind.slice(UNCODED.length)) } : { plain }, suffix)
  }

  /** Does the tag stand for the current one that has this behind the name of the state? */
  has (codes: Codes, start: number, end: number): boolean {
    // in a loop, so that the question stands once in what V8 compiles
    let to = end
    while (!this.#hasPlainly(codes, start, to)) {
      if (to !== end || !this.#suffix) return false
      to = endOfBare(codes, start, end)
      if (to === end) return false
    }
    return true
  }

  #hasPlainly (codes: Codes, start: number, end: number): boolean {
    if (isPart(codes, start, end, this.#plain)) return true
    if (codes[start] !== SEMICOLON) return false
    if (this.#isAny || this.#codings === undefined) return this.#isAny
    const after = end - this.#variant.length
    return start < after && standsAt(codes, after, this.#variant) && this.#codings.has(codes, start + 1, after)
  }
}

// Where the part ends without what a proxy has written there, if it has.
function endOfBare (codes: Codes, start: number, end: number): number {
  if (start === end) return end
  const some = SUFFIXES_BY_END[codes[end - 1]!]!
  for (let at = 0; at < some.length; at++) {
    const dash = end - some[at]!.length
    // some write two dashes; where the name ends with the first, nothing is left to stand for it
    if (standsAt(codes, dash, some[at]!)) return codes[dash - 1] === DASH ? dash - 1 : dash
  }
  return end
}
