import type { FastifyReply, FastifyRequest } from 'fastify'
import { FST_ETAG_UNGUARDED } from '../errors.js'
import { concernsRepresentation, isRead } from '../preconditions.js'
import { report } from '../report.js'
import { asksFor, type Route } from '../route.js'
import { withhold } from '../withheld-error.js'
import { dropAboutContent } from './about-content.js'
import { announce } from './announce.js'
import { bodyOf, codingOf, WITHOUT_BODY } from './answer-body.js'
import { discardPayload } from './discard-payload.js'
import { isServed, preconditionOf } from './precondition-of.js'
import { isSuccess, settleLate } from './settle-late.js'
import { refuseRange } from './settle-range.js'
import { addVary, takeOff, writeReadHeaders, writeValidators } from './write-validators.js'
import type { RequestPrecondition } from '../request-precondition.js'
import type { AnswerFacts } from './answer-facts.js'
import type { AnswerHook } from './answer.js'

/**
 * Builds the hook that writes on an answer what depends on its final status and on its content coding: validators and
 * fields of a success and a 304.
 */
export function finishAnswer (route: Route, facts: Pick<AnswerFacts, 'isCompressed' | 'isDirect' | 'isMeasured'>): AnswerHook {
  return function finishAnswer (request: FastifyRequest, reply: FastifyReply, payload, done) {
    const { method } = request
    const status = reply.statusCode
    if (status >= 400 || !isServed(reply) || !asksFor(route, method) || !concernsRepresentation(method)) return done()

    const precondition = preconditionOf(request, route)
    const { writing, unheardFailure } = precondition
    if (writing === undefined && unheardFailure === undefined) return finishAcknowledged(request, reply, payload, status, precondition, done)
    // nobody is told that a write is done which is not
    report(route, request, 'unawaited')
    if (writing === undefined) return refuse(unheardFailure!, reply, payload, done)
    writing.then(
      () => isAnswered(reply) ? discardPayload(payload) : finishAcknowledged(request, reply, payload, status, precondition, done),
      error => isAnswered(reply) ? discardPayload(payload) : refuse(error, reply, payload, done))
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
        if (isNamedByBody(route, request.method, status)) precondition.labelBody(bodyOf(reply, payload))
        settled = settleLate(precondition, reply) ?? refuseRange(precondition, reply)
      }
      settled ??= refuseUnguarded(request, status, precondition)
      if (shows && (settled === undefined || settled === 304)) writeHeaders(request, reply, settled ?? status, precondition)
    } catch (error) {
      return refuse(withhold(error), reply, payload, done)
    }
    if (settled !== undefined && settled !== 304) return refuse(settled, reply, payload, done)
    if (isSuccess(status) && settled === undefined) reportUnlabelled(request, reply, precondition)
    // what is finished as it is sent is told of when that is done
    if (!facts.isDirect) announce(precondition)
    if (status === 304 || settled === 304) finishUnmodified(reply, payload, done)
    else done()
  }

  function writeHeaders (request: FastifyRequest, reply: FastifyReply, status: number, precondition: RequestPrecondition): void {
    const { label } = precondition
    if (isRead(request.method)) writeReadHeaders(reply, route.headers, label.shown(precondition.known), request)
    const { etag, isCoded } = precondition.tagOn(status, codingOf(reply))
    writeValidators(reply, { etag, lastModified: label.found?.lastModified })
    if (isCoded || facts.isCompressed) addVary(reply, 'Accept-Encoding')
    if (route.apiVersion !== undefined) addVary(reply, 'Accept-Version')
  }

  // The write is done, so this only tells its author.
  function refuseUnguarded (request: FastifyRequest, status: number, precondition: RequestPrecondition): Error | undefined {
    if (isRead(request.method) || route.unguarded === 'off' || UNDONE.has(status) || !precondition.isUnguarded) return undefined
    if (route.unguarded === 'error') return new FST_ETAG_UNGUARDED(`${request.method} ${route.url}`)
    report(route, request, 'unguarded')
    return undefined
  }

  function reportUnlabelled (request: FastifyRequest, reply: FastifyReply, { label }: RequestPrecondition): void {
    if (reply.hasHeader('etag')) return
    const { method } = request
    const silent = method === 'DELETE' || route.source === 'none' || route.source === 'digest' || (!isRead(method) && !route.answer) || label.found?.version === null
    if (!silent) report(route, request, 'unlabelled')
  }

  // A 304 has no content and nothing about content, whatever a handler or a hook of the scope gave it.
  function finishUnmodified (reply: FastifyReply, payload: unknown, done: Done): void {
    reply.code(304)
    dropAboutContent(reply)
    if (facts.isMeasured || payload === undefined || payload === null) return done()
    discardPayload(payload)
    done(null, null)
  }
}

// The handler itself may have answered meanwhile, and what comes twice Fastify takes for a failure that it has no answer to.
function isAnswered (reply: FastifyReply): boolean {
  return reply.sent || reply.raw.headersSent
}

type Done = (error?: Error | null, payload?: unknown) => void

// The answer has another body now, and what was said of this one, how it was coded among others, is not true of that.
function refuse (error: Error, reply: FastifyReply, payload: unknown, done: Done): void {
  dropAboutContent(reply)
  discardPayload(payload)
  done(error)
}

// These send the client elsewhere with the same request.
const UNDONE = new Set([307, 308])

function isNamedByBody ({ digest }: Route, method: string, status: number): boolean {
  return digest !== undefined && isRead(method) && !WITHOUT_BODY.has(status)
}
