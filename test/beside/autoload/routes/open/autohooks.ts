import type { FastifyInstance } from 'fastify'
import etagPlugin from '../../../../../lib/index.js'

export default async function open (app: FastifyInstance): Promise<void> {
  await app.register(etagPlugin, { policy: 'OPTIONAL' })
}
