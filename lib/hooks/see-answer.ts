import type { FastifyReply } from 'fastify'
import { isRead } from '../preconditions.js'
import { labelAnswer } from './label-answer.js'
import { labelEarly } from './label-early.js'
import { isServed, knownPreconditionOf } from './precondition-of.js'
import { isSuccess } from './settle-late.js'
import type { Refusal } from '../refusal.js'
import type { Route } from '../route.js'

/** Makes a reply show what it is sent. */
export type SeeAnswer = (reply: FastifyReply) => void

/**
 * Builds what sees the object that a handler sends, ahead of its serialisation: the validators are found in it, and a 304 takes
 * its place where the state was not known before. A preSerialization hook would see it too, and cost each answer as much as
 * all the rest of the plugin.
 */
export function seeAnswer (route: Route, mayLabelEarly: () => boolean): SeeAnswer {
  // what is named by its body is named when that is known
  const isNamed = (reply: FastifyReply, sent: object): boolean => route.digest === undefined ? labelEarly(route, reply, sent) : !route.isDated

  let sends: FastifyReply['send'] | undefined

  function send (this: FastifyReply, payload?: unknown): FastifyReply {
    return sends!.call(this, shown(this, payload))
  }

  // What is sent in place of this: nothing where it is a 304, the refusal where it is refused.
  function shown (reply: FastifyReply, payload: unknown): unknown {
    if (!isState(payload) || !isServed(reply) || !isSuccess(reply.statusCode)) return payload
    const { request } = reply
    if (mayLabelEarly() && isRead(request.method) && knownPreconditionOf(request) === undefined && isNamed(reply, payload)) return payload
    let settled: Refusal | 304 | undefined
    try {
      settled = labelAnswer(route, request, reply, payload)
    } catch {
      // what a handler throws is sent as well; an answer of the route is refused for this when it is finished
      return payload
    }
    if (settled === 304) reply.code(304)
    return settled === 304 ? undefined : settled ?? payload
  }

  return reply => {
    const given = reply.send
    sends ??= (Object.getPrototypeOf(reply) as FastifyReply).send
    // somebody else may see what is sent, too
    reply.send = (given === sends ? send : function (this: FastifyReply, payload?: unknown) { return given.call(this, shown(this, payload)) }) as typeof given
  }
}

// What Fastify serialises: no text, no stream, no bytes, no Response, and no error.
function isState (payload: unknown): payload is object {
  if (typeof payload !== 'object' || payload === null) return false
  const { pipe, getReader, buffer, bodyUsed, stack } = payload as Readonly<Record<string, unknown>>
  const isUsual = pipe === undefined && getReader === undefined && buffer === undefined && bodyUsed === undefined && stack === undefined
  return isUsual || isSerialised(payload)
}

function isSerialised (payload: object): boolean {
  const { pipe, getReader, buffer } = payload as Readonly<Record<string, unknown>>
  return typeof pipe !== 'function' && typeof getReader !== 'function' && !(buffer instanceof ArrayBuffer) &&
    Object.prototype.toString.call(payload) !== '[object Response]' && !(payload instanceof Error)
}
