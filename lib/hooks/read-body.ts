import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Body } from '../sources/digest.js'

type JsonObject = { readonly [key: string]: unknown }

// schemas are compiled by a reply alone
const replies = new WeakMap<FastifyRequest, FastifyReply>()

/** Notes the reply of a request, ahead of every hook that may ask for the state. */
export function noteReply (request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  replies.set(request, reply)
  done()
}

/** What the GET of a url answers with, for a state: known when all routes of the application are. */
export class ReadBody {
  #serialize: ((state: unknown, reply: FastifyReply) => string) | undefined

  /** Takes the schema by which a GET serialises its 200. */
  follow ({ schema }: Pick<RouteOptions, 'schema'>): void {
    const declared = schemaOfSuccess((schema?.response ?? {}) as Readonly<Record<string, unknown>>)
    this.#serialize = declared === undefined
      ? state => JSON.stringify(state)
      : (state, reply) => reply.serializeInput(state as JsonObject, declared)
  }

  /** The body that shows a state; text and bytes are one. `undefined` where no GET is followed. */
  readonly of = (state: unknown, request: unknown): Body | undefined => {
    if (typeof state === 'string' || state instanceof Uint8Array) return state
    return this.#serialize?.(state, replies.get(request as FastifyRequest)!)
  }
}

// the schema that Fastify finds for a 200, in its order
function schemaOfSuccess (response: Readonly<Record<string, unknown>>): JsonObject | undefined {
  const keys = Object.keys(response)
  const key = ['200', '2xx', 'default'].map(name => keys.find(key => key.toLowerCase() === name)).find(found => found !== undefined)
  const declared = key === undefined ? undefined : response[key] as JsonObject & { readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>> }
  return declared?.content === undefined ? declared : (declared.content['application/json'] ?? declared.content['*/*'])?.schema
}
