import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Takes off the length of the empty body that Fastify's own hook of HEAD routes gives a 304: a 304 may carry no length
 * but that of the 200 (RFC 9110, 8.6).
 */
export function dropContentLength (_request: FastifyRequest, reply: FastifyReply, _payload: unknown, done: () => void): void {
  if (reply.statusCode === 304) reply.removeHeader('content-length')
  done()
}
