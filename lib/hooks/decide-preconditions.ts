import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify'
import { hasConditionalField, isCutOff } from '../conditions.js'
import { concernsRepresentation } from '../preconditions.js'
import { isRequired } from '../policy.js'
import { asksFor, isGovernedByRequest, type Route } from '../route.js'
import { namesMembers } from '../request-members.js'
import { withhold } from '../withheld-error.js'
import { checkpoint } from '../checkpoint.js'
import { hasFailed, noteServed, preconditionOf } from './precondition-of.js'
import { settleRange } from './settle-range.js'
import type { Refusal } from '../refusal.js'

/**
 * Builds the deciding hook of one route: nothing is decided here, only asked and answered.
 *
 * It must be the last of its stage, so that authentication, authorisation and validation answer first (RFC 9110, 13.2.1).
 */
export function decidePreconditions (route: Route): preHandlerHookHandler {
  return function decidePreconditions (request: FastifyRequest, reply: FastifyReply, done) {
    // who was answered meanwhile, by a timeout for instance, is not served any more
    if (hasFailed(request)) return
    if (route.at === 'preHandler') noteServed(request)
    if (!mayDecide(route, request)) return done()

    const precondition = preconditionOf(request, route)
    let waiting: Promise<void> | undefined
    try {
      waiting = precondition.prepare()
    } catch (error) {
      return done(withhold(error))
    }
    if (waiting === undefined) answer()
    else waiting.then(() => { if (!hasFailed(request)) answer() }, error => { if (!hasFailed(request)) done(error) })

    function goOn (): void {
      const awaited = checkpoint('checked', request)
      if (awaited === undefined) done()
      else awaited.then(() => done(), done)
    }

    function answer (): void {
      let settled: Refusal | 304 | undefined
      try {
        settled = precondition.settle()
      } catch (error) {
        return done(withhold(error))
      }
      if (settled === undefined) {
        settleRange(request, precondition)
        return goOn()
      }
      if (settled !== 304) return done(settled)
      noteServed(request)
      reply.code(304).send()
    }
  }
}

// Most requests carry no condition, and cost no more than this.
function mayDecide (route: Route, request: FastifyRequest): boolean {
  const { method } = request
  if (hasConditionalField(request) || isCutOff(request)) return concernsRepresentation(method)
  return asksFor(route, method) && (
    route.variant !== undefined ||
    isRequired(route.policy, method) ||
    isGovernedByRequest(route, method) ||
    (method === 'PUT' && route.create === 'only') ||
    (route.membership !== undefined && namesMembers(method)))
}
