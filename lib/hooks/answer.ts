import type { FastifyReply, FastifyRequest } from 'fastify'
import { dropAboutContent } from './about-content.js'
import { hasListeners } from './announce.js'
import { isLabelledEarly, labelByBody, takeEarly } from './label-early.js'
import { isFinished, isServed, knownPreconditionOf, preconditionOf } from './precondition-of.js'
import { isSuccess } from './settle-late.js'
import { isRead } from '../preconditions.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Route } from '../route.js'

type Done = (error?: Error | null, payload?: unknown) => void
/** A hook of an answer, which does not ask for its scope. */
export type AnswerHook = (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void

/** What we do about an answer. */
export interface AnswerHooks {
  readonly unwrap: AnswerHook
  readonly refuse: AnswerHook
  readonly finish: AnswerHook
}

/**
 * Builds one hook of those of an answer that nothing stands between, since Fastify's own way from hook to hook costs more than
 * they do. It leaves alone what was labelled when it was sent, and is still the answer that it was then; and of a read that
 * nothing is asked of, and that is named by its body, no more has to be known than that.
 */
export function answer (route: Route, { unwrap, refuse, finish }: AnswerHooks, facts: Pick<AnswerFacts, 'hasOnlyValidators'>): AnswerHook {
  const digest = route.isDated ? undefined : route.digest?.of

  return function answer (request, reply, payload, done) {
    if (isFinished(reply) && isSuccess(reply.statusCode)) return done()
    if (isLabelledEarly(reply)) {
      if (typeof payload === 'string' && isPlainRead(request, reply)) return done()
      if (reply.statusCode === 304 && (payload === undefined || payload === null) && isUnasked(request, reply)) {
        dropAboutContent(reply)
        return done()
      }
      preconditionOf(request, route).label.keep(takeEarly(reply))
    } else if (digest !== undefined && facts.hasOnlyValidators && isPlainRead(request, reply) && labelByBody(digest, reply, payload)) {
      return done()
    }
    if (typeof payload !== 'object' || payload === null) return goOn(request, reply, payload, done)
    unwrap(request, reply, payload, (error, unwrapped = payload) => {
      if (error) done(error)
      else goOn(request, reply, unwrapped, (error, changed = unwrapped) => done(error, changed))
    })
  }

  // what is refused is finished by that
  function goOn (...[request, reply, payload, done]: Parameters<AnswerHook>): void {
    if (reply.statusCode < 400 && isServed(reply)) finish(request, reply, payload, done)
    else refuse(request, reply, payload, done)
  }
}

// A hook of the scope may have changed its status, and somebody may want to know what was decided.
function isPlainRead (request: FastifyRequest, reply: FastifyReply): boolean {
  return isSuccess(reply.statusCode) && isRead(request.method) && isUnasked(request, reply)
}

function isUnasked (request: FastifyRequest, reply: FastifyReply): boolean {
  return isServed(reply) && knownPreconditionOf(request) === undefined && !hasListeners()
}
