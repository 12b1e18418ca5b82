import { isCutOff, sentCondition, type ConditionalRequest } from '../conditions.js'
import { isRequired } from '../policy.js'
import { concernsRepresentation, isRead } from '../preconditions.js'
import { namesMembers } from '../request-members.js'
import { asksFor, isGovernedByRequest, type Route } from '../route.js'

/**
 * Is anything asked of a request, by itself or by its route, so that it has to be decided about? Text is that of the tags which
 * its method is asked about, If-None-Match of a read and If-Match of a write, where nothing else is.
 */
export type Asked = string | boolean
export type IsAsked = (request: ConditionalRequest) => Asked

/** Builds what tells it of the requests of one route, of which `readsAlone` says that all are reads. Most carry no condition. */
export function isAskedOf (route: Route, readsAlone: boolean): IsAsked {
  const isVaried = route.variant !== undefined
  if (readsAlone) return request => sentCondition(request, 'if-none-match') || isVaried
  return request => {
    const { method } = request
    const sent = sentCondition(request, isRead(method) ? 'if-none-match' : 'if-match')
    if (sent !== false) return concernsRepresentation(method) && (typeof sent === 'string' && isCutOff(request) ? true : sent)
    if (isRead(method)) return isVaried && asksFor(route, method)
    if (isCutOff(request)) return concernsRepresentation(method)
    return asksFor(route, method) && (
      isVaried ||
      isRequired(route.policy, method) ||
      isGovernedByRequest(route, method) ||
      (method === 'PUT' && route.create === 'only') ||
      (route.membership !== undefined && namesMembers(method)))
  }
}
