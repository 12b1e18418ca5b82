import { FST_ETAG_INVALID_VERSION } from '../errors.js'
import { formatEntityTag, parseEntityTag, type EntityTag } from '../entity-tag.js'
import { SEPARATOR } from '../representation-tag.js'
import { describeVersion, versionTag, type Version } from './version-tag.js'
import type { NameState } from './named-state.js'

/**
 * Names a state by what a function says of it: text that is a complete entity-tag (`"x"`, `W/"x"`) is that tag, other
 * text and numbers are the opaque text of a strong one, `null` is no tag.
 */
export type SourceFunction = (state: any, request: any) => Version | EntityTag | null | undefined

const NAME = 'What the source function returned'

/** Names a state by a function. */
export function functionSource (source: SourceFunction): NameState {
  return (state, request) => {
    const version = source(state, request) ?? null
    return { version, etag: tagOf(version) }
  }
}

function tagOf (version: unknown): EntityTag | undefined {
  const tag = typeof version === 'string' ? parseEntityTag(version) : isEntityTag(version) ? checked(version) : undefined
  if (tag?.opaque.includes(SEPARATOR)) {
    throw new FST_ETAG_INVALID_VERSION(NAME, `an entity-tag with a semicolon, ${describeVersion(tag.opaque)}, behind which content coding and variant are written; return that text without quotes`)
  }
  return tag ?? versionTag(version, NAME)
}

function isEntityTag (value: unknown): value is EntityTag {
  return typeof value === 'object' && value !== null && 'opaque' in value && 'weak' in value
}

// What stands in the object is sent as it is, so it is held to the grammar.
function checked (tag: EntityTag): EntityTag {
  const parsed = typeof tag.opaque === 'string' ? parseEntityTag(formatEntityTag(tag)) : undefined
  if (parsed === undefined) throw new FST_ETAG_INVALID_VERSION(NAME, `an entity-tag outside the grammar, ${describeVersion(tag.opaque)}`)
  return parsed
}
