import type { FastifyReply, FastifyRequest, preSerializationHookHandler } from 'fastify'
import { asksFor, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { isServed, preconditionOf } from './precondition-of.js'
import { isSuccess, settleLate } from './settle-late.js'
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

/** Builds the hook that does so where schemas tell of an envelope, which another hook may have put around the state. */
export function labelEnvelope (route: Route): preSerializationHookHandler<unknown> {
  return function labelEnvelope (request: FastifyRequest, reply: FastifyReply, payload, done) {
    if (!isServed(reply) || !isSuccess(reply.statusCode)) return done()
    let settled: Refusal | 304 | undefined
    try {
      settled = labelAnswer(route, request, reply, payload)
    } catch (error) {
      return done(error as Error)
    }
    if (settled === 304) reply.removeHeader('content-type').code(304).send()
    else if (settled !== undefined) done(settled)
    else done()
  }
}
