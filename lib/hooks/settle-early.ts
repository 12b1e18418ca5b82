import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkpoint, isHeld } from '../checkpoint.js'
import { isEntityTag } from '../entity-tag.js'
import { isRead } from '../preconditions.js'
import type { Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { knownPreconditionOf, noteServed, preconditionOf } from './precondition-of.js'
import { settleByTag } from './settle-by-tag.js'
import { settleRange } from './settle-range.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Asked } from './is-asked.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/** What is answered without the handler: a refusal, a 304, or nothing, so that it runs. */
export type Settled = Refusal | 304 | undefined

/** Decides before the handler runs. Gives a promise only where a `load`, a policy function or a test gave one. */
export type SettleEarly = (request: FastifyRequest, reply: FastifyReply, asked: Asked) => Settled | Promise<Settled>

/** Builds what decides about those requests of one route that are asked something before its handler runs. It throws what may be told to the client. */
export function settleEarly (route: Route, facts: Pick<AnswerFacts, 'hasOnlyValidators'>): SettleEarly {
  const mayCompare = route.load !== undefined && route.loadValidators === undefined && route.digest === undefined && !route.readsOnly

  return (request, reply, asked) => {
    const isByTag = mayCompare && typeof asked === 'string' && isRead(request.method) && facts.hasOnlyValidators && knownPreconditionOf(request) === undefined && isEntityTag(asked)
    if (!isByTag) return settleWhole(request)
    const settled = settleByTag(route, request, reply, asked)
    if (settled instanceof Promise) return settled.then(known => known ?? settleWhole(request))
    return settled ?? settleWhole(request)
  }

  function settleWhole (request: FastifyRequest): Settled | Promise<Settled> {
    const precondition = preconditionOf(request, route)
    let waiting: Promise<void> | undefined
    try {
      waiting = precondition.prepare()
    } catch (error) {
      throw withhold(error)
    }
    return waiting === undefined ? settle(request, precondition) : waiting.then(() => settle(request, precondition))
  }
}

/** Is a tag that a client holds compared with that of the object that is sent, without anything that is decided before? */
export type ComparesLate = (request: FastifyRequest, asked: Asked) => asked is string

/** Builds what tells it of the requests of one route: there is no `load`, and nobody else comes between. */
export function comparesLate (route: Route, facts: Pick<AnswerFacts, 'hasOnlyValidators' | 'isDirect'>): ComparesLate {
  const mayCompare = route.load === undefined && route.digest === undefined
  return (request, asked): asked is string => mayCompare && typeof asked === 'string' && facts.isDirect && facts.hasOnlyValidators &&
    knownPreconditionOf(request) === undefined && !isHeld() && isEntityTag(asked)
}

function settle (request: FastifyRequest, precondition: RequestPrecondition): Settled | Promise<undefined> {
  let settled: Settled
  try {
    settled = precondition.settle()
  } catch (error) {
    throw withhold(error)
  }
  if (settled !== undefined) return settled
  settleRange(request, precondition)
  return checkpoint('checked', request)?.then(() => undefined)
}

/** Answers 304 in place of the handler. */
export function answerUnmodified (reply: FastifyReply): FastifyReply {
  noteServed(reply)
  return reply.code(304).send()
}
