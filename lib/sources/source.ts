import { fieldSource } from './field.js'
import { functionSource } from './function.js'
import { membersSource, type MemberSource, type MembersSource } from './members.js'
import { timestampSource } from './timestamp.js'
import type { NameState } from './named-state.js'

/**
 * Where a state has its version: a field of it, a path to a field, timestamps, a function of the state and the request,
 * or the members of a list.
 */
export type Source = MemberSource | MembersSource

/** Turns the declaration of a source into the function that names states. */
export function resolveSource (source: Source): NameState {
  if (typeof source === 'function') return functionSource(source)
  if (typeof source === 'string') return fieldSource([source])
  if ('members' in source) return membersSource(source, resolveSource(source.members))
  return 'timestamp' in source ? timestampSource(source) : fieldSource(source.field.split('.'))
}
