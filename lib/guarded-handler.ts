import type { FastifyReply } from 'fastify'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { noteGuardedHandler } from './guarded-handlers.js'
import { refuseUnguardable, type Guarded, type GuardOptions } from './guarded-write.js'
import { kReturned, type RequestPrecondition } from './request-precondition.js'
import type { Precondition } from './precondition.js'

/** What a write is told that is all that its handler does: as `guard` tells it, but for the state, which nothing may be known of yet. */
export interface GuardedWrite<State, Version> extends Omit<Guarded<State, Version>, 'current'> {
  /** The state that has the version; `undefined` where `parseVersion` leaves it to the write to find out whether it still has. */
  readonly current: State | undefined
}

/** A write that is all that a handler does; `null` when the version was another one by then. */
export type WritesGuarded<Request, State, Version, R> = (request: Request, guarded: GuardedWrite<State, Version>) => Promise<R | null>

/** The handler that does it. */
export type GuardedHandler<Request> = (request: Request, reply: FastifyReply<any, any, any, any, any, any, any, any>) => Promise<any>

/** How a handler that only guards a write does so, and what it answers. */
export interface GuardedOptions<Request, R> {
  /** Makes what is not there; `null` when somebody else made it first. */
  readonly create?: ((request: Request) => Promise<R | null>) | undefined
  /** As for `guard`. */
  readonly retries?: number | undefined
  /** Answers when the write is done; without it what was written is sent. */
  readonly answer?: ((written: R, request: Request, reply: FastifyReply<any, any, any, any, any, any, any, any>) => unknown) | undefined
}

/**
 * Makes a handler that does nothing but guard this write of what has the definition; `of` gives the precondition of a request. Throws
 * FST_ETAG_INVALID_OPTION where it is given something else, before any request comes.
 */
export function guardedHandler (
  definition: symbol, of: (request: any) => Precondition<any, any>, write: WritesGuarded<any, any, any, any>, options: GuardedOptions<any, any>
): GuardedHandler<any> {
  refuseWrong(write, options)
  const { create, retries, answer } = options
  const guarding = (request: unknown): GuardOptions<any> => ({ create: create && (() => create(request)), retries })

  // no async function: to await what is only passed on costs a request as much as its guard
  function handler (request: any, reply: FastifyReply): Promise<unknown> {
    const precondition = of(request) as RequestPrecondition
    const writing = precondition.guard(guarded => write(request, guarded), guarding(request), kReturned)
    return answer === undefined ? writing : writing.then(written => answer(written, request, reply))
  }
  noteGuardedHandler(handler, definition)
  return handler
}

function refuseWrong (write: unknown, options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new FST_ETAG_INVALID_OPTION('guarded', 'its options are an object')
  refuseUnguardable('guarded', write, options)
  const { answer } = options as { readonly answer?: unknown }
  if (answer !== undefined && typeof answer !== 'function') throw new FST_ETAG_INVALID_OPTION('guarded', 'answer must be a function')
}
