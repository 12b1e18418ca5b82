import type { onSendHookHandler, preHandlerHookHandler, RouteOptions } from 'fastify'
import { isRead } from '../preconditions.js'
import { noteBody } from './answer-body.js'
import { answerRefusal } from './answer-refusal.js'
import { decidePreconditions } from './decide-preconditions.js'
import { dropContentLength } from './drop-content-length.js'
import { finishAnswer } from './finish-answer.js'
import { labelAnswer } from './label-answer.js'
import { noteFailure } from './note-failure.js'
import { noteReached } from './note-reached.js'
import { kRoute } from './route-of.js'
import { declaresCheckEtag, takeCheckEtag } from './take-check-etag.js'
import { unwrapResponse } from './unwrap-response.js'
import type { ReadBody } from './read-body.js'
import type { Route } from '../route.js'

/** A route with its hooks: what must stay true of them until the application is ready. */
export interface Compiled {
  readonly route: Route
  /** What the GET of its url answers with. */
  readonly readBody: ReadBody
  /** The hook that decides, which must be the last of its stage. */
  readonly decide: preHandlerHookHandler
  /** Puts the hooks of its answers in order, among those that other plugins have added meanwhile. */
  readonly arrange: () => void
  /** Known when the application is ready. */
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
  const refuse = answerRefusal({
    declares: declaredStatuses(options),
    isDefault: () => compiled.hasDefaultErrorHandler,
    reshape: route.problem
  })
  const unwrap = unwrapResponse(route.digest !== undefined)
  const finish = finishAnswer(route, { isCompressed: () => compiled.isCompressed })
  const compiled: Compiled = {
    route,
    readBody,
    decide: decidePreconditions(route),
    arrange: () => { options.onSend = arranged([options.onSend ?? []].flat(), { unwrap, refuse, finish, isNamedByBody: route.digest !== undefined, isShown: !route.readsOnly || [options.method].flat().some(isRead) }) },
    hasDefaultErrorHandler: false,
    isCompressed: false
  }
  if (options.config === undefined || !ownConfigs.delete(options.config)) options.config = { ...options.config }
  options.config[kRoute] = route
  options[route.at] = [options[route.at] ?? [], compiled.decide].flat()
  if (route.at === 'onRequest') options.preHandler = [options.preHandler ?? [], noteReached].flat()
  if (route.checkEtagParam && !declaresCheckEtag(options)) options.preValidation = [options.preValidation ?? [], takeCheckEtag].flat()
  options.preSerialization = [options.preSerialization ?? [], labelAnswer(route)].flat()
  options.onError = [options.onError ?? [], noteFailure].flat()
  compiled.arrange()
  return compiled
}

interface AnswerHooks {
  readonly unwrap: onSendHookHandler
  readonly refuse: onSendHookHandler
  readonly finish: onSendHookHandler
  readonly isNamedByBody: boolean
  /** Does any method of the route show a state that we speak of? */
  readonly isShown: boolean
}

/**
 * The hooks of an answer in their order: a refusal is answered before anybody codes it, and an answer is labelled when it is
 * known how it was coded. On a HEAD route that Fastify makes, its own hook comes last and turns the body into a length: ours
 * must see the body.
 */
function arranged (hooks: readonly onSendHookHandler[], { unwrap, refuse, finish, isNamedByBody, isShown }: AnswerHooks): onSendHookHandler[] {
  const ours = new Set<unknown>([unwrap, refuse, finish, noteBody, dropContentLength])
  const others = hooks.filter(hook => !ours.has(hook))
  const head = others.findIndex(({ name }) => name === 'headRouteOnSendHandler')
  const before = head === -1 ? others : others.slice(0, head)
  const behind = head === -1 ? [] : [...others.slice(head), dropContentLength]
  const noted = isNamedByBody ? before.flatMap(hook => [noteBody, hook]) : before
  // a hook of the route may make a Response of its own
  const unwrapped = before.length === 0 ? [] : [unwrap]
  return isShown ? [unwrap, refuse, ...noted, ...unwrapped, finish, ...behind] : [refuse, ...noted, ...behind]
}

function declaredStatuses ({ schema }: RouteOptions): (status: number) => boolean {
  const declared = new Set(Object.keys(schema?.response ?? {}).map(key => key.toLowerCase()))
  return status => declared.has(String(status)) || declared.has(`${String(status)[0]}xx`) || declared.has('default')
}
