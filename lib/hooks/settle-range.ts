import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseEntityTag } from '../entity-tag.js'
import { parseHttpDate } from '../http-date.js'
import { isRead } from '../preconditions.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/**
 * Takes off what is decided before the handler of a read runs: the conditions that hold, so that whoever sends the answer,
 * a file for instance, need not compare them with tags of its own; and the Range that must not be honoured.
 */
export function settleRange ({ raw, method }: FastifyRequest, precondition: RequestPrecondition): void {
  if (precondition.settled && isRead(method)) {
    take(raw, 'if-match')
    if (precondition.hasComparedDate) take(raw, 'if-unmodified-since')
  }
  const mayUseRange = precondition.settleRange()
  if (mayUseRange !== undefined) take(raw, mayUseRange ? 'if-range' : 'range')
}

function take ({ headers }: FastifyRequest['raw'], ...names: readonly string[]): void {
  for (const name of names) if (name in headers) Reflect.deleteProperty(headers, name)
}

/** Refuses a part that a handler sends though If-Range does not name the state that its answer shows. */
export function refuseRange (precondition: RequestPrecondition, reply: FastifyReply): Refusal | undefined {
  if (reply.statusCode !== PARTIAL) return undefined
  const [etag, date] = [reply.getHeader('etag'), reply.getHeader('last-modified')]
  return precondition.refuseRange({
    ...(typeof etag === 'string' && { etag: parseEntityTag(etag) }),
    ...(typeof date === 'string' && { lastModified: parseHttpDate(date, Math.floor(Date.now() / 1000)) })
  })
}

const PARTIAL = 206
