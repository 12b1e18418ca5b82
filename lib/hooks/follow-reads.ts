import { isDeepStrictEqual } from 'node:util'
import type { RouteOptions } from 'fastify'
import { FST_ETAG_READ_MISSING } from '../errors.js'
import { isRead } from '../preconditions.js'
import type { Compiled } from './attach.js'
import type { DeclaredRead } from './read-body.js'

/** A route that asks and has its hooks. */
interface AskingRoute extends DeclaredRead {
  readonly options: RouteOptions
  readonly compiled: Pick<Compiled, 'route' | 'readBody'>
}

/**
 * Makes each write that compares digests follow the GET that they are of. Throws FST_ETAG_READ_MISSING where there is none
 * at its url that names its answers in the same way.
 */
export function followReads (routes: readonly AskingRoute[]): void {
  const digesting = routes.filter(({ compiled }) => compiled.route.digest !== undefined)
  const reads = new Map<string, AskingRoute[]>()
  for (const read of digesting.filter(one => methodsOf(one).includes('GET'))) {
    const place = placeOf(read.options)
    reads.set(place, [...reads.get(place) ?? [], read])
  }
  for (const one of digesting) {
    const { route, readBody } = one.compiled
    const read = reads.get(placeOf(one.options))?.find(other => isReadOf(other, one))
    if (read !== undefined) readBody.follow(read)
    else if (route.load !== undefined && methodsOf(one).some(method => !isRead(method))) throw new FST_ETAG_READ_MISSING(route.title)
  }
}

function isReadOf (read: AskingRoute, { options, compiled }: AskingRoute): boolean {
  return isDeepStrictEqual(read.options.constraints ?? {}, options.constraints ?? {}) &&
    read.compiled.route.digest!.by === compiled.route.digest!.by
}

function methodsOf ({ options }: AskingRoute): readonly string[] {
  return [options.method].flat()
}

// a parameter may have another name in each route
function placeOf ({ url }: RouteOptions): string {
  return url.replaceAll(/:[^/\-.(]+/g, ':')
}
