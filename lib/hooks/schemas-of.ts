import type { FastifyInstance, RouteOptions } from 'fastify'
import { readSchemas } from '../annotated-route.js'
import type { Read } from '../annotation.js'

/** What the schemas of a route say by our keyword, with those that its scope knows by now. */
export function schemasOf (scope: FastifyInstance, { method, url, schema, config }: RouteOptions): Read {
  const state = config?.etag === false ? undefined : config?.etag?.schema
  return readSchemas({ response: schema?.response, state }, `${[method].flat().join(', ')} ${url}`, id => scope.getSchema(id))
}
