import { isGoverned, isRequired } from './policy.js'
import { concernsRepresentation, isRead, type ConditionField } from './preconditions.js'
import { namesMembers } from './request-members.js'
import { asksFor, type Route } from './route.js'

/** The statuses that refuse a request. */
export type RefusedStatus = 400 | 404 | 409 | 412 | 428

/** What one method of a route takes, and what can come of it. */
export interface Operation {
  readonly isRead: boolean
  /** The conditional fields that are compared with the state. */
  readonly conditions: readonly ConditionField[]
  /** Must a request send If-Match: always, depending on what is known only when it comes, or never? */
  readonly needsIfMatch: 'always' | 'sometimes' | 'never'
  /** Can a request ask for the check by `?checkEtag`? */
  readonly takesCheckEtag: boolean
  /** Do policies hold for it? */
  readonly isGoverned: boolean
  /** The validators that a success carries. */
  readonly validators: ReadonlyArray<'ETag' | 'Last-Modified'>
  readonly refusals: readonly RefusedStatus[]
  /** Do 409, 412 and 428 carry the current tag? */
  readonly tellsTag: boolean
}

/** What the methods of a route take and what can come of them, but for those that it does not ask for. */
export function operationsOf (route: Route, methods: readonly string[]): readonly Operation[] {
  return methods
    .filter(method => asksFor(route, method) && concernsRepresentation(method))
    .map(method => isRead(method) ? readOf(route) : writeOf(route, method))
}

// If-Match and If-Unmodified-Since of a read are honoured, and so rarely sent that to tell of them would only confuse.
function readOf ({ source, isDated, load }: Route): Operation {
  // without a source a handler may set the tag itself
  const hasTags = source !== 'none' || !isDated
  return {
    isRead: true,
    conditions: present(hasTags && 'If-None-Match', isDated && 'If-Modified-Since'),
    needsIfMatch: 'never',
    takesCheckEtag: false,
    isGoverned: false,
    validators: present(hasTags && 'ETag', isDated && 'Last-Modified'),
    refusals: present(load !== undefined && 404),
    tellsTag: false
  }
}

function writeOf (route: Route, method: string): Operation {
  const { source, isDated, load, create, answer, disclose, checkEtagParam, membership, missing } = route
  const hasTags = source !== 'none'
  const isLoaded = load !== undefined
  const mayCreate = method === 'PUT' && create !== 'never'
  // what is there already is 412 then, whatever version is named
  const onlyCreates = method === 'PUT' && create === 'only'
  const changes = isLoaded && !onlyCreates

  const governed = isGoverned(method, route.declaresPolicy ? 'route' : 'plugin')
  const takesCheckEtag = governed && checkEtagParam && !onlyCreates
  const asks = isRequired(route.policy, method) || (governed && route.policyFunctions.length > 0)
  const canMiss = takesCheckEtag || (asks && !onlyCreates && route.enforce !== false)
  const isFixed = route.policyFunctions.length === 0 && route.enforce === true && route.accept.length === 0 && !mayCreate

  const conditions = present(
    changes && hasTags && 'If-Match', isLoaded && mayCreate && 'If-None-Match', changes && isDated && 'If-Unmodified-Since')
  const hasLists = membership !== undefined && namesMembers(method)
  const labels = answer && method !== 'DELETE'
  return {
    isRead: false,
    conditions,
    needsIfMatch: !canMiss ? 'never' : isFixed && isRequired(route.policy, method) ? 'always' : 'sometimes',
    takesCheckEtag,
    isGoverned: governed,
    validators: present(labels && hasTags && 'ETag', labels && isDated && 'Last-Modified'),
    refusals: present(
      (hasLists || conditions.some(field => field.endsWith('-Match'))) && 400,
      changes && 404,
      ((isLoaded && hasTags) || (canMiss && missing === 409)) && 409,
      conditions.length > 0 && 412,
      canMiss && missing === 428 && 428),
    tellsTag: disclose !== false && isLoaded && hasTags
  }
}

function present<Value> (...values: ReadonlyArray<Value | false>): readonly Value[] {
  return values.filter((value): value is Value => value !== false)
}
