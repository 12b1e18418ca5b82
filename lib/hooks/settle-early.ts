import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkpoint } from '../checkpoint.js'
import { hasConditionalField, isCutOff, soleIfNoneMatch } from '../conditions.js'
import { parseEntityTag } from '../entity-tag.js'
import { isRequired } from '../policy.js'
import { concernsRepresentation, isRead } from '../preconditions.js'
import { namesMembers } from '../request-members.js'
import { asksFor, isGovernedByRequest, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { knownPreconditionOf, noteServed, preconditionOf } from './precondition-of.js'
import { settleByTag } from './settle-by-tag.js'
import { settleRange } from './settle-range.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/** What is answered without the handler: a refusal, a 304, or nothing, so that it runs. */
export type Settled = Refusal | 304 | undefined

/** Decides before the handler runs. Gives a promise only where a `load`, a policy function or a test gave one. */
export type SettleEarly = (request: FastifyRequest, reply: FastifyReply) => Settled | Promise<Settled>

/** Builds what decides about the requests of one route before its handler runs. It throws what may be told to the client. */
export function settleEarly (route: Route, mayLabelEarly: () => boolean): SettleEarly {
  const mayCompare = route.load !== undefined && route.loadValidators === undefined && route.digest === undefined && !route.readsOnly

  return (request, reply) => {
    if (!mayDecide(route, request)) return undefined
    if (!mayCompare || !isRead(request.method) || !mayLabelEarly() || knownPreconditionOf(request) !== undefined) return settleWhole(request)
    const sole = soleIfNoneMatch(request)
    if (sole === undefined || parseEntityTag(sole) === undefined) return settleWhole(request)
    const settled = settleByTag(route, request, reply, sole)
    if (settled instanceof Promise) return settled.then(known => known ?? settleWhole(request))
    return settled ?? settleWhole(request)
  }

  function settleWhole (request: FastifyRequest): Settled | Promise<Settled> {
    const precondition = preconditionOf(request, route)
    const waiting = withheld(() => precondition.prepare())
    return waiting === undefined ? settle(request, precondition) : waiting.then(() => settle(request, precondition))
  }
}

function settle (request: FastifyRequest, precondition: RequestPrecondition): Settled | Promise<undefined> {
  const settled = withheld(() => precondition.settle())
  if (settled !== undefined) return settled
  settleRange(request, precondition)
  return checkpoint('checked', request)?.then(() => undefined)
}

/** Answers 304 in place of the handler. */
export function answerUnmodified (reply: FastifyReply): FastifyReply {
  noteServed(reply)
  return reply.code(304).send()
}

function withheld<Value> (make: () => Value): Value {
  try {
    return make()
  } catch (error) {
    throw withhold(error)
  }
}

// Most requests carry no condition, and cost no more than this.
function mayDecide (route: Route, request: FastifyRequest): boolean {
  const { method } = request
  if (hasConditionalField(request)) return concernsRepresentation(method)
  if (isRead(method)) return route.variant !== undefined && asksFor(route, method)
  if (isCutOff(request)) return concernsRepresentation(method)
  return asksFor(route, method) && (
    route.variant !== undefined ||
    isRequired(route.policy, method) ||
    isGovernedByRequest(route, method) ||
    (method === 'PUT' && route.create === 'only') ||
    (route.membership !== undefined && namesMembers(method)))
}
