import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import etagPlugin, { defineEtag, type EtagPluginOptions, type EtagRouteOptions } from '../lib/index.js'

export interface Row {
  id: string
  title: string
  version: number
  updatedAt: string
}

type Params = { Params: { id: string } }

/** A store of rows in memory whose writes compare the version, and what was asked of it. */
export class Rows {
  readonly byId = new Map<string, Row>()
  reads = 0
  writes = 0

  constructor (...ids: string[]) {
    for (const id of ids) this.byId.set(id, { id, title: 'first', version: 1, updatedAt: '2026-01-02T03:04:05.678901Z' })
  }

  async find (id: string): Promise<Row | null> {
    this.reads++
    return this.byId.get(id) ?? null
  }

  async update (id: string, title: string, version: number): Promise<Row | null> {
    const row = this.byId.get(id)
    if (row?.version !== version) return null
    this.writes++
    const written = { ...row, title, version: version + 1 }
    this.byId.set(id, written)
    return written
  }

  async remove (id: string, version: number): Promise<boolean> {
    if (this.byId.get(id)?.version !== version) return false
    this.writes++
    return this.byId.delete(id)
  }
}

export interface DocumentApp {
  readonly app: FastifyInstance
  readonly rows: Rows
  /** How often a handler has run. */
  readonly runs: () => number
}

/** A service of documents whose handlers count how often they run. */
export async function documentApp (
  options: EtagPluginOptions = { policy: 'REQUIRED' },
  etag: EtagRouteOptions = {},
  prepare: (app: FastifyInstance) => void = () => {},
  server: FastifyServerOptions = {}
): Promise<DocumentApp> {
  const app = Fastify(server)
  const rows = new Rows('7')
  let runs = 0
  await app.register(etagPlugin, options)
  prepare(app)

  const document = defineEtag({
    source: 'version',
    lastModified: 'updatedAt',
    create: 'never',
    load: (request: FastifyRequest<Params>) => rows.find(request.params.id)
  })
  const config = { etag: { ...document, ...etag } }

  app.get<Params>('/documents/:id', { config }, request => {
    runs++
    return document.of(request).load()
  })
  for (const method of ['PUT', 'PATCH']) {
    app.route<Params & { Body: { title: string } }>({
      method,
      url: '/documents/:id',
      config,
      handler: request => {
        runs++
        return document.of(request).guard(({ version }) => rows.update(request.params.id, request.body.title, version))
      }
    })
  }
  app.delete<Params>('/documents/:id', { config }, async (request, reply) => {
    runs++
    await document.of(request).guard(({ version }) => rows.remove(request.params.id, version))
    return reply.code(204).send()
  })
  return { app, rows, runs: () => runs }
}
