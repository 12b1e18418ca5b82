import type { onSendHookHandler, RouteOptions } from 'fastify'
import { answer } from './answer.js'
import { noteBody } from './answer-body.js'
import { answerRefusal } from './answer-refusal.js'
import { dropContentLength } from './drop-content-length.js'
import { finishAnswer } from './finish-answer.js'
import { unwrapResponse } from './unwrap-response.js'
import { isRead } from '../preconditions.js'
import type { Route } from '../route.js'

/** What is known of a route when the application is ready. */
export interface AnswerFacts {
  readonly hasDefaultErrorHandler: boolean
  readonly isCompressed: boolean
}

/** Puts our hooks of an answer among those that a route has by now. Gives whether nothing of the route stands between them. */
export type ArrangeAnswer = () => { readonly isAlone: boolean }

/**
 * Builds what puts the hooks of an answer in their order: a refusal is answered before anybody codes it, and an answer is
 * labelled when it is known how it was coded. On a HEAD route that Fastify makes, its own hook comes last and turns the body
 * into a length: ours must see the body. `mayLabelEarly` says whether nothing but its validators is on an answer.
 */
export function arrangeAnswer (options: RouteOptions, route: Route, facts: AnswerFacts, mayLabelEarly: () => boolean): ArrangeAnswer {
  const unwrap = unwrapResponse(route.digest !== undefined)
  const refuse = answerRefusal({ declares: declaredStatuses(options), isDefault: () => facts.hasDefaultErrorHandler, reshape: route.problem })
  const finish = finishAnswer(route, { isCompressed: () => facts.isCompressed })
  const inOne = answer(route, { unwrap, refuse, finish }, mayLabelEarly)
  const ours = new Set<unknown>([unwrap, refuse, finish, inOne, noteBody, dropContentLength])
  // what only refuses what it cannot compare shows no state
  const isShown = !route.readsOnly || [options.method].flat().some(isRead)

  return () => {
    const others = [options.onSend ?? []].flat().filter(hook => !ours.has(hook))
    const head = others.findIndex(({ name }) => name === 'headRouteOnSendHandler')
    const before = head === -1 ? others : others.slice(0, head)
    const behind = head === -1 ? [] : [...others.slice(head), dropContentLength]
    const isAlone = before.length === 0
    options.onSend = [...isShown ? around(before, isAlone) : [refuse, ...before], ...behind]
    return { isAlone }
  }

  function around (others: readonly onSendHookHandler[], isAlone: boolean): readonly onSendHookHandler[] {
    if (isAlone) return [inOne]
    const noted = route.digest === undefined ? others : others.flatMap(hook => [noteBody, hook])
    // a hook of the route may make a Response of its own
    return [unwrap, refuse, ...noted, unwrap, finish]
  }
}

function declaredStatuses ({ schema }: RouteOptions): (status: number) => boolean {
  const declared = new Set(Object.keys(schema?.response ?? {}).map(key => key.toLowerCase()))
  return status => declared.has(String(status)) || declared.has(`${String(status)[0]}xx`) || declared.has('default')
}
