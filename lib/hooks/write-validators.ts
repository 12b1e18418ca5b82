import type { FastifyReply, FastifyRequest } from 'fastify'
import { formatEntityTag } from '../entity-tag.js'
import { formatHttpDate } from '../http-date.js'
import type { HeaderFields, ReadHeaders } from '../option-schemas.js'
import type { Validators } from '../preconditions.js'

/** Writes the validators of an answer. What the handler set itself is kept. */
export function writeValidators (reply: FastifyReply, label: Validators | undefined): void {
  const { etag, lastModified } = label ?? {}
  if (etag !== undefined && !reply.hasHeader('etag')) reply.header('etag', formatEntityTag(etag))
  if (lastModified === undefined) return
  if (!reply.hasHeader('last-modified')) reply.header('last-modified', formatHttpDate(notAhead(lastModified)))
  // a cache that knows the date and no rule would guess how long the answer is fresh (RFC 9111, 4.2.2)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache')
}

// A date later than that of the answer itself must not be sent (RFC 9110, 8.8.2.1).
function notAhead (lastModified: number): number {
  return Math.min(lastModified, Math.floor(Date.now() / 1000))
}

/** Writes the fields that a read answers with besides, on a 304 as on the 200 (RFC 9110, 15.4.5). */
export function writeReadHeaders (reply: FastifyReply, declared: ReadHeaders | undefined, state: unknown, request: FastifyRequest): void {
  const fields = typeof declared === 'function' ? fieldsOf(declared, state, request) : declared
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (name.toLowerCase() === 'vary') addVary(reply, String(value))
    else if (!reply.hasHeader(name)) reply.header(name, value)
  }
}

function fieldsOf (declared: (state: unknown, request: unknown) => HeaderFields, state: unknown, request: FastifyRequest): HeaderFields | undefined {
  return state === undefined || state === null ? undefined : declared(state, request)
}

// Several parties say what an answer varies by, and all of them are right (RFC 9110, 12.5.5).
function addVary (reply: FastifyReply, value: string): void {
  const present = String(reply.getHeader('vary') ?? '').split(',').map(name => name.trim()).filter(name => name !== '')
  const known = new Set(present.map(name => name.toLowerCase()))
  const added = value.split(',').map(name => name.trim()).filter(name => name !== '' && !known.has(name.toLowerCase()))
  reply.header('vary', [...present, ...added].join(', '))
}
