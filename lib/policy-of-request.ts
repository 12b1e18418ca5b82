import { isGoverned, isPolicy, isRequired, type PolicyInForce } from './policy.js'
import { isEnforced, isGovernedByRequest, type Route } from './route.js'
import { withhold } from './withheld-error.js'
import type { PolicyFunction } from './option-schemas.js'

/** The parameter of the query by which a request asks for the check. */
export const CHECK_PARAM = 'checkEtag'

/** Does the request ask for the check? Read from its target, since a closed schema of the query takes it away. */
export function asksForCheck ({ checkEtagParam }: Pick<Route, 'checkEtagParam'>, target: string): boolean {
  if (!checkEtagParam) return false
  const [path, ...query] = target.split('?')
  // a server may be told to take a semicolon for the question mark; to ask for the check once too often harms nothing
  return [query.join('?'), path!.split(';').slice(1).join(';')].some(one => new URLSearchParams(one).has(CHECK_PARAM))
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
  for (const one of await Promise.all(Array.isArray(said) ? said : [said])) {
    if (isPolicy(one)) return { policy: one, level: 'state' }
    if (one !== undefined && one !== null) noteUnknown(one)
  }
  return undefined
}

/** The policy of one request: what is known of it when the request comes, and when its state is loaded. */
export class PolicyOfRequest {
  readonly #route: Route
  readonly #request: { readonly method: string, readonly url: string }
  #isEnforced: boolean | undefined
  #inForce: PolicyInForce

  constructor (route: Route, request: { readonly method: string, readonly url: string }) {
    this.#route = route
    this.#request = request
    const isForced = isGovernedByRequest(route, request.method) && asksForCheck(route, request.url)
    this.#inForce = isForced ? { policy: 'REQUIRED', level: 'request' } : route.policy
  }

  get inForce (): PolicyInForce {
    return this.#inForce
  }

  /** Does it depend on the state which policy holds? What the request asks for is more than any function can say. */
  get isOpen (): boolean {
    return this.#inForce.level !== 'request' && this.#route.policyFunctions.length > 0 && isGovernedByRequest(this.#route, this.#request.method)
  }

  /** Asks the functions about the state that is there. What they throw is withheld. */
  async ask (state: unknown, noteUnknown: (said: unknown) => void): Promise<void> {
    try {
      this.#inForce = await policyInForce({ policy: this.#route.policy, policyFunctions: this.#functions }, this.#request, state, noteUnknown)
    } catch (error) {
      throw withhold(error)
    }
  }

  // A POST is under the policy of its own route, and what an outer function says is none.
  get #functions (): readonly PolicyFunction[] {
    const { policyFunctions } = this.#route
    return isGoverned(this.#request.method, 'plugin') ? policyFunctions : policyFunctions.slice(0, 1)
  }

  /** Does the policy ask this request to name a version? */
  get asks (): boolean {
    return isRequired(this.#inForce, this.#request.method)
  }

  /** And is it refused where it does not? `enforce` is asked once a request, and not about what that asked for itself. */
  get isRequired (): boolean {
    if (!this.asks) return false
    this.#isEnforced ??= this.#inForce.level === 'request' || isEnforced(this.#route, this.#request)
    return this.#isEnforced
  }
}
