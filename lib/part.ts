// A part of a text is looked at where it stands: to cut out each of thousands would cost more than all that is asked of them.
// The text is there as its codes, since to ask a string for one takes several times as long.

/** The codes of a text of latin1. */
export type Codes = Buffer

/** The codes of such a text. */
export function codesOf (text: string): Codes {
  return Buffer.from(text, 'latin1')
}

/** Does this stand in the text at `start`? */
export function standsAt (codes: Codes, start: number, what: Codes): boolean {
  for (let at = 0; at < what.length; at++) if (codes[start + at] !== what[at]) return false
  return true
}

/** Is the part, from `start` to `end`, just this? */
export function isPart (codes: Codes, start: number, end: number, what: Codes): boolean {
  return end - start === what.length && standsAt(codes, start, what)
}

/** Some words, however many there are, among which a part is looked up. None of them is empty. */
export class Words {
  readonly #sorted: readonly string[]
  readonly #begins = new Uint8Array(0x100)
  readonly #ends = new Uint8Array(0x100)
  readonly #shortest: number

  constructor (words: readonly string[]) {
    // the shorter is the lesser, so that most are told apart by their lengths
    this.#sorted = [...words].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    this.#shortest = this.#sorted[0]?.length ?? 0
    for (const word of words) {
      this.#begins[word.charCodeAt(0)] = 1
      this.#ends[word.charCodeAt(word.length - 1)] = 1
    }
  }

  /** Has the part the length of one of them, or more, and does it begin as one does, and end as one does? */
  mayHave (codes: Codes, start: number, end: number): boolean {
    return end - start >= this.#shortest && this.#begins[codes[start]!] === 1 && this.#ends[codes[end - 1]!] === 1
  }

  /** Is the part one of them? */
  has (codes: Codes, start: number, end: number): boolean {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      const order = compare(codes, start, end, this.#sorted[middle]!)
      if (order === 0) return true
      if (order < 0) high = middle
      else low = middle + 1
    }
    return false
  }
}

function compare (codes: Codes, start: number, end: number, word: string): number {
  let order = end - start - word.length
  for (let at = 0; order === 0 && at < word.length; at++) order = codes[start + at]! - word.charCodeAt(at)
  return order
}
