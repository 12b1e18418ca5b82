import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasFailed, noteServed } from './precondition-of.js'

/**
 * Notes, as the last preHandler of a route that decides in onRequest, that its handler is reached: what a hook before it
 * answers shows no state of the route.
 */
export function noteReached (request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (hasFailed(request)) return
  noteServed(request)
  done()
}
