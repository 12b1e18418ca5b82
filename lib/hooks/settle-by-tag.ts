import type { FastifyReply, FastifyRequest } from 'fastify'
import { isThenable } from '../remembered-state.js'
import { withhold } from '../withheld-error.js'
import { noteLoaded } from './precondition-of.js'
import { fieldValueOf } from '../sources/name-version.js'
import type { HeldState } from '../held-state.js'
import type { Purpose } from '../option-schemas.js'
import type { Route } from '../route.js'
import type { DescribedState } from '../sources/described-state.js'

/** Decides about a request by the state that its one tag names; `held` is undefined where what is there has no such tag. */
export type SettleHeld<Settled> = (request: FastifyRequest, reply: FastifyReply, held: HeldState | undefined) => Settled | Promise<Settled>

/**
 * Builds what decides about requests that name one tag, by its `text`, and ask nothing else, as nearly all do that know a state: where
 * that text is the current tag, nothing else has to be known of them. What was loaded is remembered for whoever decides otherwise.
 */
export function settleByTag<Settled> (route: Route, purpose: Purpose, settle: SettleHeld<Settled>) {
  return (request: FastifyRequest, reply: FastifyReply, text: string): Settled | Promise<Settled> => {
    let loaded: unknown
    try {
      loaded = route.load!(request, purpose)
    } catch (error) {
      throw withhold(error)
    }
    return isThenable(loaded)
      ? Promise.resolve(loaded).then(state => settleLoaded(request, reply, text, state), error => { throw withhold(error) })
      : settleLoaded(request, reply, text, loaded)
  }

  function settleLoaded (request: FastifyRequest, reply: FastifyReply, text: string, state: unknown): Settled | Promise<Settled> {
    const described = describe(route, request, state)
    if (described !== undefined && fieldValueOf(described) === text) return settle(request, reply, { text, state, described })
    noteLoaded(request, state, false)
    return settle(request, reply, undefined)
  }
}

// what fails is told by who asks again
function describe (route: Route, request: FastifyRequest, state: unknown): DescribedState | undefined {
  try {
    return state === null || state === undefined ? undefined : route.describeState(state, request)
  } catch {
    return undefined
  }
}
