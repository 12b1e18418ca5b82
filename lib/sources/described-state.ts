import { readField } from './field.js'
import { resolveLastModified, type LastModified } from './last-modified.js'
import { resolveSource, type Source } from './source.js'
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
  /** Where an answer has its state; it is the state itself where nothing is there. */
  readonly envelope?: readonly string[] | undefined
}

/** Turns what is declared into the function that describes states; without a source they have no version. */
export function resolveDescription ({ source, weak = false, lastModified, envelope = [] }: Described): DescribeState {
  const nameState = source === undefined ? undefined : resolveSource(source)
  const dateState = lastModified === undefined ? undefined : resolveLastModified(lastModified)
  return (given, request) => {
    const state = stateIn(given, envelope)
    const { version, etag } = nameState?.(state, request) ?? {}
    return {
      version,
      etag: weak && etag !== undefined ? { ...etag, weak } : etag,
      lastModified: dateState?.(state, request)
    }
  }
}

function stateIn (value: unknown, envelope: readonly string[]): unknown {
  const inner = envelope.length === 0 ? undefined : readField(value, envelope)
  return typeof inner === 'object' && inner !== null ? inner : value
}
