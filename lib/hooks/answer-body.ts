import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Body } from '../sources/digest.js'

// the bodies of answers as they were before somebody coded them
const bodies = new WeakMap<FastifyReply, Body>()

/** Notes a body that is not coded yet, ahead of a hook that may code it. */
export function noteBody (_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: () => void): void {
  if (codingOf(reply) === undefined) {
    bodies.delete(reply)
    if (isBody(payload)) bodies.set(reply, payload)
  }
  done()
}

/** The body that an answer is named by, ahead of any content coding; `undefined` for a stream, which nobody reads for that. */
export function bodyOf (reply: FastifyReply, payload: unknown): Body | undefined {
  const noted = codingOf(reply) === undefined ? undefined : bodies.get(reply)
  return noted ?? (isBody(payload) ? payload : undefined)
}

/** The content coding of an answer; `undefined` where it has none. */
export function codingOf (reply: FastifyReply): string | undefined {
  const coding = String(reply.getHeader('content-encoding') ?? '').toLowerCase().replaceAll(/\s/g, '')
  return coding === '' || coding === 'identity' ? undefined : coding
}

function isBody (payload: unknown): payload is Body {
  return typeof payload === 'string' || payload instanceof Uint8Array
}
