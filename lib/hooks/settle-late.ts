import type { FastifyReply } from 'fastify'
import { parseEntityTag } from '../entity-tag.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'
import type { Validators } from '../preconditions.js'

/** Decides about a read whose state nobody could know before its handler answered: by the label of that answer. */
export function settleLate (precondition: RequestPrecondition, reply: FastifyReply): Refusal | 304 | undefined {
  return precondition.isUndecided ? precondition.settleAnswer(withOwnTag(reply, precondition.label.found)) : undefined
}

/** Is this the status of a success (RFC 9110, 15.3)? */
export function isSuccess (status: number): boolean {
  return status >= 200 && status < 300
}

// The tag that the handler set itself goes out, so it is the one to compare.
function withOwnTag (reply: FastifyReply, label: Validators | undefined): Validators {
  const own = reply.getHeader('etag')
  return typeof own === 'string' ? { lastModified: label?.lastModified, etag: parseEntityTag(own) } : { ...label }
}
