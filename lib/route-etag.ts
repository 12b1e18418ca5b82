import type { FastifyRequest } from 'fastify'
import type { Purpose, RouteOptions } from './option-schemas.js'

/** What `config.etag` of a route takes. */
export interface RouteEtag extends Omit<RouteOptions, 'load' | 'loadValidators' | 'of' | 'guarded' | 'tag'> {
  // a method, so that a load that knows the params of its route is one too
  load?(request: FastifyRequest, purpose: Purpose): unknown
  loadValidators?(request: FastifyRequest): unknown
}
