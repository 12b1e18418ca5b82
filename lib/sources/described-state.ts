import { resolveLastModified, type LastModified } from './last-modified.js'
import { resolveSource, type Source } from './source.js'
import type { Validators } from '../preconditions.js'

/** A state as the sources of a route see it: its version as the store knows it, and its validators. */
export interface DescribedState extends Validators {
  readonly version: unknown
}

/** Describes a state. Throws FST_ETAG_INVALID_VERSION or FST_ETAG_INVALID_DATE where a source gives what it must not. */
export type DescribeState = (state: unknown, request: unknown) => DescribedState

/** Turns the declared sources into the function that describes states; without a source they have no version. */
export function resolveDescription (source: Source | undefined, lastModified: LastModified | undefined): DescribeState {
  const nameState = source === undefined ? undefined : resolveSource(source)
  const dateState = lastModified === undefined ? undefined : resolveLastModified(lastModified)
  return (state, request) => {
    const named = nameState?.(state, request)
    return { version: named?.version, etag: named?.etag, lastModified: dateState?.(state, request) }
  }
}
