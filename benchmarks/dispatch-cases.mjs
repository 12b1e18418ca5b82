// Applications that answer one route, and what they are asked.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'

const schema = {
  response: { 200: { type: 'object', properties: { id: { type: 'string' }, title: { type: 'string' }, text: { type: 'string' }, version: { type: 'integer' } } } }
}
// 200 bytes as JSON
const row = { id: '7', title: 'A document of two hundred bytes', text: 'x'.repeat(120), version: 17 }
const handler = (_request, reply) => { reply.send(row) }

function bare () {
  const app = Fastify({ exposeHeadRoutes: false })
  app.get('/', { schema }, handler)
  return { app }
}

async function beside () {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { schema }, handler)
  return { app }
}

const asking = (etag, request) => async () => {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { schema, config: { etag } }, handler)
  return { app, request }
}

const tagged = { headers: { 'if-none-match': '"17"' }, status: 304 }

export const CASES = {
  bare,
  'bare again': bare,
  'did not ask': beside,
  'asked, load': asking({ load: () => row }),
  'asked, no load': asking({}),
  'asked, weak and dated': asking({ lastModified: () => 0, load: () => row }),
  '304 with load': asking({ load: () => row }, tagged),
  '304 without load': asking({}, tagged),
  'stale tag, load': asking({ load: () => row }, { headers: { 'if-none-match': '"16"' } }),
  'tag set by hand': () => {
    const app = Fastify({ exposeHeadRoutes: false })
    app.get('/', { schema }, (_request, reply) => { reply.header('etag', '"17"').send(row) })
    return { app }
  }
}
