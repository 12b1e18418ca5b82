import type { FastifyReply, FastifyRequest } from 'fastify'
import { parseEntityTag } from '../entity-tag.js'
import { parseHttpDate } from '../http-date.js'
import type { Refusal } from '../refusal.js'
import type { RequestPrecondition } from '../request-precondition.js'

/**
 * Takes off what is decided before the handler runs: the Range that must not be honoured, or the If-Range that holds, so
 * that whoever sends the parts need not compare it with tags of its own.
 */
export function settleRange ({ raw }: FastifyRequest, precondition: RequestPrecondition): void {
  const mayUseRange = precondition.settleRange()
  if (mayUseRange !== undefined) Reflect.deleteProperty(raw.headers, mayUseRange ? 'if-range' : 'range')
}

/** Refuses a part that a handler sends though If-Range does not name the state that its answer shows. */
export function refuseRange (precondition: RequestPrecondition, reply: FastifyReply): Refusal | undefined {
  if (reply.statusCode !== PARTIAL) return undefined
  const { found } = precondition.label
  const [etag, date] = [reply.getHeader('etag'), reply.getHeader('last-modified')]
  return precondition.refuseRange({
    etag: typeof etag === 'string' ? parseEntityTag(etag) : precondition.tagOn(PARTIAL, undefined).etag,
    lastModified: typeof date === 'string' ? parseHttpDate(date, Math.floor(Date.now() / 1000)) : found?.lastModified
  })
}

const PARTIAL = 206
