import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isRefusal } from '../refusal.js'
import { takeEarly } from './label-early.js'
import { noteFailed } from './precondition-of.js'
import { sendProblem } from './send-problem.js'
import { takeOff } from './write-validators.js'
import type { Answering } from './answer-problem.js'

const kHadLocation = Symbol('fastify-etag-policy.had-location')

declare module 'fastify' {
  interface FastifyRequest {
    [kHadLocation]?: boolean
  }
}

/**
 * Builds the hook that notes that a request failed. An error handler may answer with a success all the same, and its body must
 * not carry the tag of the state: a client would keep it, and get 304 for it from then on. One that sets no status answers an
 * error of ours by its own, and does not acknowledge what was not written.
 */
export function noteFailure (answering: Answering) {
  const { facts } = answering
  return function noteFailure (request: FastifyRequest, reply: FastifyReply, error: FastifyError, done: () => void): void {
    noteFailed(reply)
    takeEarly(reply)
    if (facts.isDirect) takeOff(reply)
    request[kHadLocation] = reply.hasHeader('location')
    if (isOurs(error) && reply.statusCode < 400) reply.code(error.statusCode)
    if (isRefusal(error)) sendProblem(error, reply, answering)
    done()
  }
}

/** Was there a Location before an error handler could redirect, for the success that did not come? */
export function hadLocation (request: FastifyRequest): boolean {
  return request[kHadLocation] === true
}

function isOurs (error: FastifyError): error is FastifyError & { readonly statusCode: number } {
  return String(error.code).startsWith('FST_ETAG_') && error.statusCode !== undefined
}
