import type { FastifyReply, FastifyRequest, preSerializationHookHandler } from 'fastify'
import { isRead } from '../preconditions.js'
import { labelAnswer } from './label-answer.js'
import { isServed } from './precondition-of.js'
import { isSuccess } from './settle-late.js'
import type { LabelEarly } from './label-early.js'
import type { Refusal } from '../refusal.js'
import type { Route } from '../route.js'

/**
 * Finds the validators in an object ahead of its serialisation. Gives what is sent in its place where the state was not known
 * before: nothing where it is a 304, the refusal where it is refused; else the object itself.
 */
export type See = (reply: FastifyReply, sent: object) => object | undefined

/** Builds what sees the objects that one route sends. */
export function seeAnswers (route: Route, label: LabelEarly): See {
  return (reply, sent) => {
    if (!isServed(reply) || !isSuccess(reply.statusCode)) return sent
    const { request } = reply
    if (isRead(request.method) && label(reply, sent)) return sent
    let settled: Refusal | 304 | undefined
    try {
      settled = labelAnswer(route, request, reply, sent)
    } catch {
      // what a handler throws is sent as well; an answer of the route is refused for this when it is finished
      return sent
    }
    if (settled === 304) reply.code(304)
    return settled === 304 ? undefined : settled ?? sent
  }
}

/** Builds the hook that shows an answer as its schema tells of it: as the hooks of the scope have made it. */
export function showSerialised (see: See): preSerializationHookHandler<unknown> {
  return function showSerialised (_request: FastifyRequest, reply: FastifyReply, payload, done) {
    const shown = isState(payload) ? see(reply, payload) : payload
    if (shown === payload) done()
    else if (shown === undefined) reply.removeHeader('content-type').send()
    else done(shown as Refusal)
  }
}

/** Is this what Fastify serialises: no text, no stream, no bytes, no Response, and no error? */
export function isState (payload: unknown): payload is object {
  if (typeof payload !== 'object' || payload === null || payload instanceof Error) return false
  const { pipe, getReader, buffer, bodyUsed } = payload as Readonly<Record<string, unknown>>
  return (pipe === undefined && getReader === undefined && buffer === undefined && bodyUsed === undefined) || isSerialised(payload)
}

function isSerialised (payload: object): boolean {
  const { pipe, getReader, buffer } = payload as Readonly<Record<string, unknown>>
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(buffer instanceof ArrayBuffer) &&
    Object.prototype.toString.call(payload) !== '[object Response]'
}
