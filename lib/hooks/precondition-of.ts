import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequestPrecondition } from '../request-precondition.js'
import type { Route } from '../route.js'

const kPrecondition = Symbol('fastify-etag-policy.precondition')
const kServed = Symbol('fastify-etag-policy.served')

declare module 'fastify' {
  interface FastifyRequest {
    [kPrecondition]?: RequestPrecondition
  }

  interface FastifyReply {
    [kServed]?: boolean
  }
}

/** Notes that the handler was reached, or is answered for, so that the answer is one of the route and not of a hook before it. */
export function noteServed (reply: FastifyReply): void {
  reply[kServed] = true
}

/** Notes that the request failed, so that what is answered now shows no state, whatever its status. */
export function noteFailed (reply: FastifyReply): void {
  reply[kServed] = false
}

/** Has the request failed already, by a timeout for instance, so that nothing goes on? */
export function hasFailed (reply: FastifyReply): boolean {
  return reply[kServed] === false
}

/** Is the answer one of the route itself? */
export function isServed (reply: FastifyReply): boolean {
  return reply[kServed] === true
}

/** The precondition of a request, made when it is first asked for: only routes that ask ever carry one. */
export function preconditionOf (request: FastifyRequest, route: Route): RequestPrecondition {
  request[kPrecondition] ??= new RequestPrecondition(route, request)
  return request[kPrecondition]
}

/** The precondition of a request that has one already. */
export function knownPreconditionOf (request: FastifyRequest): RequestPrecondition | undefined {
  return request[kPrecondition]
}
