// Who takes long fields? Servers of a small document, with the plugin and without.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'
import { VERSION } from './long-fields.mjs'

const document = { id: 7, title: 'A document', version: VERSION }

async function start (options, register) {
  const app = Fastify({ exposeHeadRoutes: false, http: { maxHeaderSize: 128 * 1024 } })
  await register?.(app)
  app.get('/', options, async () => document)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server.address().port
}

export const SERVERS = {
  bare: { start: () => start({}) },
  plugin: { start: () => start({ config: { etag: { load: () => document } } }, app => app.register(etagPlugin, { source: 'version' })) }
}
