import { isDeepStrictEqual } from 'node:util'
import type { RouteOptions } from 'fastify'
import { FST_ETAG_READ_MISSING } from '../errors.js'
import { isRead } from '../preconditions.js'
import type { Compiled } from './attach.js'

/** A route that asks and has its hooks. */
interface AskingRoute {
  readonly options: RouteOptions
  readonly compiled: Pick<Compiled, 'route' | 'readBody'>
}

/**
 * Makes each write that compares digests follow the GET that they are of. Throws FST_ETAG_READ_MISSING where there is none
 * at its url that names its answers in the same way.
 */
export function followReads (routes: readonly AskingRoute[]): void {
  for (const one of routes) {
    const { route, readBody } = one.compiled
    if (route.digest === undefined) continue
    const read = routes.find(other => isReadOf(other, one))
    if (read !== undefined) readBody.follow(read.options)
    else if (route.load !== undefined && methodsOf(one).some(method => !isRead(method))) throw new FST_ETAG_READ_MISSING(route.title)
  }
}

function isReadOf (read: AskingRoute, { options, compiled }: AskingRoute): boolean {
  return methodsOf(read).includes('GET') &&
    placeOf(read.options) === placeOf(options) &&
    isDeepStrictEqual(read.options.constraints ?? {}, options.constraints ?? {}) &&
    read.compiled.route.digest?.by === compiled.route.digest!.by
}

function methodsOf ({ options }: AskingRoute): readonly string[] {
  return [options.method].flat()
}

// a parameter may have another name in each route
function placeOf ({ url }: RouteOptions): string {
  return url.replaceAll(/:[^/\-.(]+/g, ':')
}
