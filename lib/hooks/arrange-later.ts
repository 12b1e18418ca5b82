import type { FastifyInstance } from 'fastify'

/**
 * Arranges the hooks of a route when the `onRoute` hooks of all plugins have had their turn, and before Fastify takes the
 * hooks over: some add theirs behind ours.
 */
export function arrangeLater (scope: FastifyInstance, arrange: () => void): void {
  // a listener that takes no error leaves it to who waits for it
  scope.after(() => { arrange() })
}
