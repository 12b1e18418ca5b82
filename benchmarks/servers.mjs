// Who sends a document, and answers 304 to whom has it? Servers of one document at /, each in its own way.

import http from 'node:http'
import { Document, documentOf } from './documents.mjs'

// as Fastify has it, so that no peer closes a connection while others are measured
const KEEP_ALIVE = { keepAliveTimeout: 72_000 }
const LOOPBACK = { port: 0, host: '127.0.0.1' }
const TAG = '"17"'
const schema = { response: { 200: Document } }

const listening = server => new Promise(resolve => server.listen(LOOPBACK, () => resolve(server.address().port)))

/** A Fastify that `declare` adds to. */
async function fastify (declare) {
  const { default: Fastify } = await import('fastify')
  const app = Fastify({ exposeHeadRoutes: false })
  await declare(app)
  await app.listen(LOOPBACK)
  return app.server.address().port
}

// Every handler of a Fastify here has this shape, so that none pays for a promise that another does without.
const bare = (label = () => {}) => size => fastify(app => {
  const document = documentOf(size)
  app.get('/', { schema }, (_request, reply) => {
    label(reply)
    reply.send(document)
  })
})

const ours = etagOf => size => fastify(async app => {
  const { default: etagPlugin } = await import('../dist/index.js')
  const document = documentOf(size)
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { schema, config: { etag: etagOf(document) } }, (_request, reply) => { reply.send(document) })
})

const raw = answer => size => {
  const body = JSON.stringify(documentOf(size))
  return listening(http.createServer(KEEP_ALIVE, (_request, response) => { answer(response, body) }))
}

/** Each with the statuses that it is measured by: 200 to a plain request, 304 to one with the tag of its answer. */
export const SERVERS = {
  'bare Fastify': { statuses: [200], start: bare() },
  'bare Fastify again (noise)': { statuses: [200], start: bare() },
  'bare Fastify, ETag set by hand': { statuses: [200], start: bare(reply => { reply.header('etag', TAG) }) },
  'bare Fastify, 304 by hand': {
    statuses: [200, 304],
    start: size => fastify(app => {
      const document = documentOf(size)
      app.get('/', { schema }, (request, reply) => {
        reply.header('etag', TAG)
        if (request.headers['if-none-match'] === TAG) reply.code(304).send()
        else reply.send(document)
      })
    })
  },
  'this plugin, load': { statuses: [200, 304], start: ours(document => ({ load: () => document })) },
  'this plugin, async load': { statuses: [200, 304], start: ours(document => ({ load: async () => document })) },
  'this plugin, returned object': { statuses: [200, 304], start: ours(() => ({})) },
  'this plugin, list of members': { statuses: [200, 304], start: ours(() => ({ source: { members: 'version', at: 'items' } })) },
  'this plugin, digest sha256': { statuses: [200, 304], start: ours(() => ({ source: { digest: 'sha256' } })) },
  '@fastify/etag, sha1': {
    statuses: [200, 304],
    start: size => fastify(async app => {
      const { default: fastifyEtag } = await import('@fastify/etag')
      const document = documentOf(size)
      await app.register(fastifyEtag, { algorithm: 'sha1' })
      app.get('/', { schema }, (_request, reply) => { reply.send(document) })
    })
  },
  'Express 5': {
    statuses: [200, 304],
    start: async size => {
      const { default: express } = await import('express')
      const document = documentOf(size)
      const app = express()
      app.get('/', (_request, response) => { response.json(document) })
      return listening(http.createServer(KEEP_ALIVE, app))
    }
  },
  'Koa 3, conditional-get, etag': {
    statuses: [200, 304],
    start: async size => {
      const [{ default: Koa }, { default: conditional }, { default: etag }] = await Promise.all([import('koa'), import('koa-conditional-get'), import('@koa/etag')])
      const document = documentOf(size)
      const app = new Koa()
      app.use(conditional())
      app.use(etag())
      app.use(context => { context.body = document })
      return listening(http.createServer(KEEP_ALIVE, app.callback()))
    }
  },
  'Hono, etag': {
    statuses: [200, 304],
    start: async size => {
      const [{ Hono }, { etag }, { getRequestListener }] = await Promise.all([import('hono'), import('hono/etag'), import('@hono/node-server')])
      const document = documentOf(size)
      const app = new Hono()
      app.use(etag())
      app.get('/', context => context.json(document))
      return listening(http.createServer(KEEP_ALIVE, getRequestListener(app.fetch)))
    }
  },
  'raw node:http, ready body': {
    statuses: [200],
    start: raw((response, body) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, etag: TAG })
      response.end(body)
    })
  },
  'raw node:http, 304': {
    statuses: [304],
    start: raw(response => {
      response.writeHead(304, { etag: TAG })
      response.end()
    })
  }
}
