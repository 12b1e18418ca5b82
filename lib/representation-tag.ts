import { SUFFIX } from './opaque-text.js'
import type { EntityTag } from './entity-tag.js'
import type { EntityTagList } from './entity-tag-list.js'

/**
 * Ends the part of a tag that names the state. What follows tells its representations apart: the content coding, and
 * whatever else they vary by. No state has it in its name.
 *
 *     opaque-tag = DQUOTE state [ ";" coding [ ";" variant ] ] DQUOTE
 */
export const SEPARATOR = ';'

const IDENTITY = 'identity'

/** The tag of one representation of a state; that of the state itself where it has neither variant nor coding. */
export function representationTag ({ weak, opaque }: EntityTag, variant: string | undefined, coding: string = IDENTITY): EntityTag {
  const parts = variant === undefined ? (coding === IDENTITY ? [] : [coding]) : [coding, variant]
  return { weak, opaque: [opaque, ...parts].join(SEPARATOR) }
}

/** The part of a tag that names the state, which is all that a write compares. */
export function stateTag ({ weak, opaque }: EntityTag): EntityTag {
  return { weak, opaque: opaque.split(SEPARATOR, 1)[0]! }
}

/** The tag of the same representation as it is without a content coding, where its coding is one of those that are accepted. */
export function withoutCoding (tag: EntityTag, accepts: (coding: string) => boolean): EntityTag {
  const [state, coding, ...variant] = tag.opaque.split(SEPARATOR)
  if (coding === undefined || !accepts(coding)) return tag
  return representationTag({ weak: tag.weak, opaque: state! }, variant.length === 0 ? undefined : variant.join(SEPARATOR))
}

/** A tag without what a proxy has written at its end. */
export function withoutSuffix ({ weak, opaque }: EntityTag): EntityTag {
  return { weak, opaque: opaque.replace(SUFFIX, '') }
}

/** Of the tags that a client sent the one that stands for this tag; `undefined` where none does, or `*`. */
export function findTag (list: EntityTagList | undefined, tag: EntityTag, asKnown: (sent: EntityTag) => EntityTag): EntityTag | undefined {
  return list === undefined || list === '*' ? undefined : list.find(sent => asKnown(sent).opaque === tag.opaque)
}
