import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { formatEntityTag } from '../entity-tag.js'
import { formatHttpDate } from '../http-date.js'
import { problemOfRefusal, type Refusal } from '../refusal.js'
import { PROBLEM_JSON } from '../problem.js'
import { isSuccess } from './label-answer.js'
import { knownPreconditionOf, preconditionOf } from './precondition-of.js'
import type { Validators } from '../preconditions.js'
import type { Route } from '../route.js'

/** The statuses whose answers carry the tag of the current state besides those of a success. */
const TAGGED_REFUSALS = new Set([409, 412, 428])

/**
 * Builds the hook that writes the validators on an answer once its final status is known, and the problem of a
 * refusal where nobody answered it otherwise. `declares` tells for which statuses the route has a response schema.
 */
export function finishAnswer (route: Route, declares: (status: number) => boolean): onSendHookHandler<unknown> {
  return function finishAnswer (request: FastifyRequest, reply: FastifyReply, payload, done) {
    const status = reply.statusCode
    if (status === 304 || isSuccess(status)) {
      const precondition = preconditionOf(request, route)
      if (status !== 304) precondition.labelAnswer(undefined)
      writeValidators(reply, precondition.label)
      return done()
    }

    const refusal = knownPreconditionOf(request)?.refusal
    if (refusal === undefined) return done()
    if (refusal.currentEtag !== undefined && TAGGED_REFUSALS.has(status)) reply.header('etag', refusal.currentEtag)
    if (status !== refusal.statusCode || declares(status) || payload !== defaultBody(refusal)) return done()

    const body = JSON.stringify(problemOfRefusal(refusal))
    reply.header('content-type', PROBLEM_JSON)
    reply.header('content-length', String(Buffer.byteLength(body)))
    done(null, body)
  }
}

// What the handler set itself is kept. A cache that knows the date and no rule would guess how long the answer is
// fresh (RFC 9111, 4.2.2).
function writeValidators (reply: FastifyReply, label: Validators | undefined): void {
  const { etag, lastModified } = label ?? {}
  if (etag !== undefined && !reply.hasHeader('etag')) reply.header('etag', formatEntityTag(etag))
  if (lastModified === undefined) return
  if (!reply.hasHeader('last-modified')) reply.header('last-modified', formatHttpDate(lastModified))
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-cache')
}

// What Fastify itself writes for an error that no error handler answered, member by member in its order.
function defaultBody ({ statusCode, code, message, decision }: Refusal): string {
  return JSON.stringify({ statusCode, code, error: STATUS_CODES[decision.status!], message })
}
