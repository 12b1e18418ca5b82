import type { FastifyReply, FastifyRequest, preSerializationHookHandler } from 'fastify'
import { hasCondition } from '../conditions.js'
import { parseEntityTag } from '../entity-tag.js'
import { isRead, type Validators } from '../preconditions.js'
import { asError } from '../remembered-state.js'
import { preconditionOf } from './precondition-of.js'
import type { Route } from '../route.js'

/**
 * Builds the hook that finds the validators in the object that a handler sends, and answers 304 in its place where the
 * state was not known before. It does so ahead of serialisation, which a 304 then costs nothing of.
 */
export function labelAnswer (route: Route): preSerializationHookHandler<unknown> {
  return function labelAnswer (request: FastifyRequest, reply: FastifyReply, payload, done) {
    if (!isSuccess(reply.statusCode)) return done()
    const precondition = preconditionOf(request, route)

    let settled
    try {
      precondition.labelAnswer(payload)
      if (isRead(request.method) && route.load === undefined && hasCondition(precondition.sent)) {
        settled = precondition.settleAnswer(withOwnTag(reply, precondition.label))
      }
    } catch (error) {
      return done(asError(error))
    }

    if (settled === 304) reply.removeHeader('content-type').code(304).send()
    else if (settled !== undefined) done(settled)
    else done()
  }
}

/** Is this the status of a success (RFC 9110, 15.3)? */
export function isSuccess (status: number): boolean {
  return status >= 200 && status < 300
}

// The tag that the handler set itself goes out, so it is the one to compare.
function withOwnTag (reply: FastifyReply, label: Validators | undefined): Validators {
  const own = reply.getHeader('etag')
  return typeof own === 'string' ? { ...label, etag: parseEntityTag(own) } : { ...label }
}
