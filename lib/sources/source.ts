import { fieldSource } from './field.js'
import { functionSource, type SourceFunction } from './function.js'
import { timestampSource, type TimestampSource } from './timestamp.js'
import type { NameState } from './named-state.js'

/** Where a state has its version: a field of it, a path to a field, timestamps, or a function of the state and the request. */
export type Source = string | { readonly field: string } | TimestampSource | SourceFunction

/** Turns the declaration of a source into the function that names states. */
export function resolveSource (source: Source): NameState {
  if (typeof source === 'function') return functionSource(source)
  if (typeof source === 'string') return fieldSource([source])
  return 'timestamp' in source ? timestampSource(source) : fieldSource(source.field.split('.'))
}
