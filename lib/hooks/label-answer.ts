import type { FastifyReply, FastifyRequest, preSerializationHookHandler } from 'fastify'
import { asksFor, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { isServed, preconditionOf } from './precondition-of.js'
import { isSuccess, settleLate } from './settle-late.js'

/**
 * Builds the hook that finds the validators in the object that a handler sends, and answers 304 in its place where the
 * state was not known before. It does so ahead of serialisation, which a 304 then costs nothing of.
 */
export function labelAnswer (route: Route): preSerializationHookHandler<unknown> {
  return function labelAnswer (request: FastifyRequest, reply: FastifyReply, payload, done) {
    if (!isServed(request) || !isSuccess(reply.statusCode) || !asksFor(route, request.method)) return done()
    const precondition = preconditionOf(request, route)

    let settled
    try {
      precondition.labelAnswer(payload)
      // a digest is known when the body is
      const isKnown = route.digest === undefined || precondition.label.found?.etag !== undefined
      settled = isKnown ? settleLate(precondition, reply) : undefined
    } catch (error) {
      return done(withhold(error))
    }

    if (settled === 304) reply.removeHeader('content-type').code(304).send()
    else if (settled !== undefined) done(settled)
    else done()
  }
}
