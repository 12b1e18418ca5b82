import type { FastifyReply } from 'fastify'
import { dropAboutCoding } from './about-content.js'
import { announce } from './announce.js'
import { problemBody, tellCurrentTag, type Answering } from './answer-problem.js'
import { knownPreconditionOf } from './precondition-of.js'
import { PROBLEM_JSON } from '../problem.js'
import { withhold } from '../withheld-error.js'
import type { Refusal } from '../refusal.js'

const kProblem = Symbol('fastify-etag-policy.problem')
const kTold = Symbol('fastify-etag-policy.told')

declare module 'fastify' {
  interface FastifyReply {
    /** The problem that was sent as a body. */
    [kProblem]?: string
    /** The refusal that was told of. */
    [kTold]?: Refusal
  }
}

/**
 * Makes a reply send the problem of this refusal where Fastify's own error handler, which comes next, sends the error: to have
 * it made a body that is read and replaced by another one would cost more than all else that a refusal takes.
 */
export function sendProblem (refusal: Refusal, reply: FastifyReply, { declares, facts, reshape }: Answering): void {
  const { send } = reply
  const precondition = knownPreconditionOf(reply.request)
  const isDeclared = declares(refusal.statusCode)
  // Fastify has no answer to a hook that fails on what its own error handler did not send as an error
  if (precondition === undefined || !facts.hasDefaultErrorHandler || !facts.isUnseen || (isDeclared && !facts.isDirect)) return
  reply.send = function (this: FastifyReply, payload?: unknown) {
    if (payload !== refusal || this.sent) return send.call(this, payload)
    const { request } = this
    if (isDeclared) {
      tell(this)
      return send.call(this, refusal)
    }
    try {
      this[kProblem] = problemBody(refusal, request, reshape)
    } catch (error) {
      // what fails here is not the client's doing, and Fastify logs only the refusal
      const failure = withhold(error)
      request.log.error(failure)
      precondition.forgetRefusal()
      return send.call(this.code(500), failure)
    }
    // of the content itself Fastify says nothing any more
    dropAboutCoding(this)
    if (facts.isDirect) tell(this)
    // no charset is added by who leaves the text as it is
    return send.call(this.header('content-type', PROBLEM_JSON).serializer(asIs), this[kProblem])
  } as FastifyReply['send']

  // What no hook of ours sees is finished here, once: what we have sent as an error comes again as one that failed.
  function tell (reply: FastifyReply): void {
    if (reply[kTold] === refusal) return
    reply[kTold] = refusal
    tellCurrentTag(reply, refusal)
    announce(precondition!)
  }
}

/** Was this sent as the problem of a refusal? */
export function isProblem (reply: FastifyReply, payload: unknown): boolean {
  return payload === reply[kProblem] && payload !== undefined
}

const asIs = (text: string): string => text
