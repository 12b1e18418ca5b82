import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { isThenable } from '../remembered-state.js'
import { dropAboutContent } from './about-content.js'
import { hasListeners } from './announce.js'
import { isLabelledEarly } from './label-early.js'
import { hasFailed, knownPreconditionOf, noteFailed, preconditionOf } from './precondition-of.js'
import { answerUnmodified, type ComparesLate, type Settled, type SettleEarly } from './settle-early.js'
import type { Refusal } from '../refusal.js'
import type { Route } from '../route.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Asked } from './is-asked.js'
import type { TakeSending } from './send-answer.js'

/** What is done about the requests that reach a handler. */
export interface Serving {
  /** Makes a reply send through us; where hooks see what it sends, it only notes that the route is reached. */
  readonly takeSending: TakeSending
  readonly isAsked: (request: FastifyRequest) => Asked
  readonly facts: Pick<AnswerFacts, 'isDirect'>
  /** Decides before the handler runs; `undefined` where a hook did. */
  readonly settle: SettleEarly | undefined
  readonly comparesLate: ComparesLate
}

/**
 * Builds the handler that stands before the one of a route: it notes that the route is reached, so that what a hook answers
 * before it shows no state, and sees what is sent. A route that only reads is decided about here too, behind all of its
 * hooks, and no hook of ours runs for it until it is answered.
 */
export function serve (route: Route, handler: RouteHandlerMethod, { takeSending, isAsked, settle, comparesLate, facts }: Serving): RouteHandlerMethod {
  return function serve (request: FastifyRequest, reply: FastifyReply) {
    const asked = isAsked(request)
    if (asked !== false || hasListeners() || hasFailed(reply)) return serveAsked(this, request, reply, asked)
    takeSending(reply)
    return handler.call(this, request, reply)
  }

  function serveAsked (scope: FastifyInstance, request: FastifyRequest, reply: FastifyReply, asked: Asked): unknown {
    if (hasFailed(reply)) return undefined
    // who listens is told what was decided of every request
    if (hasListeners()) preconditionOf(request, route)
    if (asked === false) return run(scope, request, reply)
    if (comparesLate(request, asked)) return run(scope, request, reply, asked)
    const settled = settle?.(request, reply, asked)
    if (settled === undefined) return run(scope, request, reply)
    if (settled instanceof Promise) return serveLater(scope, request, reply, settled)
    if (settled !== 304) throw refused(reply, settled)
    unmodified(reply)
    return undefined
  }

  function run (scope: FastifyInstance, request: FastifyRequest, reply: FastifyReply, held?: string): unknown {
    takeSending(reply, held)
    try {
      const result: unknown = handler.call(scope, request, reply)
      const mayDecide = held !== undefined || hasListeners() || knownPreconditionOf(request)?.isUndecided === true
      return mayDecide ? noted(result, reply) : result
    } catch (error) {
      noteFailed(reply)
      throw error
    }
  }

  function unmodified (reply: FastifyReply): FastifyReply {
    // what is labelled, and seen by nobody else, is finished
    if (isLabelledEarly(reply) && facts.isDirect) {
      dropAboutContent(reply)
      return reply.code(304).send()
    }
    takeSending(reply)
    return answerUnmodified(reply)
  }

  // a refusal is seen as it is sent, too
  function refused (reply: FastifyReply, refusal: Refusal): Refusal {
    if (facts.isDirect) takeSending(reply)
    return refusal
  }

  function serveLater (scope: FastifyInstance, request: FastifyRequest, reply: FastifyReply, settling: Promise<Settled>): Promise<unknown> {
    return settling.then(settled => {
      // who was answered meanwhile, by a timeout for instance, is not served any more
      if (hasFailed(reply) || reply.sent) return reply
      if (settled === 304) return unmodified(reply)
      if (settled !== undefined) throw refused(reply, settled)
      const result = run(scope, request, reply)
      // who gives nothing sends later, and is not to be answered by this promise
      return result === undefined ? reply : result
    }, error => failLater(reply, error))
  }
}

function failLater (reply: FastifyReply, error: unknown): FastifyReply {
  if (hasFailed(reply)) return reply
  throw error
}

// What is thrown is sent as well, and is no state, even where it is no error.
function noted (result: unknown, reply: FastifyReply): unknown {
  if (!isThenable(result)) return result
  return Promise.resolve(result).catch(error => {
    noteFailed(reply)
    throw error
  })
}
