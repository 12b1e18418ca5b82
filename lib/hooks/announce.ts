import { channel } from 'node:diagnostics_channel'
import type { RequestPrecondition } from '../request-precondition.js'

/** The diagnostics channel that every decision is published on, when the answer goes out. */
export const DECISIONS = channel('fastify-etag-policy:decision')

/** Does anybody listen? */
export function hasListeners (): boolean {
  return DECISIONS.hasSubscribers
}

/** Publishes the decision of a request. Where nobody listens it is not even made. */
export function announce (precondition: RequestPrecondition): void {
  if (hasListeners()) DECISIONS.publish(precondition.decision)
}
