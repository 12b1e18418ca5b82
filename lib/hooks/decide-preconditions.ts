import type { IsAsked } from './is-asked.js'
import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify'
import { hasFailed } from './precondition-of.js'
import { answerUnmodified, type Settled, type SettleEarly } from './settle-early.js'

/**
 * Builds the deciding hook of a route that writes, or decides in onRequest: nothing is decided here, only asked and answered.
 *
 * It must be the last of its stage, so that authentication, authorisation and validation answer first (RFC 9110, 13.2.1).
 */
export function decidePreconditions (isAsked: IsAsked, settleEarly: SettleEarly): preHandlerHookHandler {
  return function decidePreconditions (request: FastifyRequest, reply: FastifyReply, done) {
    // who was answered meanwhile, by a timeout for instance, is not served any more
    if (hasFailed(reply)) return
    const asked = isAsked(request)
    if (asked === false) return done()
    let settled: ReturnType<SettleEarly>
    try {
      settled = settleEarly(request, reply, asked)
    } catch (error) {
      return done(error as Error)
    }
    if (settled instanceof Promise) settled.then(answer, answer)
    else answer(settled)

    function answer (settled: Settled | Error): void {
      if (hasFailed(reply)) return
      if (settled === 304) answerUnmodified(reply)
      else done(settled)
    }
  }
}
