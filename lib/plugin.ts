import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { FST_ETAG_REGISTERED_TWICE } from './errors.js'
import { askingRoutesOf, refuseEarlyRoutes } from './hooks/asking-routes.js'
import { attach } from './hooks/attach.js'
import { knownPreconditionOf, preconditionOf } from './hooks/precondition-of.js'
import { ReadBody } from './hooks/read-body.js'
import { knowledgeOf, requireKeyword } from './hooks/require-keyword.js'
import { routeOf } from './hooks/route-of.js'
import { annotationOf } from './hooks/schemas-of.js'
import { readPluginOptions } from './options.js'
import type { PluginOptions } from './option-schemas.js'
import { concernsRepresentation } from './preconditions.js'
import { relieved } from './request-schemas.js'
import { resolveRoute } from './route.js'
import { asksForReads, type OuterLevel } from './settings.js'
import type { Precondition } from './precondition.js'
import type { RouteEtag } from './route-etag.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where the ETag of this route comes from, and when a write must carry one; `false` switches the plugin off for it. */
    etag?: RouteEtag | false
  }

  interface FastifyRequest {
    /** The precondition of a request to a route with `config.etag`; throws FST_ETAG_NOT_CONFIGURED on any other. */
    readonly precondition: Precondition<any, any>
  }

  interface FastifyReply {
    /** Names the state that the answer shows, where neither the object that is sent nor the guarded write tells it. */
    validators (state: unknown): this
  }
}

const kLevels = Symbol('fastify-etag-policy.levels')

interface Scope extends FastifyInstance {
  [kLevels]?: readonly OuterLevel[]
}

/** Registers the plugin in one scope: the first time with its hook and decorators, below that with settings of the scope. */
export const registerEtag: FastifyPluginCallback<PluginOptions> = function etagPolicy (scope: Scope, given, done) {
  try {
    addLevel(scope, given)
  } catch (error) {
    return done(error as Error)
  }
  done()
}

function addLevel (scope: Scope, given: PluginOptions): void {
  if (Object.hasOwn(scope, kLevels)) throw new FST_ETAG_REGISTERED_TWICE()
  const options = readPluginOptions(given)
  refuseEarlyRoutes(scope, options.allReads === true)
  const outer = scope[kLevels]
  scope[kLevels] = [...(outer ?? []), { level: outer === undefined ? 'plugin' : 'scope', options }]

  if (outer === undefined) {
    scope.decorateRequest('precondition', { getter: precondition })
    scope.decorateReply('validators', nameState)
    scope.addHook('onRoute', compileRoute)
  }
}

function precondition (this: FastifyRequest): Precondition<any, any> {
  return (this.is404 ? undefined : knownPreconditionOf(this)) ?? preconditionOf(this, routeOf(this))
}

function nameState (this: FastifyReply, state: unknown): FastifyReply {
  preconditionOf(this.request, routeOf(this.request)).label.name(state)
  return this
}

function compileRoute (this: Scope, options: RouteOptions): void {
  const levels = this[kLevels]!
  // what Ajv knows may be what it has by an $id as well, and must stay the same
  if (options.schema !== undefined && knowledgeOf(this) !== 'knows') {
    requireKeyword(this, options)
    options.schema = relieved(options.schema)
  }
  const etag = options.config?.etag
  if (etag === false) return
  const methods = [options.method].flat()
  const annotation = annotationOf(this, options, false)
  const asks = etag !== undefined || annotation !== undefined
  if (!asks && !(asksForReads(levels) && methods.some(concernsRepresentation))) return
  const readBody = new ReadBody()
  const apiVersion: unknown = options.constraints?.version
  const route = resolveRoute({
    url: options.url, methods, etag, annotation, apiVersion: typeof apiVersion === 'string' ? apiVersion : undefined, bodyOf: readBody.of
  }, levels)
  const compiled = attach(this, options, route, readBody)
  askingRoutesOf(this).compiled.push({ scope: this, options, compiled })
}
