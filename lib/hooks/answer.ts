import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasListeners } from './announce.js'
import { isLabelledEarly, takeEarly } from './label-early.js'
import { isServed, knownPreconditionOf, preconditionOf } from './precondition-of.js'
import { isSuccess } from './settle-late.js'
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
 * they do. It leaves alone what was labelled when it was sent, and is still the answer that it was then.
 */
export function answer (route: Route, { unwrap, refuse, finish }: AnswerHooks): AnswerHook {
  return function answer (request, reply, payload, done) {
    if (isLabelledEarly(reply)) {
      if (isAsItWas(request, reply, payload)) return done()
      preconditionOf(request, route).label.keep(takeEarly(reply))
    }
    if (reply.statusCode < 400 && isServed(reply) && isUnwrapped(payload)) return finish(request, reply, payload, done)
    unwrap(request, reply, payload, (error, unwrapped = payload) => {
      if (error) return done(error)
      refuse(request, reply, unwrapped, (error, refused = unwrapped) => {
        if (error) return done(error)
        finish(request, reply, refused, (error, finished = refused) => done(error, finished))
      })
    })
  }
}

function isUnwrapped (payload: unknown): boolean {
  return typeof payload !== 'object' || payload === null
}

// A hook of the scope may have coded it or changed its status, and somebody may want to know what was decided.
function isAsItWas (request: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  return typeof payload === 'string' && isSuccess(reply.statusCode) && isServed(reply) && !hasListeners() && knownPreconditionOf(request) === undefined
}
