import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Body } from '../sources/digest.js'

/** A GET, as it was declared. */
export interface DeclaredRead {
  readonly scope: Pick<FastifyInstance, 'serializerCompiler'>
  readonly options: Pick<RouteOptions, 'url' | 'schema' | 'serializerCompiler'>
}

/** What the GET of a url answers with, for a state: known when all routes of the application are. */
export class ReadBody {
  #serialize: ((state: any) => string) | undefined

  /** Takes over how a GET serialises its 200: by its schema, in its scope. */
  follow ({ scope, options: { url, schema, serializerCompiler } }: DeclaredRead): void {
    const { httpStatus, declared } = schemaOfSuccess((schema?.response ?? {}) as Readonly<Record<string, unknown>>)
    const compile = serializerCompiler ?? scope.serializerCompiler
    this.#serialize = declared === undefined || compile === undefined
      ? state => JSON.stringify(state)
      : compile({ schema: declared, method: 'GET', url, httpStatus })
  }

  /** The body that shows a state; text and bytes are one. `undefined` where no GET is followed. */
  readonly of = (state: unknown): Body | undefined => {
    if (typeof state === 'string') return state
    return ArrayBuffer.isView(state) ? Buffer.from(state.buffer, state.byteOffset, state.byteLength) : this.#serialize?.(state)
  }
}

// the schema that Fastify finds for a 200, in its order
function schemaOfSuccess (response: Readonly<Record<string, unknown>>): { readonly httpStatus: string, readonly declared: object | undefined } {
  const keys = Object.keys(response)
  const key = ['200', '2xx', 'default'].map(name => keys.find(key => key.toLowerCase() === name)).find(found => found !== undefined)
  const declared = key === undefined ? undefined : response[key] as object & { readonly content?: Readonly<Record<string, { readonly schema: object }>> }
  return {
    httpStatus: key?.toLowerCase() ?? '200',
    declared: declared?.content === undefined ? declared : (declared.content['application/json'] ?? declared.content['*/*'])?.schema
  }
}
