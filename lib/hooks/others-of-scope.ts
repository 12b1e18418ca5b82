import type { FastifyInstance, FastifyReply } from 'fastify'
import { symbolOf } from './symbol-of.js'

// Fastify tells nobody which hooks and serialisers there are, so this looks where it keeps them. Where they are not found, there
// may be some: the rest of the plugin is slower then, and no less right.

/** The hooks that come between what a handler sends and what goes out. */
const BETWEEN = ['preSerialization', 'onSend'] as const

/** May a hook or a serialiser of this scope change an answer? */
export function mayChangeAnswers (scope: FastifyInstance): boolean {
  const hooks = kept(scope, 'fastify.hooks') as Readonly<Record<string, unknown>> | null | undefined
  return kept(scope, 'fastify.replySerializerDefault') !== null || BETWEEN.some(stage => {
    const list = hooks?.[stage]
    return !Array.isArray(list) || list.length > 0
  })
}

// A scope has what those have that it is in.
function kept (scope: object, description: string): unknown {
  for (let at = scope; at !== null; at = Object.getPrototypeOf(at)) {
    const key = symbolOf(at, description)
    if (key !== undefined) return (at as Readonly<Record<symbol, unknown>>)[key]
  }
  return undefined
}

let kSerializer: symbol | undefined

/** May a serialiser that was set on this reply code what is sent? */
export function mayCode (reply: FastifyReply): boolean {
  kSerializer ??= symbolOf(reply, 'fastify.reply.serializer')
  return kSerializer === undefined || (reply as unknown as Readonly<Record<symbol, unknown>>)[kSerializer] !== null
}
