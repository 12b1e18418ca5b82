import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import etagPlugin, { type EtagRouteOptions, type Precondition } from '../lib/index.js'

export interface State { version: number | null }

/** A route whose handler is given its precondition, and the states that load finds, the last one for ever. */
export async function routeOf (
  handler: (precondition: Precondition<State, number>) => Promise<unknown>,
  states: ReadonlyArray<State | null>,
  etag: EtagRouteOptions = {}
): Promise<{ app: FastifyInstance, purposes: string[] }> {
  const app = Fastify()
  const purposes: string[] = []
  await app.register(etagPlugin)
  const load = async (_request: unknown, purpose: string): Promise<State | null> => {
    purposes.push(purpose)
    return states[Math.min(purposes.length, states.length) - 1]!
  }
  app.route({
    method: ['GET', 'PUT', 'DELETE'],
    url: '/',
    config: { etag: { source: 'version', load, ...etag } },
    handler: async request => handler(request.precondition)
  })
  return { app, purposes }
}

export const put = (headers: Record<string, string> = {}): InjectOptions => ({ method: 'PUT', url: '/', headers })
