import type { onSendHookHandler, RouteOptions } from 'fastify'
import { decidePreconditions } from './decide-preconditions.js'
import { dropContentLength } from './drop-content-length.js'
import { finishAnswer } from './finish-answer.js'
import { labelAnswer } from './label-answer.js'
import { kRoute } from './route-of.js'
import type { Route } from '../route.js'

/** Adds our hooks to one route, after the caller's, and leaves the caller's own lists and config as they were. */
export function attach (options: RouteOptions, route: Route): void {
  options.config = { ...options.config, [kRoute]: route }
  options.preHandler = [options.preHandler ?? [], decidePreconditions(route)].flat()
  options.preSerialization = [options.preSerialization ?? [], labelAnswer(route)].flat()
  options.onSend = withFinish([options.onSend ?? []].flat(), finishAnswer(route, declaredStatuses(options)))
}

// On a HEAD route that Fastify makes, its own hook comes last and turns the body into a length: ours must see the body.
function withFinish (hooks: readonly onSendHookHandler[], finish: onSendHookHandler): onSendHookHandler[] {
  const own = hooks.findIndex(({ name }) => name === 'headRouteOnSendHandler')
  return own === -1
    ? [...hooks, finish]
    : [...hooks.slice(0, own), finish, ...hooks.slice(own), dropContentLength]
}

function declaredStatuses ({ schema }: RouteOptions): (status: number) => boolean {
  const declared = new Set(Object.keys(schema?.response ?? {}).map(key => key.toLowerCase()))
  return status => declared.has(String(status)) || declared.has(`${String(status)[0]}xx`) || declared.has('default')
}
