import type { FastifyRequest } from 'fastify'
import { symbolOf } from './symbol-of.js'

type Handler = FastifyRequest['routeOptions']['handler']

let kContext: symbol | undefined

/**
 * The handler that Fastify runs for a request. It makes all options of a route anew whenever one of them is asked for, so this
 * looks where it has them; where they are not found, it asks.
 */
export function handlerOf (request: FastifyRequest): Handler {
  kContext ??= symbolOf(request, 'fastify.context')
  const context = kContext === undefined ? undefined : (request as unknown as Readonly<Record<symbol, { readonly handler: Handler } | undefined>>)[kContext]
  // another copy of Fastify has another symbol
  return (context ?? request.routeOptions).handler
}
