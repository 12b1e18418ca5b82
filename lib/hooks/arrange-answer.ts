import type { FastifyInstance, onSendHookHandler, RouteOptions } from 'fastify'
import { noteBody } from './answer-body.js'
import { arrangeLater } from './arrange-later.js'
import { dropContentLength } from './drop-content-length.js'
import { mayChangeAnswers } from './others-of-scope.js'
import { isRead } from '../preconditions.js'
import type { AnswerHook, AnswerHooks } from './answer.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Route } from '../route.js'

/** What the hooks of a route are arranged by. */
export interface Arranging {
  readonly scope: FastifyInstance
  readonly route: Route
  /** Ours, by themselves and in one. */
  readonly hooks: AnswerHooks & { readonly inOne: AnswerHook }
  readonly facts: AnswerFacts
  /** Is all that goes out sent by a handler that we stand before, and known by then? */
  readonly mayBeDirect: boolean
}

/**
 * Puts our hooks of an answer in their order, among those of others: a refusal is answered before anybody codes it, and an
 * answer is labelled when it is known how it was coded. On a HEAD route that Fastify makes, its own hook comes last and turns
 * the body into a length: ours must see the body. Notes what is known of the answers by then.
 */
export function arrangeAnswer (options: RouteOptions, { scope, route, hooks, facts, mayBeDirect }: Arranging): void {
  const { unwrap, refuse, finish, inOne } = hooks
  const ours = new Set<unknown>([...Object.values(hooks), noteBody, dropContentLength])
  // what only refuses what it cannot compare shows no state
  const isShown = !route.readsOnly || [options.method].flat().some(isRead)

  arrangeLater(options, present => {
    const others = present.filter(hook => !ours.has(hook))
    const head = others.findIndex(({ name }) => name === 'headRouteOnSendHandler')
    const before = head === -1 ? others : others.slice(0, head)
    const behind = head === -1 ? [] : [...others.slice(head), dropContentLength]
    facts.isMeasured = head !== -1
    facts.isCompressed = scope.hasPlugin('@fastify/compress')
    facts.hasDefaultErrorHandler = options.errorHandler === undefined && scope.errorHandler.name === 'defaultErrorHandler'
    facts.hasOnlyValidators = before.length === 0 && !facts.isCompressed && route.headers === undefined && route.variant === undefined && route.apiVersion === undefined
    facts.isUnseen = before.length === 0 && !mayChangeAnswers(scope)
    facts.isDirect = mayBeDirect && facts.isUnseen && facts.hasDefaultErrorHandler && others.length === 0 && options.preSerialization === undefined
    if (facts.isDirect) return []
    return [...isShown ? around(before) : [refuse, ...before], ...behind]
  })

  function around (others: readonly onSendHookHandler[]): readonly onSendHookHandler[] {
    if (others.length === 0) return [inOne]
    const noted = route.digest === undefined ? others : others.flatMap(hook => [noteBody, hook])
    // a hook of the route may make a Response of its own
    return [unwrap, refuse, ...noted, unwrap, finish]
  }
}
