import { channel } from 'node:diagnostics_channel'
import type { FastifyRequest } from 'fastify'

/** Where a request can be made to wait: its conditions hold, `load` has given its state to the handler, `guard` has written. */
export type Stage = 'checked' | 'loaded' | 'written'

/** A request at such a place. It goes on when all that it is told to wait for has come. */
export interface Checkpoint {
  readonly stage: Stage
  readonly request: FastifyRequest
  waitFor (something: Promise<unknown>): void
}

/** The diagnostics channel of the checkpoints. */
export const CHECKPOINTS = channel('fastify-etag-policy:checkpoint')

/** Does a test listen? */
export function isHeld (): boolean {
  return CHECKPOINTS.hasSubscribers
}

/** Lets a test hold a request here, so that another one comes between. Returns nothing where no test listens. */
export function checkpoint (stage: Stage, request: FastifyRequest): Promise<unknown> | undefined {
  if (!isHeld()) return undefined
  const awaited: Array<Promise<unknown>> = []
  const point: Checkpoint = { stage, request, waitFor: something => { awaited.push(something) } }
  CHECKPOINTS.publish(point)
  return awaited.length === 0 ? undefined : Promise.all(awaited)
}
