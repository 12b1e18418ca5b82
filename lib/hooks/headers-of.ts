import type { FastifyReply } from 'fastify'
import { symbolOf } from './symbol-of.js'

type Headers = Readonly<Record<string, unknown>>

let kHeaders: symbol | undefined

/**
 * The header fields that a reply was given, to be read alone. Fastify copies them, and those of the raw response, whenever it is asked
 * for them, so this looks where it has them; where they are not found, it asks.
 */
export function headersOf (reply: FastifyReply): Headers {
  kHeaders ??= symbolOf(reply, 'fastify.reply.headers')
  const headers = kHeaders === undefined ? undefined : (reply as unknown as Readonly<Record<symbol, Headers | undefined>>)[kHeaders]
  // another copy of Fastify has another symbol
  return headers ?? reply.getHeaders()
}
