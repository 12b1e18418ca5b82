import type { FastifyReply } from 'fastify'
import { parseEntityTag } from '../entity-tag.js'
import type { Validators } from '../preconditions.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/** Decides about a read whose state nobody could know before its handler answered: by the label of that answer. */
export function settleLate (precondition: RequestPrecondition, reply: FastifyReply): Refusal | 304 | undefined {
  if (!precondition.isUndecided) return undefined
  const { found } = precondition.label
  // the tag that the handler set itself goes out, so it is the one to compare
  const own = reply.getHeader('etag')
  return typeof own === 'string'
    ? precondition.settleAnswer({ lastModified: found?.lastModified, etag: parseEntityTag(own) }, true)
    : precondition.settleAnswer(found ?? UNNAMED, false)
}

const UNNAMED: Validators = {}

/** Is this the status of a success (RFC 9110, 15.3)? */
export function isSuccess (status: number): boolean {
  return status >= 200 && status < 300
}
