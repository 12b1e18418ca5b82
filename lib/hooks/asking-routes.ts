import { subscribe } from 'node:diagnostics_channel'
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { FST_ETAG_BESIDE_ETAG, FST_ETAG_LATE_SCHEMA, FST_ETAG_LATER_HOOK, FST_ETAG_NOT_REGISTERED, FST_ETAG_OTHER_DEFINITION, FST_ETAG_TOO_EARLY } from '../errors.js'
import { guardedDefinitionOf } from '../guarded-handlers.js'
import { concernsRepresentation, isRead } from '../preconditions.js'
import { ownConfig } from './attach.js'
import { documentRoutes, noteSchema, shareProblem } from './document-routes.js'
import { followReads } from './follow-reads.js'
import { kRoute } from './route-of.js'
import { annotationOf, schemasOf, titleOf, type Declared } from './schemas-of.js'
import type { Compiled } from './attach.js'

/** A route that asks, as Fastify knows it. */
interface AskingRoute {
  readonly scope: FastifyInstance
  readonly options: RouteOptions
}

/** The routes of one server: all that were declared and may ask, and those that got their hooks. */
interface AskingRoutes {
  readonly declared: AskingRoute[]
  readonly compiled: Array<AskingRoute & { readonly compiled: Compiled }>
}

// all scopes of an application share its server
const byServer = new WeakMap<object, AskingRoutes>()

/**
 * Watches every Fastify that is made from now on, so that a route which asks is seen also where the plugin is never
 * registered, or is registered too late. A request costs nothing of it.
 */
export function watchApplications (): void {
  subscribe('fastify.initialization', message => { watch((message as { fastify: FastifyInstance }).fastify) })
}

/** The watched routes of an application. One that was made before this file was loaded is watched from here on. */
export function askingRoutesOf (scope: FastifyInstance): AskingRoutes {
  const known = byServer.get(scope.server)
  if (known !== undefined && isWatched(scope)) return known
  // what was declared before cannot be seen any more, so it is refused when it is asked for
  if (!scope.printRoutes().startsWith('(empty tree)')) scope.addHook('onRequest', refuseUnseen)
  // @fastify/swagger collects what is shared before a hook that is added now
  shareProblem(scope)
  return watch(scope, known)
}

/** Refuses the settings of a scope that come after one of its routes, any at all under `allReads`. Throws FST_ETAG_TOO_EARLY. */
export function refuseEarlyRoutes (scope: FastifyInstance, allReads: boolean): void {
  const { declared, compiled } = askingRoutesOf(scope)
  const early = compiled.find(route => isWithin(route.scope, scope)) ??
    declared.find(route => isWithin(route.scope, scope) && ((allReads && [route.options.method].flat().some(concernsRepresentation)) || asks(route)))
  if (early !== undefined) throw new FST_ETAG_TOO_EARLY(titleOf(early.options))
}

const watched = new WeakSet<object>()

// A scope has the hooks of those that it is in.
function isWatched (scope: FastifyInstance): boolean {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) if (watched.has(at)) return true
  return false
}

function watch (instance: FastifyInstance, routes: AskingRoutes = { declared: [], compiled: [] }): AskingRoutes {
  byServer.set(instance.server, routes)
  watched.add(instance)
  instance.addHook('onRoute', function noteAsking (options) {
    noteSchema(this, options)
    if (!mayAsk(options)) return
    if (options.config?.etag !== undefined || options.schema?.response !== undefined) ownConfig(options)
    routes.declared.push({ scope: this, options })
  })
  instance.addHook('onReady', function checkAsking (done) {
    try {
      routes.declared.forEach(refuseUnregistered)
      routes.declared.forEach(refuseOtherDefinition)
      routes.compiled.forEach(checkCompiled)
      followReads(routes.compiled)
      documentRoutes(routes.compiled)
      done()
    } catch (error) {
      done(error as Error)
    }
  })
  return routes
}

function mayAsk ({ config }: Pick<RouteOptions, 'config'>): boolean {
  return config?.etag !== false
}

// Where the plugin is not, the keyword may be that of somebody else.
function asks ({ scope, options }: { readonly scope: FastifyInstance, readonly options: Declared }): boolean {
  if (options.config?.etag !== undefined) return true
  try {
    return schemasOf(scope, options).annotation !== undefined
  } catch {
    return false
  }
}

function isWithin (scope: FastifyInstance, outer: FastifyInstance): boolean {
  return scope === outer || Object.prototype.isPrototypeOf.call(outer, scope)
}

// A schema that was unknown when a route was declared may be known by now, and a later hook may have changed its config.
function refuseUnregistered (route: AskingRoute): void {
  const { scope, options } = route
  if (!mayAsk(options)) return
  const served = options.config?.[kRoute]
  if (served === undefined && (options.config?.etag !== undefined || !isRegistered(scope))) {
    if (asks(route)) throw new FST_ETAG_NOT_REGISTERED(titleOf(options))
  } else if (!isDeepStrictEqual(served?.annotation, annotationOf(scope, options, true))) {
    throw new FST_ETAG_LATE_SCHEMA(titleOf(options))
  }
}

// Such a handler would refuse each request. One that somebody has wrapped is another one, and finds it out by the first of them.
function refuseOtherDefinition ({ options }: AskingRoute): void {
  if (!mayAsk(options)) return
  const definition = guardedDefinitionOf(options.handler)
  if (definition !== undefined && definition !== options.config?.[kRoute]?.definition) throw new FST_ETAG_OTHER_DEFINITION(titleOf(options))
}

function isRegistered (scope: FastifyInstance): boolean {
  return scope.hasRequestDecorator('precondition')
}

function checkCompiled ({ scope, options, compiled }: AskingRoutes['compiled'][number]): void {
  const { at } = compiled.route
  // what only refuses what it cannot compare tells nobody anything
  if (compiled.decide !== undefined && (!compiled.route.readsOnly || [options.method].flat().some(isRead))) {
    refuseLater(options, at, compiled.decide)
  }
  if (scope.hasPlugin('@fastify/etag')) throw new FST_ETAG_BESIDE_ETAG(titleOf(options))
}

function refuseLater (options: RouteOptions, stage: 'onRequest' | 'preHandler', own: unknown): void {
  const last = [options[stage] ?? []].flat().at(-1)
  if (last !== own) throw new FST_ETAG_LATER_HOOK(titleOf(options), stage, last?.name || 'anonymous')
}

function refuseUnseen (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  const { config, schema, method, url = '' } = request.routeOptions
  const options = { config, method, url, ...(schema !== undefined && { schema }) }
  const unseen = config[kRoute] === undefined && mayAsk(options) && asks({ scope: request.server, options })
  done(unseen ? new FST_ETAG_TOO_EARLY(titleOf(options)) : undefined)
}
