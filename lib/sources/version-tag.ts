import { disown } from '../disown.js'
import { FST_ETAG_INVALID_VERSION } from '../errors.js'
import { formatOpaqueText } from '../opaque-text.js'
import type { EntityTag } from '../entity-tag.js'

/** What can name a version as the opaque text of a strong entity-tag. */
export type Version = string | number | bigint

/**
 * The strong entity-tag of a version. Nothing (`null`, `undefined`) has no tag.
 * Anything else that is no text or number throws FST_ETAG_INVALID_VERSION under the name of its source.
 */
export function versionTag (version: unknown, name: string): EntityTag | undefined {
  if (version === null || version === undefined) return undefined
  if (typeof version === 'string') return { weak: false, opaque: formatOpaqueText(version) }
  if (typeof version === 'bigint' || Number.isFinite(version)) return { weak: false, opaque: `${version as number | bigint}` }
  disown(version)
  throw new FST_ETAG_INVALID_VERSION(name, describeVersion(version))
}

/** Names a value for an error message: its kind, and the cure where the kind tells it. */
export function describeVersion (version: unknown): string {
  if (version instanceof Date) return 'a Date, which has lost its microseconds; read a version number, or select the timestamp as text'
  if (version instanceof Promise) return 'a Promise; load what it needs in load'
  if (typeof version === 'string') return JSON.stringify(version)
  return typeof version === 'number' ? String(version) : `a value of type ${Array.isArray(version) ? 'array' : typeof version}`
}
