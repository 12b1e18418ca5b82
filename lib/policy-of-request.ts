import { isPolicy, type PolicyInForce } from './policy.js'
import type { PolicyFunction } from './option-schemas.js'
import type { Route } from './route.js'

const PARAM = 'checkEtag'

/** Does the request ask for the check? Read from its target, since a closed schema of the query takes it away. */
export function asksForCheck ({ checkEtagParam }: Pick<Route, 'checkEtagParam'>, target: string): boolean {
  if (!checkEtagParam) return false
  const query = target.indexOf('?')
  return query !== -1 && new URLSearchParams(target.slice(query)).has(PARAM)
}

/**
 * The policy that holds for one request and the state that it is about: what the request asks for, else what the
 * functions say, the nearest first, else what is declared. What is said and is no policy is noted and passed over.
 */
export async function policyInForce (
  { policy, policyFunctions }: Pick<Route, 'policy' | 'policyFunctions'>, request: unknown, state: unknown, noteUnknown: (said: unknown) => void
): Promise<PolicyInForce> {
  for (const said of policyFunctions) {
    const found = await firstPolicy(said, request, state, noteUnknown)
    if (found !== undefined) return found
  }
  return policy
}

async function firstPolicy (
  say: PolicyFunction, request: unknown, state: unknown, noteUnknown: (said: unknown) => void
): Promise<PolicyInForce | undefined> {
  const said: unknown = await say(request, state)
  for (const one of Array.isArray(said) ? said : [said]) {
    if (isPolicy(one)) return { policy: one, level: 'state' }
    if (one !== undefined && one !== null) noteUnknown(one)
  }
  return undefined
}
