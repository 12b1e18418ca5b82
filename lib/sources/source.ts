import { fieldSource } from './field.js'
import { functionSource, type SourceFunction } from './function.js'
import type { NameState } from './named-state.js'

/** Where a state has its version: a field of it, a path to a field, or a function of the state and the request. */
export type Source = string | { readonly field: string } | SourceFunction

/** Turns the declaration of a source into the function that names states. */
export function resolveSource (source: Source): NameState {
  if (typeof source === 'function') return functionSource(source)
  return typeof source === 'string' ? fieldSource([source]) : fieldSource(source.field.split('.'))
}
