import type { FastifyReply } from 'fastify'
import { fieldValueOf } from '../sources/name-version.js'
import { stateIn } from '../answer-label.js'
import { knownPreconditionOf, noteUnmodified } from './precondition-of.js'
import { isSuccess } from './settle-late.js'
import { takeOff, writeValidators } from './write-validators.js'
import { bodyOf, codingOf, WITHOUT_BODY } from './answer-body.js'
import type { Digest } from '../sources/digest.js'
import type { DescribedState, DescribeState } from '../sources/described-state.js'
import type { Route } from '../route.js'
import type { AnswerFacts } from './answer-facts.js'

const kEarly = Symbol('fastify-etag-policy.early')

declare module 'fastify' {
  interface FastifyReply {
    /** What labels an answer that was labelled when it was sent. */
    [kEarly]?: DescribedState | undefined
  }
}

/**
 * Labels the answer to a read by the object that is sent. Gives whether nothing else has to be known of the request: nothing is
 * asked of it; or no more than by the text of one tag, `held`, where that is the one that labels the answer.
 */
export type LabelEarly = (reply: FastifyReply, sent: object, held?: string) => boolean

/** Builds what labels the answers of one route so. */
export function labelEarly (route: Route, facts: Pick<AnswerFacts, 'hasOnlyValidators'>): LabelEarly {
  // what is named by its body is named when that is known
  if (route.digest !== undefined) return ({ request }) => !route.isDated && facts.hasOnlyValidators && knownPreconditionOf(request) === undefined
  const describe = describeSent(route)

  return (reply, sent, held) => {
    const { request } = reply
    if (!facts.hasOnlyValidators || request.is404 || knownPreconditionOf(request) !== undefined || !isSuccess(reply.statusCode)) return false
    let described: DescribedState
    try {
      described = describe(sent, request)
    } catch {
      return false
    }
    const field = fieldValueOf(described)
    // what the handler set itself goes out, and is compared
    if (field === undefined || (held !== undefined && held !== field) || reply.hasHeader('etag')) return false
    reply[kEarly] = described
    reply.header('etag', field)
    if (described.lastModified !== undefined) writeValidators(reply, { lastModified: described.lastModified })
    if (held !== undefined) noteUnmodified(request, described)
    return true
  }
}

// The state may stand in an envelope, which may be empty.
function describeSent (route: Route): DescribeState {
  const { describeState, annotation } = route
  if (annotation === undefined || annotation.envelope.length === 0) return describeState
  return (sent, request) => {
    const state = stateIn(route, sent)
    return typeof state === 'object' && state !== null ? describeState(state, request) : { version: undefined }
  }
}

/** Labels the answer to a write of this state, or the 304 that is sent in its place. What the handler set itself goes out. */
export function labelEarlyBy (reply: FastifyReply, described: DescribedState): void {
  const { lastModified } = described
  reply[kEarly] = described
  if (!reply.hasHeader('etag')) reply.header('etag', fieldValueOf(described))
  if (lastModified !== undefined) writeValidators(reply, { lastModified })
}

/** The same by the body that is sent, where nothing but a digest of it labels the answers of a route. */
export function labelByBody (digest: Digest, reply: FastifyReply, payload: unknown): boolean {
  const body = WITHOUT_BODY.has(reply.statusCode) || codingOf(reply) !== undefined ? undefined : bodyOf(reply, payload)
  if (body === undefined) return false
  try {
    writeValidators(reply, { etag: digest(body) })
  } catch {
    return false
  }
  return true
}

/** Is the answer labelled like that, and nothing else known of it by now? */
export function isLabelledEarly (reply: FastifyReply): boolean {
  return reply[kEarly] !== undefined
}

/** Takes the label off an answer which became another one: it is coded for instance, or failed. Gives that label. */
export function takeEarly (reply: FastifyReply): DescribedState | undefined {
  const described = reply[kEarly]
  if (described === undefined) return undefined
  reply[kEarly] = undefined
  if (reply.getHeader('etag') === fieldValueOf(described)) reply.removeHeader('etag')
  takeOff(reply)
  return described
}
