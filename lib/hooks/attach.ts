import type { FastifyInstance, preHandlerHookHandler, RouteOptions } from 'fastify'
import { noteStandIn } from '../guarded-handlers.js'
import { isRead } from '../preconditions.js'
import { answer } from './answer.js'
import { declaredStatuses } from './answer-problem.js'
import { answerRefusal } from './answer-refusal.js'
import { arrangeAnswer } from './arrange-answer.js'
import { decidePreconditions } from './decide-preconditions.js'
import { finishAnswer } from './finish-answer.js'
import { isAskedOf } from './is-asked.js'
import { labelEarly } from './label-early.js'
import { labelWritten } from './label-written.js'
import { noteFailure } from './note-failure.js'
import { knownPreconditionOf, noteServed } from './precondition-of.js'
import { kRoute } from './route-of.js'
import { seeAnswers, showSerialised } from './see-answer.js'
import { takeSending } from './send-answer.js'
import { serve } from './serve.js'
import { comparesLate, settleEarly } from './settle-early.js'
import { declaresCheckEtag, takeCheckEtag } from './take-check-etag.js'
import { unwrapResponse } from './unwrap-response.js'
import type { AnswerFacts } from './answer-facts.js'
import type { ReadBody } from './read-body.js'
import type { Route } from '../route.js'

/** A route with its hooks, and what must stay true of them until the application is ready. */
export interface Compiled {
  readonly route: Route
  /** What the GET of its url answers with. */
  readonly readBody: ReadBody
  /** The hook that decides, which must be the last of its stage; `undefined` where its handler does. */
  readonly decide: preHandlerHookHandler | undefined
}

const ownConfigs = new WeakSet<object>()

/** Gives a route a config of its own, in which every copy that is made of the route from here on finds its settings. */
export function ownConfig (options: RouteOptions): void {
  options.config = { ...options.config }
  ownConfigs.add(options.config)
}

/** Adds our hooks to one route, after the caller's, and leaves the caller's own lists and config as they were. */
export function attach (scope: FastifyInstance, options: RouteOptions, route: Route, readBody: ReadBody): Compiled {
  const facts: AnswerFacts = { hasDefaultErrorHandler: false, isCompressed: false, isMeasured: false, hasOnlyValidators: false, isUnseen: false, isDirect: false }
  // a write is decided about in a hook, which nobody's handler can stand in front of
  const methods = [options.method].flat()
  const readsAlone = methods.every(isRead)
  const writesAlone = !route.readsOnly && !methods.some(isRead)
  const decidesInHandler = readsAlone && route.at === 'preHandler'
  const settle = settleEarly(route, facts)
  const isAsked = isAskedOf(route, readsAlone)
  // a schema tells of an answer as it is when all hooks have seen it
  const isAnnotated = route.annotation !== undefined
  const decide = decidesInHandler ? undefined : decidePreconditions(isAsked, settle)

  const answering = { declares: declaredStatuses(options), facts, reshape: route.problem }
  const label = labelEarly(route, facts)
  const see = seeAnswers(route, label)
  const parts = {
    unwrap: unwrapResponse(route.digest !== undefined),
    refuse: answerRefusal(answering),
    finish: finishAnswer(route, facts)
  }
  const hooks = { ...parts, inOne: answer(route, parts, facts) }
  const sending = takeSending({ route, see, answer: hooks.inOne, label, labelWrite: writesAlone ? labelWritten(route, label, facts) : undefined, answering, facts })
  const mayBeDirect = decidesInHandler && !isAnnotated && route.digest === undefined

  if (options.config === undefined || !ownConfigs.delete(options.config)) options.config = { ...options.config }
  options.config[kRoute] = route
  if (decide !== undefined) options[route.at] = [options[route.at] ?? [], decide].flat()
  if (route.checkEtagParam && !declaresCheckEtag(options)) options.preValidation = [options.preValidation ?? [], takeCheckEtag].flat()
  if (isAnnotated) options.preSerialization = [options.preSerialization ?? [], showSerialised(see)].flat()
  options.onError = [options.onError ?? [], noteFailure(answering)].flat()
  const { handler } = options
  options.handler = serve(route, handler, {
    takeSending: isAnnotated ? noteServed : sending,
    settle: decidesInHandler ? settle : undefined,
    comparesLate: comparesLate(route, facts),
    // what a hook decided about has a precondition by now
    isAsked: decidesInHandler ? isAsked : request => knownPreconditionOf(request) !== undefined,
    facts
  })
  noteStandIn(options.handler, handler)
  arrangeAnswer(options, { scope, route, hooks, facts, mayBeDirect })
  return { route, readBody, decide }
}
