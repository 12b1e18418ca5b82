import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Body } from '../sources/digest.js'

const kBody = Symbol('fastify-etag-policy.body')

declare module 'fastify' {
  interface FastifyReply {
    /** The body of an answer as it was before somebody coded it. */
    [kBody]?: Body | undefined
  }
}

/** The statuses of answers without a content of their own, and of a part of one. */
export const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 206])

/** Notes a body that is not coded yet, ahead of a hook that may code it. */
export function noteBody (_request: FastifyRequest, reply: FastifyReply, payload: unknown, done: () => void): void {
  if (codingOf(reply) === undefined) reply[kBody] = isBody(payload) ? payload : undefined
  done()
}

/** The body that an answer is named by, ahead of any content coding; `undefined` for a stream, which nobody reads for that. */
export function bodyOf (reply: FastifyReply, payload: unknown): Body | undefined {
  const noted = codingOf(reply) === undefined ? undefined : reply[kBody]
  return noted ?? (isBody(payload) ? payload : undefined)
}

/** The content coding of an answer; `undefined` where it has none. */
export function codingOf (reply: FastifyReply): string | undefined {
  const field = reply.getHeader('content-encoding')
  if (field === undefined) return undefined
  const coding = String(field).toLowerCase().replaceAll(/\s/g, '')
  return coding === '' || coding === 'identity' ? undefined : coding
}

function isBody (payload: unknown): payload is Body {
  return typeof payload === 'string' || payload instanceof Uint8Array
}
