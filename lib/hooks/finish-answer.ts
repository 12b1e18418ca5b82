import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { FST_ETAG_UNGUARDED } from '../errors.js'
import { concernsRepresentation, isRead } from '../preconditions.js'
import { report } from '../report.js'
import { asksFor, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { announce } from './announce.js'
import { answerProblem } from './answer-problem.js'
import { discardPayload } from './discard-payload.js'
import { isServed, knownPreconditionOf, preconditionOf } from './precondition-of.js'
import { isSuccess, settleLate } from './settle-late.js'
import { takeOff, writeReadHeaders, writeValidators } from './write-validators.js'
import type { Answering } from './answer-problem.js'
import type { RequestPrecondition } from '../request-precondition.js'

/**
 * Builds the hook that writes on an answer what depends on its final status: validators and fields of a success and a
 * 304, or the problem of a refusal.
 */
export function finishAnswer (route: Route, answering: Answering): onSendHookHandler<unknown> {
  return function finishAnswer (request: FastifyRequest, reply: FastifyReply, payload, done) {
    const { method } = request
    if (!asksFor(route, method) || !concernsRepresentation(method)) return done()
    const status = statusOf(reply, payload)
    if (status >= 400 || !isServed(request)) {
      takeOff(reply)
      if (status < 400) return done()
      return finishFailure(request, reply, payload, knownPreconditionOf(request), done)
    }

    const precondition = preconditionOf(request, route)
    const { writing, unheardFailure } = precondition
    if (writing === undefined && unheardFailure === undefined) return finishAcknowledged(request, reply, payload, status, precondition, done)
    // nobody is told that a write is done which is not
    report(route, request, 'unawaited')
    if (writing === undefined) return refuse(unheardFailure!, payload, done)
    writing.then(() => finishAcknowledged(request, reply, payload, status, precondition, done), error => refuse(error, payload, done))
  }

  function finishAcknowledged (
    request: FastifyRequest, reply: FastifyReply, payload: unknown, status: number, precondition: RequestPrecondition, done: Done
  ): void {
    const shows = status === 304 || isSuccess(status)
    if (!shows) takeOff(reply)
    let settled: Error | 304 | undefined
    try {
      if (isSuccess(status)) {
        precondition.labelAnswer(undefined)
        settled = settleLate(precondition, reply)
      }
      settled ??= refuseUnguarded(request, status, precondition)
      if (shows && (settled === undefined || settled === 304)) writeHeaders(request, reply, precondition)
    } catch (error) {
      return refuse(withhold(error), payload, done)
    }
    if (settled !== undefined && settled !== 304) return refuse(settled, payload, done)
    if (isSuccess(status) && settled === undefined) reportUnlabelled(request, reply, precondition)
    announce(precondition)
    if (status === 304 || settled === 304) finishUnmodified(request, reply, payload, done)
    else done()
  }

  function finishFailure (
    request: FastifyRequest, reply: FastifyReply, payload: unknown, precondition: RequestPrecondition | undefined, done: Done
  ): void {
    // an error handler redirects, and Fastify keeps the status that the refusal had given
    if (precondition?.refusal?.statusCode === reply.statusCode && reply.hasHeader('location')) reply.code(FOUND)
    if (precondition?.refusal === undefined || reply.statusCode === FOUND) return done()
    let body: string | undefined
    try {
      body = answerProblem(precondition.refusal, request, reply, payload, answering)
    } catch (error) {
      // what fails here is not the client's doing
      reply.code(500)
      return done(withhold(error))
    }
    announce(precondition)
    done(null, body)
  }

  function writeHeaders (request: FastifyRequest, reply: FastifyReply, precondition: RequestPrecondition): void {
    if (isRead(request.method)) writeReadHeaders(reply, route.headers, precondition.label.shown(precondition.current), request)
    writeValidators(reply, precondition.label.found)
  }

  // The write is done, so this only tells its author.
  function refuseUnguarded (request: FastifyRequest, status: number, precondition: RequestPrecondition): Error | undefined {
    if (route.unguarded === 'off' || UNDONE.has(status) || !precondition.isUnguarded) return undefined
    if (route.unguarded === 'error') return new FST_ETAG_UNGUARDED(`${request.method} ${route.url}`)
    report(route, request, 'unguarded')
    return undefined
  }

  function reportUnlabelled (request: FastifyRequest, reply: FastifyReply, { label }: RequestPrecondition): void {
    const { method } = request
    const silent = method === 'DELETE' || route.source === 'none' || (!isRead(method) && !route.answer) || label.found?.version === null
    if (!silent && !reply.hasHeader('etag')) report(route, request, 'unlabelled')
  }
}

type Done = (error?: Error | null, payload?: unknown) => void

function refuse (error: Error, payload: unknown, done: Done): void {
  discardPayload(payload)
  done(error)
}

// A 304 answers a read; these send the client elsewhere with the same request.
const UNDONE = new Set([304, 307, 308])

const FOUND = 302

const ABOUT_CONTENT = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-range']

// A 304 has no content and nothing about content, whatever a handler or a hook of the scope gave it. Fastify's own hook
// of HEAD routes must still find a body to measure.
function finishUnmodified (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  reply.code(304)
  for (const name of ABOUT_CONTENT) reply.removeHeader(name)
  if (request.method === 'HEAD' || payload === undefined || payload === null) return done()
  discardPayload(payload)
  done(null, null)
}

// Fastify takes over the status of a Response only after the hooks.
function statusOf (reply: FastifyReply, payload: unknown): number {
  return Object.prototype.toString.call(payload) === '[object Response]' ? (payload as Response).status : reply.statusCode
}
