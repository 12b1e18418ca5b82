import { resolveLastModified, type LastModified } from './last-modified.js'
import { resolveSource, type Source } from './source.js'
import type { BodyOf } from './digest.js'
import type { Validators } from '../preconditions.js'

/** A state as the sources of a route see it: its version as the store knows it, and its validators. */
export interface DescribedState extends Validators {
  readonly version: unknown
}

/** Describes a state. Throws FST_ETAG_INVALID_VERSION or FST_ETAG_INVALID_DATE where a source gives what it must not. */
export type DescribeState = (state: unknown, request: unknown) => DescribedState

/** What a route declares about its states. */
export interface Described {
  readonly source?: Source | undefined
  /** Marks every tag as weak. */
  readonly weak?: boolean | undefined
  readonly lastModified?: LastModified | undefined
  /** What a GET answers with, for a digest of it. */
  readonly bodyOf?: BodyOf | undefined
}

/** Turns what is declared into the function that describes states; without a source they have no version. */
export function resolveDescription ({ source, weak = false, lastModified, bodyOf }: Described): DescribeState {
  const nameState = source === undefined ? undefined : resolveSource(source, bodyOf)
  const dateState = lastModified === undefined ? undefined : resolveLastModified(lastModified)
  // what is named and no more is described by its name
  if (nameState !== undefined && dateState === undefined && !weak) return nameState
  return (state, request) => {
    const { version, etag } = nameState?.(state, request) ?? {}
    return {
      version,
      etag: weak && etag !== undefined ? { ...etag, weak } : etag,
      lastModified: dateState?.(state, request)
    }
  }
}
