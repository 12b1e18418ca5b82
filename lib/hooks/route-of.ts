import { FST_ETAG_NOT_CONFIGURED } from '../errors.js'
import type { FastifyRequest } from 'fastify'
import type { Route } from '../route.js'

/** Under this key the config of a route that asks holds its resolved settings; the same in every copy of the package. */
export const kRoute: unique symbol = Symbol.for('fastify-etag-policy.route')

declare module 'fastify' {
  interface FastifyContextConfig {
    [kRoute]?: Route
  }
}

/** The settings of the route of a request. Throws FST_ETAG_NOT_CONFIGURED where the route did not ask. */
export function routeOf (request: FastifyRequest): Route {
  const { config, url } = request.routeOptions
  const route = config[kRoute]
  // a request that no route serves has no url of a route
  if (route === undefined) throw new FST_ETAG_NOT_CONFIGURED(`${request.method} ${url ?? request.url}`)
  return route
}
