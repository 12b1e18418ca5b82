import type { FastifyReply, FastifyRequest } from 'fastify'
import { withhold } from '../withheld-error.js'
import { announce } from './announce.js'
import { answerProblem, tellCurrentTag, type Answering } from './answer-problem.js'
import { hadLocation } from './note-failure.js'
import { isServed, knownPreconditionOf } from './precondition-of.js'
import { isProblem } from './send-problem.js'
import { takeOff } from './write-validators.js'
import type { AnswerHook } from './answer.js'

/**
 * Builds the hook that answers a refused request with its problem, and leaves nothing of a success on an answer that is
 * none. It comes first, so that the hooks of others code the problem too.
 */
export function answerRefusal (answering: Answering): AnswerHook {
  return function answerRefusal (request: FastifyRequest, reply: FastifyReply, payload, done) {
    if (reply.statusCode < 400 && isServed(reply)) return done()
    takeOff(reply)
    const precondition = knownPreconditionOf(request)
    const refusal = precondition?.refusal
    if (precondition === undefined || refusal === undefined || reply.statusCode < 400) return done()
    if (isProblem(reply, payload)) {
      tellCurrentTag(reply, refusal)
      announce(precondition)
      return done()
    }
    // Fastify keeps the status that the refusal had given
    if (refusal.statusCode === reply.statusCode && isRedirect(request, reply, payload)) {
      reply.code(FOUND)
      return done()
    }
    let body: string | undefined
    try {
      body = answerProblem(refusal, request, reply, payload, answering)
    } catch (error) {
      // what fails here is not the client's doing, and Fastify logs only the refusal
      const failure = withhold(error)
      request.log.error(failure)
      reply.code(500)
      return done(failure)
    }
    announce(precondition)
    done(null, body)
  }
}

// An error handler that redirects has set the Location itself, and sends no content.
function isRedirect (request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  return reply.hasHeader('location') && !hadLocation(request) && (payload === undefined || payload === null)
}

const FOUND = 302
