import type { FastifyReply, FastifyRequest } from 'fastify'

const WITHOUT_LENGTH = new Set([204, 304])

/**
 * Takes off the length of the empty body that Fastify's own hook of HEAD routes gives a 304, which may carry no length
 * but that of the 200, and a 204, which may carry none (RFC 9110, 8.6).
 */
export function dropContentLength (_request: FastifyRequest, reply: FastifyReply, _payload: unknown, done: () => void): void {
  if (WITHOUT_LENGTH.has(reply.statusCode)) reply.removeHeader('content-length')
  done()
}
