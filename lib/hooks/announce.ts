import { channel } from 'node:diagnostics_channel'
import type { RequestPrecondition } from '../request-precondition.js'

/** The diagnostics channel that every decision is published on, when the answer is about to go out. */
export const DECISIONS = channel('fastify-etag-policy:decision')

/** Publishes the decision of a request. Where nobody listens it is not even made. */
export function announce (precondition: RequestPrecondition): void {
  if (DECISIONS.hasSubscribers) DECISIONS.publish(precondition.decision)
}
