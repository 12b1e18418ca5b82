import type { FastifyError, FastifyRequest } from 'fastify'
import { asRefusal, refusalOf, type Refusal, type RefusedOutcome } from './refusal.js'
import { isDisclosed, type Route } from './route.js'
import { withhold } from './withheld-error.js'
import type { Decision } from './decision.js'
import type { Validators } from './preconditions.js'
import type { Verdict } from './verdict.js'

/** Makes the refusal of one request: it speaks of this state, as far as the route discloses it. */
export function refusalFor (route: Route, request: FastifyRequest, decision: Decision, current: Validators | undefined): Refusal {
  const etag = current?.etag
  const known = { hasTag: etag !== undefined, etag: mayTell(route, request) ? etag : undefined }
  return refusalOf(decision as Decision & { outcome: RefusedOutcome }, request.url, known)
}

/** What is decided where something of a request cannot be read. */
export function invalidBy (error: unknown): Verdict {
  return { outcome: 'invalid', status: 400, field: (error as { field?: 'If-Match' | 'If-None-Match' }).field }
}

/** Makes the refusal of a request that cannot be read, of the error that says why. */
export function invalidFor (request: FastifyRequest, decision: Decision, error: unknown): Refusal {
  return asRefusal(error as FastifyError, decision, request.url)
}

function mayTell (route: Route, request: FastifyRequest): boolean {
  try {
    return isDisclosed(route, request)
  } catch (error) {
    throw withhold(error)
  }
}
