import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkpoint, isHeld } from '../checkpoint.js'
import { isEntityTag, isWeak } from '../entity-tag.js'
import { isRead } from '../preconditions.js'
import type { Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { labelEarlyBy } from './label-early.js'
import { namedByTag } from './named-by-tag.js'
import { hasFailed, holdPrecondition, knownPreconditionOf, noteLoaded, noteServed, preconditionOf } from './precondition-of.js'
import { settleByTag } from './settle-by-tag.js'
import { settleRange } from './settle-range.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Asked } from './is-asked.js'
import type { HeldState } from '../held-state.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/** What is answered without the handler: a refusal, a 304, or nothing, so that it runs. */
export type Settled = Refusal | 304 | undefined

/** Decides before the handler runs. Gives a promise only where a `load`, a policy function or a test gave one. */
export type SettleEarly = (request: FastifyRequest, reply: FastifyReply, asked: Asked) => Settled | Promise<Settled>

/** Builds what decides about those requests of one route that are asked something before its handler runs. It throws what may be told to the client. */
export function settleEarly (route: Route, facts: Pick<AnswerFacts, 'hasOnlyValidators'>): SettleEarly {
  const { load, digest, readsOnly } = route
  const isComparable = load !== undefined && digest === undefined && !readsOnly
  const mayCompare = isComparable && route.loadValidators === undefined
  const mayHold = isComparable && isHeldByTag(route)
  const settleRead = settleByTag(route, 'read', settleUnmodified)
  const settleWrite = settleByTag(route, 'check', settleHeld)

  return (request, reply, asked) => {
    if (typeof asked !== 'string' || knownPreconditionOf(request) !== undefined || !isEntityTag(asked)) return settleWhole(request)
    if (isRead(request.method)) return mayCompare && facts.hasOnlyValidators ? settleRead(request, reply, asked) : settleWhole(request)
    if (!mayHold || isWeak(asked)) return settleWhole(request)
    const named = namedByTag(route, request, asked)
    return named === undefined ? settleWrite(request, reply, asked) : settleHeld(request, reply, { text: asked, state: undefined, described: named })
  }

  function settleUnmodified (request: FastifyRequest, reply: FastifyReply, held: HeldState | undefined): Settled | Promise<Settled> {
    if (held !== undefined) noteLoaded(request, held.state, true)
    if (held === undefined || hasFailed(reply)) return settleWhole(request)
    labelEarlyBy(reply, held.described)
    return 304
  }

  function settleHeld (request: FastifyRequest, _reply: FastifyReply, held: HeldState | undefined): Settled | Promise<Settled> {
    if (held === undefined) return settleWhole(request)
    if (knownPreconditionOf(request) !== undefined) {
      // `load`, or somebody beside it, has looked into the request
      noteLoaded(request, held.state, false)
      return settleWhole(request)
    }
    holdPrecondition(request, route, held)
    return reach(request)
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

// Does one strong tag decide about a write of this route, whatever its policy is, where it is that of the state? A function that
// tells of policies is asked about each write.
function isHeldByTag ({ membership, variant, apiVersion, policyFunctions, enforce, create, waived }: Route): boolean {
  return membership === undefined && variant === undefined && apiVersion === undefined &&
    policyFunctions.length === 0 && typeof enforce !== 'function' && create !== 'only' && waived === undefined
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
  return reach(request)
}

function reach (request: FastifyRequest): Promise<undefined> | undefined {
  return checkpoint('checked', request)?.then(() => undefined)
}

/** Answers 304 in place of the handler. */
export function answerUnmodified (reply: FastifyReply): FastifyReply {
  noteServed(reply)
  return reply.code(304).send()
}
