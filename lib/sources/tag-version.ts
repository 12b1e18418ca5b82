import { disown } from '../disown.js'
import { readOpaqueText } from '../opaque-text.js'
import { versionTag } from './version-tag.js'

/** Reads the version that a tag names, as the store compares it; `undefined`, or what has another tag, where the text names none. */
export type ParseVersion = (text: string) => unknown

// A store may take other texts for the same: " 3" or "03" for a number, and a capital letter for a small one.
const INTEGER = /^(?:0|-?[1-9][0-9]*)$/

/**
 * The version that this opaque text names; `undefined` where it names none, or one whose texts are not told apart by all stores. What
 * is parsed must have this very tag: a store is never asked for a version that is not the one which the client sent.
 */
export function versionNamed (parse: ParseVersion, opaque: string): unknown {
  try {
    const version = parse(readOpaqueText(opaque))
    disown(version)
    if (typeof version === 'string' && !INTEGER.test(version)) return undefined
    return versionTag(version, 'What parseVersion returned')?.opaque === opaque ? version : undefined
  } catch {
    return undefined
  }
}
