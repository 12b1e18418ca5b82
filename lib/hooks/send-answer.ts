import type { FastifyReply } from 'fastify'
import { dropAboutContent } from './about-content.js'
import { announce } from './announce.js'
import { isLabelledEarly, takeEarly, type LabelEarly } from './label-early.js'
import type { LabelWritten } from './label-written.js'
import { hasFailed, isServed, noteFinished, noteServed, preconditionOf } from './precondition-of.js'
import { mayCode } from './others-of-scope.js'
import { isState, type See } from './see-answer.js'
import { sendProblem } from './send-problem.js'
import { isSuccess } from './settle-late.js'
import { isResponse } from './unwrap-response.js'
import { takeOff } from './write-validators.js'
import { isRefusal } from '../refusal.js'
import type { Route } from '../route.js'
import type { AnswerHook } from './answer.js'
import type { Answering } from './answer-problem.js'
import type { AnswerFacts } from './answer-facts.js'

type Send = FastifyReply['send']

const kHeld = Symbol('fastify-etag-policy.held')

declare module 'fastify' {
  interface FastifyReply {
    /** The text of the tag that the client of a read holds, where nothing else is asked of it, and it was not compared yet. */
    [kHeld]?: string
  }
}

/** Makes a reply take its way through us when it is given something to send. `held`: what is to be compared with its tag. */
export type TakeSending = (reply: FastifyReply, held?: string) => void

/** How the answers of one route go out. */
export interface Sending {
  readonly see: See
  /** What finishes an answer. */
  readonly answer: AnswerHook
  readonly route: Route
  readonly label: LabelEarly
  /** What labels the answers of a route that has no reads. */
  readonly labelWrite: LabelWritten | undefined
  readonly answering: Answering
  readonly facts: Pick<AnswerFacts, 'isDirect' | 'isUnseen'>
}

/**
 * Sees what a handler sends, as it sends it. A preSerialization hook would see it as well, and an onSend hook would finish it,
 * but each of them costs an answer more than all the rest of the plugin.
 */
export function takeSending ({ route, see, answer, label, labelWrite, answering, facts }: Sending): TakeSending {
  let sends: Send | undefined

  function sendSeen (this: FastifyReply, payload?: unknown): FastifyReply {
    return sends!.call(this, isState(payload) ? see(this, payload) : payload)
  }

  function sendFinished (this: FastifyReply, payload?: unknown): FastifyReply {
    return isState(payload) && !mayCode(this) && label(this, payload) ? sends!.call(this, payload) : finish(this, sends!, payload)
  }

  function sendWritten (this: FastifyReply, payload?: unknown): FastifyReply {
    const isPlain = (payload === undefined || typeof payload === 'string' || isState(payload)) && !hasFailed(this) && !this.sent && !mayCode(this)
    if (!isPlain || !labelWrite!(this, payload)) return sendSeen.call(this, payload)
    noteFinished(this)
    return sends!.call(this, payload)
  }

  function sendCompared (this: FastifyReply, payload?: unknown): FastifyReply {
    if (!isState(payload) || hasFailed(this) || this.sent || mayCode(this) || !label(this, payload, this[kHeld])) {
      preconditionOf(this.request, route)
      return finish(this, sends!, payload)
    }
    dropAboutContent(this)
    return sends!.call(this.code(304))
  }

  function finish (reply: FastifyReply, send: Send, payload: unknown): FastifyReply {
    // what comes twice Fastify only logs
    if (hasFailed(reply) || reply.sent || reply.request.is404) return send.call(reply, payload)
    noteServed(reply)
    let seen = payload
    if (isState(payload)) {
      // what may be coded by the end has its tag by its coding
      if (mayCode(reply)) preconditionOf(reply.request, route)
      seen = see(reply, payload)
      if (seen === payload && isLabelledEarly(reply) && isSuccess(reply.statusCode)) return send.call(reply, payload)
    }
    if (seen instanceof Error) return fail(reply, send, seen)
    answer(reply.request, reply, seen, (error, changed = seen) => {
      if (error) fail(reply, send, error)
      else send.call(reply, reply.statusCode === 304 ? undefined : changed === '' && isResponse(seen) ? emptyResponse(reply) : changed)
      if (reply.statusCode < 400 && isServed(reply)) announce(preconditionOf(reply.request, route))
    })
    return reply
  }

  // An error is told to who hooks errors first, and shows no state, whether or not they all take it.
  function fail (reply: FastifyReply, send: Send, error: Error): FastifyReply {
    takeEarly(reply)
    takeOff(reply)
    if (isRefusal(error)) sendProblem(error, reply, answering)
    return send.call(reply, error)
  }

  return (reply, held) => {
    // what is finished as it is sent is noted when it is
    if (facts.isDirect && reply.send === sends && held === undefined) reply.send = sendFinished as Send
    else takeAny(reply, held)
  }

  function takeAny (reply: FastifyReply, held: string | undefined): void {
    const { send } = reply
    sends ??= (Object.getPrototypeOf(reply) as FastifyReply).send
    if (held !== undefined && send === sends) {
      reply[kHeld] = held
      reply.send = sendCompared as Send
      return
    }
    noteServed(reply)
    if (held !== undefined) preconditionOf(reply.request, route)
    if (send === sends) reply.send = (facts.isDirect ? sendFinished : facts.isUnseen && labelWrite !== undefined ? sendWritten : sendSeen) as Send
    else takeFrom(reply, send)
  }

  // Somebody else sees what is sent, too.
  function takeFrom (reply: FastifyReply, send: Send): void {
    if (facts.isDirect) watchStatus(reply)
    reply.send = function (this: FastifyReply, payload?: unknown) {
      if (facts.isDirect) return finish(this, send, payload)
      return send.call(this, isState(payload) ? see(this, payload) : payload)
    } as Send
  }
}

// Who sees what is sent behind us may make a failure of it, which shows no state.
function watchStatus (reply: FastifyReply): void {
  const { raw } = reply
  const { writeHead } = raw
  raw.writeHead = function (this: typeof raw, ...given: Parameters<typeof writeHead>) {
    const [status] = given
    if (!isSuccess(status) && status !== 304) {
      takeEarly(reply)
      takeOff(reply)
    }
    return writeHead.apply(this, given)
  } as typeof writeHead
}

// Fastify gives text a type, and a Response without a body none. Its fields are on the reply by now.
function emptyResponse (reply: FastifyReply): Response {
  if (reply.request.method === 'HEAD' && reply.statusCode !== 204 && reply.statusCode !== 205) reply.header('content-length', '0')
  return new Response(null, { status: reply.statusCode })
}
