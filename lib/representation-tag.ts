import { SUFFIXES } from './opaque-text.js'
import { codesOf, isPart, standsAt, Words, type AsksPart, type Codes } from './part.js'
import type { EntityTag } from './entity-tag.js'

/**
 * Ends the part of a tag that names the state. What follows tells its representations apart: the content coding, and
 * whatever else they vary by. No state has it in its name.
 *
 *     opaque-tag = DQUOTE state [ ";" coding [ ";" variant ] ] DQUOTE
 */
export const SEPARATOR = ';'

const IDENTITY = 'identity'
const UNCODED = SEPARATOR + IDENTITY
const SEMICOLON = 0x3b
const DASH = 0x2d

/** The tag of one representation of a state; that of the state itself where it has neither variant nor coding. */
export function representationTag (tag: EntityTag, variant: string | undefined, coding: string = IDENTITY): EntityTag {
  if (variant === undefined && coding === IDENTITY) return tag
  const { weak, opaque } = tag
  return { weak, opaque: opaque + SEPARATOR + coding + (variant === undefined ? '' : SEPARATOR + variant) }
}

/** The part of a tag that names the state, which is all that a write compares. */
export function stateTag (tag: EntityTag): EntityTag {
  const { weak, opaque } = tag
  const end = opaque.indexOf(SEPARATOR)
  return end === -1 ? tag : { weak, opaque: opaque.slice(0, end) }
}

// What follows tells which tags stand for another one, by that part of them which follows the name of its state.

/** Is the tag one of this state, whatever follows it? */
export function isOfState (codes: Codes, start: number, end: number): boolean {
  return start === end || codes[start] === SEMICOLON
}

/** Builds what tells whether the tag is this one, which has no content coding, or that of the same representation in one that is accepted. */
export function inAcceptedCoding ({ opaque }: EntityTag, accepts: AsksPart): AsksPart {
  const separator = opaque.indexOf(SEPARATOR)
  const behind = separator === -1 ? '' : opaque.slice(separator)
  const plain = codesOf(behind)
  const variant = codesOf(behind.slice(UNCODED.length))
  // what a handler has set itself may be of another make
  const isOurs = behind === '' || behind.startsWith(UNCODED + SEPARATOR)
  return (codes, start, end) => {
    if (isPart(codes, start, end, plain)) return true
    const after = end - variant.length
    return isOurs && start < after && codes[start] === SEMICOLON && standsAt(codes, after, variant) && accepts(codes, start + 1, after)
  }
}

const suffixes = new Words(SUFFIXES)
const LONGEST = Math.max(...SUFFIXES.map(({ length }) => length))

/** Builds what tells whether the tag passes as it is, or without what a proxy has written at its end. */
export function evenWithSuffix (passes: AsksPart): AsksPart {
  return (codes, start, end) => passes(codes, start, end) || passesWithout(codes, start, end)

  function passesWithout (codes: Codes, start: number, end: number): boolean {
    let dash = end - 1
    while (dash > start && dash >= end - LONGEST && codes[dash] !== DASH) dash--
    if (dash < start || codes[dash] !== DASH || !suffixes.mayBegin(codes[dash + 1]!) || !suffixes.has(codes, dash + 1, end)) return false
    // some write two of them, of which the first is no part of the name of a state
    const bare = codes[dash - 1] === DASH ? dash - 1 : dash
    return bare >= start && passes(codes, start, bare)
  }
}
