import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequestPrecondition } from '../request-precondition.js'
import { routeOf } from './route-of.js'
import type { HeldState } from '../held-state.js'
import type { Validators } from '../preconditions.js'
import type { Route } from '../route.js'

const kPrecondition = Symbol('fastify-etag-policy.precondition')
const kLoaded = Symbol('fastify-etag-policy.loaded')
const kUnmodified = Symbol('fastify-etag-policy.unmodified')
const kFinished = Symbol('fastify-etag-policy.finished')
const kServed = Symbol('fastify-etag-policy.served')

declare module 'fastify' {
  interface FastifyRequest {
    [kPrecondition]?: RequestPrecondition
    /** What was loaded before its precondition was asked for. */
    [kLoaded]?: { readonly state: unknown, readonly isUnmodified: boolean }
    /** The validators that it was answered 304 by, before its precondition was asked for. */
    [kUnmodified]?: Validators
  }

  interface FastifyReply {
    [kServed]?: boolean
    [kFinished]?: boolean
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

/** Notes that nothing is to be done any more about the answer that is sent now. */
export function noteFinished (reply: FastifyReply): void {
  reply[kFinished] = true
}

/** Is that so, and did it not fail since? */
export function isFinished (reply: FastifyReply): boolean {
  return reply[kFinished] === true && reply[kServed] === true
}

/** Is the answer one of the route itself, and not of the not-found handler that it called? */
export function isServed (reply: FastifyReply): boolean {
  return reply[kServed] === true && !reply.request.is404
}

/** The precondition of a request, made when it is first asked for: only routes that ask ever carry one. */
export function preconditionOf (request: FastifyRequest, route: Route): RequestPrecondition {
  const known = request[kPrecondition]
  if (known !== undefined) return known
  const precondition = new RequestPrecondition(route, request)
  const loaded = request[kLoaded]
  request[kPrecondition] = precondition
  if (loaded !== undefined) precondition.take(loaded.state, loaded.isUnmodified)
  const unmodified = request[kUnmodified]
  if (unmodified !== undefined) precondition.settleAnswer(unmodified, false)
  return precondition
}

/** Makes the precondition of a write of which no more has to be known than the state that it names. */
export function holdPrecondition (request: FastifyRequest, route: Route, held: HeldState): void {
  request[kPrecondition] = new RequestPrecondition(route, request, held)
}

/** What tells the definition of the route of a request from another one. */
export function definitionOf (request: FastifyRequest): unknown {
  return (request.is404 ? undefined : request[kPrecondition]?.definition) ?? routeOf(request).definition
}

/** Notes what was loaded for a request whose precondition nobody has asked for, and whether it is 304 by that. Who asked meanwhile knows it too. */
export function noteLoaded (request: FastifyRequest, state: unknown, isUnmodified: boolean): void {
  const known = request[kPrecondition]
  if (known === undefined) request[kLoaded] = { state, isUnmodified }
  else known.take(state, isUnmodified)
}

/** Notes that a request whose precondition nobody has asked for is 304 by these validators of the answer. */
export function noteUnmodified (request: FastifyRequest, answer: Validators): void {
  request[kUnmodified] = answer
}

/** The precondition of a request that has one already. */
export function knownPreconditionOf (request: FastifyRequest): RequestPrecondition | undefined {
  return request[kPrecondition]
}
