import type { FastifyReply, FastifyRequest } from 'fastify'
import { asksFor, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { preconditionOf } from './precondition-of.js'
import { settleLate } from './settle-late.js'
import type { Refusal } from '../refusal.js'

/**
 * Finds the validators in the object that a handler sends, and decides about a read whose state was not known before. It does
 * so ahead of serialisation, which a 304 then costs nothing of. Throws what a source threw, withheld.
 */
export function labelAnswer (route: Route, request: FastifyRequest, reply: FastifyReply, sent: unknown): Refusal | 304 | undefined {
  if (!asksFor(route, request.method)) return undefined
  try {
    const precondition = preconditionOf(request, route)
    precondition.labelAnswer(sent)
    // a digest is known when the body is
    const isKnown = route.digest === undefined || precondition.label.found?.etag !== undefined
    return isKnown ? settleLate(precondition, reply) : undefined
  } catch (error) {
    throw withhold(error)
  }
}
