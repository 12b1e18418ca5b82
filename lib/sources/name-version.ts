import { formatEntityTag } from '../entity-tag.js'
import { versionTag } from './version-tag.js'
import type { Validators } from '../preconditions.js'
import type { NamedState } from './named-state.js'

const kFieldValue = Symbol('fastify-etag-policy.field-value')

/** What a state is named by, with the field value of its tag where that is remembered. */
type Named = Pick<Validators, 'etag'> & { readonly [kFieldValue]?: string }

const SIZE = 256
const recent: Array<NamedState | undefined> = Array.from({ length: SIZE })

/**
 * Names a version by its tag. Most versions are small numbers, so the tags of some 256 are remembered: to make one again costs
 * more than all else that labels an answer. Throws FST_ETAG_INVALID_VERSION under the name of its source.
 */
export function nameVersion (version: unknown, name: string): NamedState {
  if (typeof version !== 'number') return { version, etag: versionTag(version, name) }
  const known = recent[version & SIZE - 1]
  if (known !== undefined && known.version === version) return known
  const etag = versionTag(version, name)!
  const named = { version, etag }
  // no part of what is described
  Object.defineProperty(named, kFieldValue, { value: formatEntityTag(etag) })
  recent[version & SIZE - 1] = named
  return named
}

/** The field value of the tag of a state, made once where that is remembered; `undefined` where it has none. */
export function fieldValueOf (named: Named): string | undefined {
  return named[kFieldValue] ?? (named.etag && formatEntityTag(named.etag))
}
