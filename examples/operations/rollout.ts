import type { FastifyInstance, FastifyRequest } from 'fastify'
import etagPlugin from 'fastify-etag-policy'

/** Turns a policy on for a share of the clients: those that say they are ready, and everybody from a day on. */
export async function rollOut (app: FastifyInstance, from: Date, now: () => Date = () => new Date()): Promise<void> {
  await app.register(etagPlugin, {
    policy: 'REQUIRED',
    enforce: (request: FastifyRequest) => request.headers['x-api-version'] === '2' || now() >= from
  })
}
