import type { FastifyRequest } from 'fastify'
import { RequestPrecondition } from '../request-precondition.js'
import type { Route } from '../route.js'

const kPrecondition = Symbol('fastify-etag-policy.precondition')

declare module 'fastify' {
  interface FastifyRequest {
    [kPrecondition]?: RequestPrecondition
  }
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
