import type { FastifyRequest, RouteOptions } from 'fastify'
import { CHECK_PARAM } from '../policy-of-request.js'

/** Takes our parameter off the query, so that no schema refuses a request for it. It is read from the request target. */
export function takeCheckEtag (request: FastifyRequest, _reply: unknown, done: () => void): void {
  const { query } = request
  // a parser of the caller's own may give anything
  if (typeof query === 'object' && query !== null) Reflect.deleteProperty(query, CHECK_PARAM)
  done()
}

/** Does the schema of the query declare our parameter, so that its author wants to see it? */
export function declaresCheckEtag ({ schema }: RouteOptions): boolean {
  const { properties } = (schema?.querystring ?? (schema as { readonly query?: unknown } | undefined)?.query ?? {}) as { readonly properties?: object }
  return properties !== undefined && Object.hasOwn(properties, CHECK_PARAM)
}
