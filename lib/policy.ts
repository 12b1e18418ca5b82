import { hasTags } from './entity-tag-list.js'
import type { Conditions, Validators } from './preconditions.js'

/** When a write must name the version that it changes: always, for DELETE only, or never. */
export const POLICIES = ['REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL'] as const
export type Policy = typeof POLICIES[number]

/** Is this one of the three policies, spelt as they are? */
export function isPolicy (value: unknown): value is Policy {
  return (POLICIES as readonly unknown[]).includes(value)
}

/** Where the policy in force was declared; the nearest wins: a request, what was made of a state, a route, its schema, a scope, the plugin. */
export type PolicyLevel = 'plugin' | 'scope' | 'schema' | 'route' | 'state' | 'request'

/** A policy and the level that declared it. */
export interface PolicyInForce {
  readonly policy: Policy
  readonly level: PolicyLevel
}

/** What may satisfy a policy besides If-Match with tags. */
export type Accepted = 'If-Match: *' | 'If-None-Match' | 'If-Unmodified-Since'

const GOVERNED = new Set(['PUT', 'PATCH', 'DELETE'])

// What is said of more than one route: a schema too, of what a POST answers with among others.
const OUTER = new Set<PolicyLevel>(['plugin', 'scope', 'schema'])

/** PUT, PATCH and DELETE change what is there. POST is governed only when its own route declares a policy. */
export function isGoverned (method: string, level: PolicyLevel): boolean {
  return GOVERNED.has(method) || (method === 'POST' && !OUTER.has(level))
}

/** Does this request have to carry a precondition (RFC 6585, 3)? */
export function isRequired ({ policy, level }: PolicyInForce, method: string): boolean {
  if (!isGoverned(method, level)) return false
  return policy === 'REQUIRED' || (policy === 'REQUIRED_FOR_DELETE' && method === 'DELETE')
}

/**
 * Does what was sent name a version, so that a write from an old one is noticed?
 *
 * Only If-Match with tags does: `*`, dates and If-None-Match hold for any number of states, so they satisfy where
 * they are accepted. A state without a tag leaves nothing better to send than `If-Match: *`.
 */
export function namesVersion (sent: Conditions, current: Validators, accept: readonly Accepted[] = []): boolean {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = sent
  if (ifMatch === '*' && current.etag === undefined) return true
  if (ifMatch !== undefined && hasTags(ifMatch)) return true
  return accept.some(accepted => {
    switch (accepted) {
      case 'If-Match: *': return ifMatch === '*'
      case 'If-None-Match': return ifNoneMatch !== undefined && (ifNoneMatch === '*' || hasTags(ifNoneMatch))
      default: return ifUnmodifiedSince !== undefined && current.lastModified !== undefined
    }
  })
}
