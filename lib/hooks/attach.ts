import type { onSendHookHandler, preHandlerHookHandler, RouteOptions } from 'fastify'
import { decidePreconditions } from './decide-preconditions.js'
import { dropContentLength } from './drop-content-length.js'
import { finishAnswer } from './finish-answer.js'
import { labelAnswer } from './label-answer.js'
import { noteFailure } from './note-failure.js'
import { noteReached } from './note-reached.js'
import { kRoute } from './route-of.js'
import { declaresCheckEtag, takeCheckEtag } from './take-check-etag.js'
import type { Route } from '../route.js'

/** A route with its hooks: what must stay true of them until the application is ready. */
export interface Compiled {
  readonly route: Route
  /** The hook that decides, which must be the last of its stage. */
  readonly decide: preHandlerHookHandler
  /** Known when the application is ready. */
  hasDefaultErrorHandler: boolean
}

const ownConfigs = new WeakSet<object>()

/** Gives a route a config of its own, in which every copy that is made of the route from here on finds its settings. */
export function ownConfig (options: RouteOptions): void {
  options.config = { ...options.config }
  ownConfigs.add(options.config)
}

/** Adds our hooks to one route, after the caller's, and leaves the caller's own lists and config as they were. */
export function attach (options: RouteOptions, route: Route): Compiled {
  const compiled: Compiled = { route, decide: decidePreconditions(route), hasDefaultErrorHandler: false }
  const finish = finishAnswer(route, {
    declares: declaredStatuses(options),
    isDefault: () => compiled.hasDefaultErrorHandler,
    reshape: route.problem
  })
  if (options.config === undefined || !ownConfigs.delete(options.config)) options.config = { ...options.config }
  options.config[kRoute] = route
  options[route.at] = [options[route.at] ?? [], compiled.decide].flat()
  if (route.at === 'onRequest') options.preHandler = [options.preHandler ?? [], noteReached].flat()
  if (route.checkEtagParam && !declaresCheckEtag(options)) options.preValidation = [options.preValidation ?? [], takeCheckEtag].flat()
  options.preSerialization = [options.preSerialization ?? [], labelAnswer(route)].flat()
  options.onError = [options.onError ?? [], noteFailure].flat()
  options.onSend = withFinish([options.onSend ?? []].flat(), finish)
  return compiled
}

// On a HEAD route that Fastify makes, its own hook comes last and turns the body into a length: ours must see the body.
function withFinish (hooks: readonly onSendHookHandler[], finish: onSendHookHandler): onSendHookHandler[] {
  const own = hooks.findIndex(({ name }) => name === 'headRouteOnSendHandler')
  return own === -1
    ? [...hooks, finish]
    : [...hooks.slice(0, own), finish, ...hooks.slice(own), dropContentLength]
}

function declaredStatuses ({ schema }: RouteOptions): (status: number) => boolean {
  const declared = new Set(Object.keys(schema?.response ?? {}).map(key => key.toLowerCase()))
  return status => declared.has(String(status)) || declared.has(`${String(status)[0]}xx`) || declared.has('default')
}
