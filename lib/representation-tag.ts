import type { EntityTag } from './entity-tag.js'

/**
 * Ends the part of a tag that names the state. What follows tells its representations apart: the content coding, and
 * whatever else they vary by. No state has it in its name.
 *
 *     opaque-tag = DQUOTE state [ ";" coding [ ";" variant ] ] DQUOTE
 */
export const SEPARATOR = ';'

const IDENTITY = 'identity'

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
