// One server of a small document that takes long fields, with the plugin or without, in a process of its own: tells its
// port, and its CPU time in microseconds whenever it is asked.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'
import { VERSION } from './long-fields.mjs'

const isBare = process.argv[2] === 'bare'
const document = { id: 7, title: 'A document', version: VERSION }
const app = Fastify({ exposeHeadRoutes: false, http: { maxHeaderSize: 128 * 1024 } })
if (!isBare) await app.register(etagPlugin, { source: 'version' })
app.get('/', isBare ? {} : { config: { etag: { load: () => document } } }, async () => document)
await app.listen({ port: 0, host: '127.0.0.1' })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send(user + system)
})
process.on('disconnect', () => process.exit())
process.send(app.server.address().port)
