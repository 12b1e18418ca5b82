import { digestSource, type BodyOf, type DigestSource } from './digest.js'
import { fieldSource } from './field.js'
import { functionSource } from './function.js'
import { membersSource, type MemberSource, type MembersSource } from './members.js'
import { timestampSource } from './timestamp.js'
import type { NameState } from './named-state.js'

/**
 * Where a state has its version: a field of it, a path to a field, timestamps, a function of the state and the request,
 * the members of a list, or the body that its GET answers with.
 */
export type Source = MemberSource | MembersSource | DigestSource

/** Turns the declaration of a source into the function that names states. `bodyOf` tells what a GET answers with. */
export function resolveSource (source: Source, bodyOf: BodyOf = nothing): NameState {
  if (typeof source === 'function') return functionSource(source)
  if (typeof source === 'string') return fieldSource([source])
  if ('digest' in source) return digestSource(source, bodyOf)
  if ('members' in source) return membersSource(source, resolveSource(source.members, bodyOf))
  return 'timestamp' in source ? timestampSource(source) : fieldSource(source.field.split('.'))
}

function nothing (): undefined {}
