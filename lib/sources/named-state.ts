import type { EntityTag } from '../entity-tag.js'

/** A state by its name: the version as the store knows it, and as an entity-tag; both `undefined` where it has none. */
export interface NamedState {
  readonly version: unknown
  readonly etag: EntityTag | undefined
}

/** Names a state. Throws FST_ETAG_INVALID_VERSION where the source gives what cannot name one. */
export type NameState = (state: unknown, request: unknown) => NamedState
