import { STATUS_CODES } from 'node:http'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { tellContent } from './about-content.js'
import { disown } from '../disown.js'
import { formatProblem, PROBLEM_JSON } from '../problem.js'
import { problemOfRefusal, refusedBy, type Refusal } from '../refusal.js'
import type { AnswerFacts } from './answer-facts.js'
import type { Reshape } from '../option-schemas.js'

/** How a route answers its refusals. */
export interface Answering {
  /** Has the route a response schema for this status? */
  readonly declares: (status: number) => boolean
  readonly facts: Pick<AnswerFacts, 'hasDefaultErrorHandler' | 'isUnseen' | 'isDirect'>
  readonly reshape: Reshape | undefined
}

/** For which statuses has a route a response schema? */
export function declaredStatuses ({ schema }: Pick<RouteOptions, 'schema'>): Answering['declares'] {
  const declared = new Set(Object.keys(schema?.response ?? {}).map(key => key.toLowerCase()))
  const answers = new Map<number, boolean>()
  return status => {
    const known = answers.get(status)
    if (known !== undefined) return known
    const isDeclared = declared.has(String(status)) || declared.has(`${String(status)[0]}xx`) || declared.has('default')
    answers.set(status, isDeclared)
    return isDeclared
  }
}

/** The statuses whose answers carry the tag of the current state besides those of a success. */
const TAGGED = new Set([409, 412, 428])

/**
 * Writes the current tag on the answer to a refused request. Returns the problem where nobody answered otherwise, that
 * is where the body is the one that Fastify makes by itself; else `undefined`.
 */
export function answerProblem (
  refusal: Refusal, request: FastifyRequest, reply: FastifyReply, payload: unknown, { declares, facts, reshape }: Answering
): string | undefined {
  const status = reply.statusCode
  const unanswered = payload === defaultBody(refusal)
  // Fastify's own handler has logged the refusal
  if (!unanswered && !facts.hasDefaultErrorHandler) request.log.info({ decision: refusal.decision }, refusal.message)
  const body = !unanswered || declares(status) ? undefined : problemBody(refusal, request, reshape)
  tellCurrentTag(reply, refusal)
  if (body === undefined) return undefined
  tellContent(reply, PROBLEM_JSON, body)
  return body
}

/** The problem of a refusal as text, in the shape that the route gives it. Throws what that throws. */
export function problemBody (refusal: Refusal, request: FastifyRequest, reshape: Reshape | undefined): string {
  if (reshape === undefined) return formatProblem(refusedBy(refusal))
  const shaped = reshape(problemOfRefusal(refusal), request)
  disown(shaped)
  if (typeof shaped !== 'object' || shaped === null || 'then' in shaped) throw new TypeError('problem must return an object, and no promise of one')
  return JSON.stringify(shaped)
}

/**
 * Writes the tag of the current state on a refusal. One that the handler set for an answer that it did not come to is not that.
 */
export function tellCurrentTag (reply: FastifyReply, { currentEtag }: Refusal): void {
  if (!TAGGED.has(reply.statusCode)) return
  if (currentEtag !== undefined) reply.header('etag', currentEtag)
  else if (reply.hasHeader('etag')) reply.removeHeader('etag')
}

// What Fastify itself writes for an error that no error handler answered, member by member in its order.
function defaultBody ({ statusCode, code, message }: Refusal): string {
  return `{"statusCode":${statusCode},"code":"${code}","error":"${STATUS_CODES[statusCode]}","message":${JSON.stringify(message)}}`
}
