import type { FastifyInstance, RouteOptions } from 'fastify'
import { readSchemas, refuseUnread } from '../annotated-route.js'
import type { Annotation, Read } from '../annotation.js'

/** What is read of a route. */
export type Declared = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>

/** What the schemas of a route say by our keyword, with those that its scope knows by now. */
export function schemasOf (scope: FastifyInstance, { method, url, schema, config }: Declared): Read {
  const state = config?.etag === false ? undefined : config?.etag?.schema
  const shared = { get: (id: string) => scope.getSchema(id), all: () => scope.getSchemas() }
  return readSchemas({ response: schema?.response, state }, titleOf({ method, url }), shared)
}

/** The same of a route that the plugin serves. Throws FST_ETAG_INVALID_ANNOTATION where a write says it and nobody can keep it. */
export function annotationOf (scope: FastifyInstance, options: Declared, isReady: boolean): Annotation | undefined {
  const read = schemasOf(scope, options)
  const etag = options.config?.etag ?? {}
  // what is referred to may still be added
  const settled = isReady || read.unknown.length === 0
  if (settled && etag !== false) refuseUnread(read, etag, [options.method].flat(), titleOf(options))
  return read.annotation
}

/** What error messages call a route. */
export function titleOf ({ method, url }: Pick<RouteOptions, 'method' | 'url'>): string {
  return `${[method].flat().join(', ')} ${url}`
}
