import type { FastifyReply, FastifyRequest } from 'fastify'
import { isThenable } from '../remembered-state.js'
import { withhold } from '../withheld-error.js'
import { labelEarlyBy } from './label-early.js'
import { hasFailed, noteLoaded } from './precondition-of.js'
import { fieldValueOf } from '../sources/name-version.js'
import type { Route } from '../route.js'
import type { DescribedState } from '../sources/described-state.js'

/** Is a read 304 by the one tag that its client holds? `undefined` where more has to be known. */
export type SettledByTag = 304 | undefined

/**
 * Decides about a read that names one tag and asks nothing else, as nearly all do that know a state: where that text is the
 * current tag, it is 304, and nothing else has to be known of it. What was loaded is remembered for whoever decides otherwise.
 */
export function settleByTag (route: Route, request: FastifyRequest, reply: FastifyReply, text: string): SettledByTag | Promise<SettledByTag> {
  let loaded: unknown
  try {
    loaded = route.load!(request, 'read')
  } catch (error) {
    throw withhold(error)
  }
  return isThenable(loaded)
    ? Promise.resolve(loaded).then(state => settleLoaded(route, request, reply, text, state), error => { throw withhold(error) })
    : settleLoaded(route, request, reply, text, loaded)
}

function settleLoaded (route: Route, request: FastifyRequest, reply: FastifyReply, text: string, state: unknown): SettledByTag {
  const described = describe(route, request, state)
  const isUnmodified = described !== undefined && fieldValueOf(described) === text
  noteLoaded(request, state, isUnmodified)
  if (!isUnmodified || hasFailed(reply)) return undefined
  labelEarlyBy(reply, described)
  return 304
}

// what fails is told by who asks again
function describe (route: Route, request: FastifyRequest, state: unknown): DescribedState | undefined {
  try {
    return state === null || state === undefined ? undefined : route.describeState(state, request)
  } catch {
    return undefined
  }
}
