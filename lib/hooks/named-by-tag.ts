import type { FastifyRequest } from 'fastify'
import { readStrong } from '../entity-tag.js'
import { isGuardedHandler } from '../guarded-handlers.js'
import { isSafe } from '../preconditions.js'
import { stateTag } from '../representation-tag.js'
import { versionNamed } from '../sources/tag-version.js'
import { handlerOf } from './handler-of.js'
import type { Route } from '../route.js'
import type { DescribedState } from '../sources/described-state.js'

/** The state that a write names by the text of one strong tag, where its statement can compare that version; `undefined` where it cannot. */
export function namedByTag ({ parseVersion }: Pick<Route, 'parseVersion'>, request: FastifyRequest, text: string): DescribedState | undefined {
  // the handler that will run, whatever became of the route since
  if (parseVersion === undefined || isSafe(request.method) || !isGuardedHandler(handlerOf(request))) return undefined
  const etag = stateTag(readStrong(text))
  const version = versionNamed(parseVersion, etag.opaque)
  return version === undefined ? undefined : { version, etag }
}
