import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { isThenable } from '../remembered-state.js'
import { hasFailed, knownPreconditionOf, noteFailed, noteServed } from './precondition-of.js'
import { answerUnmodified, type Settled, type SettleEarly } from './settle-early.js'
import type { ShowSent } from './see-answer.js'

/** What is done about the requests that reach a handler. */
export interface Serving {
  /** Shows what the handler sends; `undefined` where a hook does. */
  readonly show: ShowSent | undefined
  /** Decides before the handler runs; `undefined` where a hook did. */
  readonly settle: SettleEarly | undefined
}

/**
 * Builds the handler that stands before the one of a route: it notes that the route is reached, so that what a hook answers
 * before it shows no state, and sees what is sent. A route that only reads is decided about here too, behind all of its
 * hooks, and no hook of ours runs for it until it is answered.
 */
export function serve (handler: RouteHandlerMethod, { show, settle }: Serving): RouteHandlerMethod {
  return function serve (request: FastifyRequest, reply: FastifyReply) {
    if (hasFailed(reply)) return undefined
    const settled = settle?.(request, reply)
    if (settled === undefined) return run(this, request, reply)
    if (settled instanceof Promise) return serveLater(this, request, reply, settled)
    if (settled !== 304) throw settled
    answerUnmodified(reply)
    return undefined
  }

  function run (scope: FastifyInstance, request: FastifyRequest, reply: FastifyReply): unknown {
    noteServed(reply)
    show?.(reply)
    try {
      const result: unknown = handler.call(scope, request, reply)
      return knownPreconditionOf(request)?.isUndecided === true ? noted(result, reply) : result
    } catch (error) {
      noteFailed(reply)
      throw error
    }
  }

  function serveLater (scope: FastifyInstance, request: FastifyRequest, reply: FastifyReply, settling: Promise<Settled>): Promise<unknown> {
    return settling.then(settled => {
      // who was answered meanwhile, by a timeout for instance, is not served any more
      if (hasFailed(reply) || reply.sent) return reply
      if (settled === 304) return answerUnmodified(reply)
      if (settled !== undefined) throw settled
      // who gives nothing sends later, and is not to be answered by this promise
      return run(scope, request, reply) ?? reply
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
