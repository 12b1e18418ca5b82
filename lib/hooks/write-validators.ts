import type { FastifyReply, FastifyRequest } from 'fastify'
import { disown } from '../disown.js'
import { formatEntityTag } from '../entity-tag.js'
import { formatHttpDate } from '../http-date.js'
import type { HeaderFields, ReadHeaders } from '../option-schemas.js'
import type { Validators } from '../preconditions.js'

const kWritten = Symbol('fastify-etag-policy.written')

declare module 'fastify' {
  interface FastifyReply {
    /** What we wrote on an answer that has not gone out yet: names and values in turn. */
    [kWritten]?: Array<HeaderFields[string]> | undefined
  }
}

/** Writes the validators of an answer. What the handler set itself is kept. */
export function writeValidators (reply: FastifyReply, { etag, lastModified }: Validators): void {
  if (etag !== undefined) write(reply, 'etag', formatEntityTag(etag))
  if (lastModified === undefined) return
  write(reply, 'last-modified', formatHttpDate(notAhead(lastModified)))
  // a cache that knows the date and no rule would guess how long the answer is fresh (RFC 9111, 4.2.2)
  write(reply, 'cache-control', 'no-cache')
}

/**
 * Takes off again what was written on an answer that failed after all, by a hook behind ours or a stream for instance.
 * What somebody wrote over it since stays.
 */
export function takeOff (reply: FastifyReply): void {
  const written = reply[kWritten]
  if (written === undefined) return
  for (let at = 0; at < written.length; at += 2) {
    const name = written[at] as string
    if (reply.getHeader(name) === written[at + 1]) reply.removeHeader(name)
  }
  reply[kWritten] = undefined
}

function write (reply: FastifyReply, name: string, value: HeaderFields[string]): void {
  if (reply.hasHeader(name)) return
  reply.header(name, value)
  const written = reply[kWritten]
  if (written === undefined) reply[kWritten] = [name, value]
  else written.push(name, value)
}

// A date later than that of the answer itself must not be sent (RFC 9110, 8.8.2.1).
function notAhead (lastModified: number): number {
  return Math.min(lastModified, Math.floor(Date.now() / 1000))
}

/** Writes the fields that a read answers with besides, on a 304 as on the 200 (RFC 9110, 15.4.5). */
export function writeReadHeaders (reply: FastifyReply, declared: ReadHeaders | undefined, state: unknown, request: FastifyRequest): void {
  if (declared === undefined) return
  const fields = typeof declared === 'function' ? fieldsOf(declared, state, request) : declared
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (name.toLowerCase() === 'vary') addVary(reply, String(value))
    else write(reply, name, value)
  }
}

function fieldsOf (declared: (state: unknown, request: unknown) => HeaderFields, state: unknown, request: FastifyRequest): HeaderFields | undefined {
  const fields: unknown = state === undefined || state === null ? undefined : declared(state, request)
  if (fields === undefined || fields === null) return undefined
  disown(fields)
  if (typeof fields !== 'object' || 'then' in fields) throw new TypeError('headers must return an object of fields, and no promise of one')
  return fields as HeaderFields
}

/** Adds to what an answer varies by: several parties say it, and all of them are right (RFC 9110, 12.5.5). */
export function addVary (reply: FastifyReply, value: string): void {
  const present = String(reply.getHeader('vary') ?? '').split(',').map(name => name.trim()).filter(name => name !== '')
  const known = new Set(present.map(name => name.toLowerCase()))
  const added = value.split(',').map(name => name.trim()).filter(name => name !== '' && !known.has(name.toLowerCase()))
  reply.header('vary', [...present, ...added].join(', '))
}
