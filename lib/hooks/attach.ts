import type { preHandlerHookHandler, RouteOptions } from 'fastify'
import { isRead } from '../preconditions.js'
import { arrangeAnswer, type AnswerFacts } from './arrange-answer.js'
import { decidePreconditions } from './decide-preconditions.js'
import { noteFailure } from './note-failure.js'
import { kRoute } from './route-of.js'
import { seeAnswers, showSent, showSerialised } from './see-answer.js'
import { serve } from './serve.js'
import { settleEarly } from './settle-early.js'
import { declaresCheckEtag, takeCheckEtag } from './take-check-etag.js'
import type { ReadBody } from './read-body.js'
import type { Route } from '../route.js'

/** A route with its hooks: what must stay true of them until the application is ready, and what is known of it by then. */
export interface Compiled extends AnswerFacts {
  readonly route: Route
  /** What the GET of its url answers with. */
  readonly readBody: ReadBody
  /** The hook that decides, which must be the last of its stage; `undefined` where its handler does. */
  readonly decide: preHandlerHookHandler | undefined
  /** Puts the hooks of its answers in order, among those that other plugins have added meanwhile. */
  readonly arrange: () => void
  hasDefaultErrorHandler: boolean
  isCompressed: boolean
}

const ownConfigs = new WeakSet<object>()

/** Gives a route a config of its own, in which every copy that is made of the route from here on finds its settings. */
export function ownConfig (options: RouteOptions): void {
  options.config = { ...options.config }
  ownConfigs.add(options.config)
}

/** Adds our hooks to one route, after the caller's, and leaves the caller's own lists and config as they were. */
export function attach (options: RouteOptions, route: Route, readBody: ReadBody): Compiled {
  let isAlone = false
  const hasOnlyValidators = route.headers === undefined && route.variant === undefined && route.apiVersion === undefined
  const mayLabelEarly = (): boolean => hasOnlyValidators && isAlone && !compiled.isCompressed
  const settle = settleEarly(route, mayLabelEarly)
  // a write is decided about in a hook, which nobody's handler can stand in front of
  const decidesInHandler = route.at === 'preHandler' && [options.method].flat().every(isRead)
  // a schema tells of an answer as it is when all hooks have seen it
  const isAnnotated = route.annotation !== undefined
  const compiled: Compiled = {
    route,
    readBody,
    decide: decidesInHandler ? undefined : decidePreconditions(settle),
    arrange: () => { ({ isAlone } = arrange()) },
    hasDefaultErrorHandler: false,
    isCompressed: false
  }
  const arrange = arrangeAnswer(options, route, compiled, mayLabelEarly)
  const see = seeAnswers(route, mayLabelEarly)

  if (options.config === undefined || !ownConfigs.delete(options.config)) options.config = { ...options.config }
  options.config[kRoute] = route
  if (compiled.decide !== undefined) options[route.at] = [options[route.at] ?? [], compiled.decide].flat()
  if (route.checkEtagParam && !declaresCheckEtag(options)) options.preValidation = [options.preValidation ?? [], takeCheckEtag].flat()
  if (isAnnotated) options.preSerialization = [options.preSerialization ?? [], showSerialised(see)].flat()
  options.onError = [options.onError ?? [], noteFailure].flat()
  options.handler = serve(options.handler, { show: isAnnotated ? undefined : showSent(see), settle: decidesInHandler ? settle : undefined })
  compiled.arrange()
  return compiled
}
