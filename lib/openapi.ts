import { isObject, type JsonSchema, type SharedSchema } from './json-schema.js'
import { withCheckEtag, withConditions } from './openapi-parameters.js'
import { withAnswers } from './openapi-responses.js'
import { operationsOf } from './operation.js'
import type { Route } from './route.js'

/**
 * The schema of a route with what the route says of itself added, as a copy: conditional fields, `?checkEtag`, validators,
 * every answer that can come without the handler, and the policy as `x-etag`. What is declared already stays as it is.
 */
export function documented (schema: unknown, methods: readonly string[], route: Route, shared: SharedSchema): JsonSchema {
  const declared = isObject(schema) ? schema : {}
  const operations = operationsOf(route, methods)
  if (operations.length === 0) return { ...declared }
  const { missing } = route
  const headers = withConditions(declared.headers, operations, missing, shared)
  const querystring = withCheckEtag(declared.querystring ?? declared.query, operations, shared)
  return {
    ...(operations.some(({ isGoverned }) => isGoverned) && { 'x-etag': policyOf(route) }),
    ...declared,
    ...(headers !== undefined && { headers }),
    ...(querystring !== undefined && { querystring }),
    response: withAnswers(declared.response, operations, { missing, isReshaped: route.problem !== undefined })
  }
}

function policyOf ({ policy: { policy, level }, kind, policyFunctions, waived, enforce }: Route): JsonSchema {
  return {
    policy,
    level,
    ...(kind !== undefined && { kind }),
    ...(policyFunctions.length > 0 && { dependsOnState: true }),
    ...(waived !== undefined && { waived: true }),
    ...(enforce === false && { enforced: false })
  }
}
