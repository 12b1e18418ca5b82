import type { FastifyInstance } from 'fastify'

// by the server, which all scopes of an application share
const waiting = new WeakMap<object, Array<() => void>>()

/**
 * Arranges the hooks of a route when the `onRoute` hooks of all plugins have had their turn, and before Fastify takes the
 * hooks over: some add theirs behind ours.
 */
export function arrangeLater (scope: FastifyInstance, arrange: () => void): void {
  const known = waiting.get(scope.server)
  if (known !== undefined) {
    known.push(arrange)
    return
  }
  waiting.set(scope.server, [arrange])
  scope.after(() => {
    const due = waiting.get(scope.server)!
    waiting.delete(scope.server)
    for (const arrangeOne of due) arrangeOne()
  })
}
