import { disown } from '../disown.js'
import { readOpaqueText } from '../opaque-text.js'
import { versionTag } from './version-tag.js'

/** Reads the version that a tag names, as the store compares it; `undefined`, or what has another tag, where the text names none. */
export type ParseVersion = (text: string) => unknown

/**
 * The version that this opaque text names; `undefined` where it names none. What is parsed must have this very tag: a store
 * is never asked for a version that is not the one which the client sent.
 */
export function versionNamed (parse: ParseVersion, opaque: string): unknown {
  try {
    const version = parse(readOpaqueText(opaque))
    disown(version)
    return versionTag(version, 'What parseVersion returned')?.opaque === opaque ? version : undefined
  } catch {
    return undefined
  }
}
