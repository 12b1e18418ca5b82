import type { FastifyInstance, RouteOptions } from 'fastify'
import { isJsonSchema } from '../json-schema.js'
import { documented } from '../openapi.js'
import { PROBLEM_ID, PROBLEM_SCHEMA } from '../openapi-responses.js'
import { kRoute } from './route-of.js'
import type { Route } from '../route.js'

/** A route that asks and has its hooks, and where it was declared. */
interface DocumentedRoute {
  readonly scope: FastifyInstance
  readonly options: RouteOptions
  readonly compiled: { readonly route: Route }
}

/** What @fastify/swagger gives to a transform, as far as it concerns us. */
interface Given {
  readonly schema?: any
  readonly url: string
  readonly route: RouteOptions
  readonly [name: string]: any
}

type Transform = (given: Given) => { schema: any, url: string }

const SWAGGER = '@fastify/swagger'

// the schema that a route declared, by the one that documents it
const declaredSchemas = new WeakMap<object, RouteOptions['schema']>()
const scopes = new WeakMap<Route, FastifyInstance>()
const foreign = new WeakSet<object>()

/** Notes an application that has schemas of a library: a transform turns them into JSON Schema, and would fail on ours. */
export function noteSchema ({ server }: FastifyInstance, { schema }: RouteOptions): void {
  if (!isJsonSchema(schema)) foreign.add(server)
}

/** Shares the schema of a problem in a scope that documents its routes, unless somebody shares another one by that name. */
export function shareProblem (scope: FastifyInstance): void {
  if (!scope.hasPlugin(SWAGGER) || scope.getSchema(PROBLEM_ID) !== undefined) return
  try {
    scope.addSchema(PROBLEM_SCHEMA)
  } catch (error) {
    // a scope within has one by that name, and keeps it
    if ((error as { code?: unknown }).code !== 'FST_ERR_SCH_ALREADY_PRESENT') throw error
  }
}

/**
 * Makes routes that are ready document themselves. @fastify/swagger reads their options only when it is asked for the
 * document, and Fastify has compiled their schemas before: no validation and no serialisation changes.
 */
export function documentRoutes (routes: readonly DocumentedRoute[]): void {
  for (const { scope, options, compiled: { route } } of routes) {
    const { schema } = options
    if (!scope.hasPlugin(SWAGGER) || (schema !== undefined && declaredSchemas.has(schema))) continue
    scopes.set(route, scope)
    shareProblem(scope)
    if (foreign.has(scope.server)) continue
    const shown = documented(schema, [options.method].flat(), route, id => scope.getSchema(id))
    declaredSchemas.set(shown, schema)
    options.schema = shown
  }
}

/**
 * Makes a transform of @fastify/swagger document preconditions, for applications whose schemas need one to become JSON
 * Schema. It gets every route as it was declared; what it returns is added to.
 */
export function documentPreconditions (transform?: (given: any) => { schema?: unknown, url?: string }): Transform {
  return function transformDocumented (given) {
    const schema = declaredSchemas.has(given.schema) ? declaredSchemas.get(given.schema) : given.schema
    const transformed = transform?.({ ...given, schema }) ?? {}
    const declared = transformed.schema || schema
    const route = given.route.config?.[kRoute]
    const scope = route && scopes.get(route)
    // Swagger 2.0 has no words for an answer of another media type
    const shown = scope === undefined || given.openapiObject === undefined
      ? declared
      : documented(declared, [given.route.method].flat(), route!, id => scope.getSchema(id))
    return { ...transformed, schema: shown ?? {}, url: transformed.url ?? given.url }
  }
}
