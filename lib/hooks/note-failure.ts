import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { noteFailed } from './precondition-of.js'

/**
 * Notes that the request failed. An error handler may answer with a success all the same, and its body must not carry the
 * tag of the state: a client would keep it, and get 304 for it from then on.
 */
export function noteFailure (request: FastifyRequest, _reply: FastifyReply, _error: FastifyError, done: () => void): void {
  noteFailed(request)
  done()
}
