import type { FastifyInstance, FastifyPluginCallback, FastifyRequest, RouteOptions } from 'fastify'
import { FST_ETAG_REGISTERED_TWICE } from './errors.js'
import { attach } from './hooks/attach.js'
import { preconditionOf } from './hooks/precondition-of.js'
import { routeOf } from './hooks/route-of.js'
import { readPluginOptions, type PluginOptions } from './options.js'
import { resolveRoute, type Level } from './route.js'
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
}

const kLevels = Symbol('fastify-etag-policy.levels')

interface Scope extends FastifyInstance {
  [kLevels]?: readonly Level[]
}

/** Registers the plugin in one scope: the first time with its hook and decorator, below that with settings of the scope. */
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
  const outer = scope[kLevels]
  scope[kLevels] = [...(outer ?? []), { level: outer === undefined ? 'plugin' : 'scope', options }]

  if (outer === undefined) {
    scope.decorateRequest('precondition', { getter: precondition })
    scope.addHook('onRoute', compileRoute)
  }
}

function precondition (this: FastifyRequest): Precondition<any, any> {
  return preconditionOf(this, routeOf(this))
}

function compileRoute (this: Scope, route: RouteOptions): void {
  const etag = route.config?.etag
  if (etag === undefined || etag === false) return
  const declared = { url: route.url, methods: [route.method].flat(), etag }
  attach(route, resolveRoute(declared, this[kLevels]!))
}
