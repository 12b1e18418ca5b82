import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag } from '../lib/index.js'

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 8 }) })
type Params = { Params: { id: string } }

const Document = Type.Object({
  id: Type.String(),
  title: Type.String(),
  version: Type.Integer(),
  updatedAt: Type.String({ format: 'date-time' })
}, { $id: 'Document' })
const DocumentInput = Type.Object({ title: Type.String({ minLength: 1 }) }, { additionalProperties: false })

interface Row { id: string, title: string, version: number, updatedAt: string }

const AT = '2026-01-02T03:04:05.678Z'

function rows (...ids: string[]): Map<string, Row> {
  return new Map(ids.map(id => [id, { id, title: 'first', version: 1, updatedAt: AT }]))
}

/** Where @fastify/swagger is registered: before our plugin, after it, or nowhere. */
export type Place = 'before' | 'after' | 'nowhere'

/** What a document of the application is about, whatever its version. */
export const ABOUT = {
  info: { title: 'Documents', version: '1.0.0', description: 'Documents, pages and lists.', contact: { name: 'Nobody', url: 'https://example.org', email: 'nobody@example.org' } },
  servers: [{ url: 'https://api.example.org' }],
  tags: [{ name: 'documents', description: 'What is written' }]
}

/** A service with every kind of route, whose store is in memory and starts afresh. */
export async function openapiApp (place: Place, options: FastifyDynamicSwaggerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  const document = async (): Promise<void> => { await app.register(swagger, { openapi: { openapi: '3.0.3', ...ABOUT }, ...options }) }
  if (place === 'before') await document()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  if (place === 'after') await document()

  const told = (operationId: string): object => ({ operationId, tags: ['documents'], description: `What ${operationId} does.`, summary: operationId })

  const documents = rows('1', '2')
  const etag = defineEtag({
    source: 'version',
    lastModified: 'updatedAt',
    create: 'never',
    load: (request: FastifyRequest<Params>) => documents.get(request.params.id)
  })
  const config = { etag }
  const write = (stored: Map<string, Row>, request: FastifyRequest<Params & { Body: { title: string } }>, version: number): Promise<Row | null> => {
    const row = stored.get(request.params.id)
    if (row?.version !== version) return Promise.resolve(null)
    const written = { ...row, title: request.body.title, version: version + 1 }
    stored.set(row.id, written)
    return Promise.resolve(written)
  }

  app.get('/documents/:id', { config, schema: { ...told('readDocument'), params: Params, response: { 200: Document } } },
    request => etag.of(request).load())
  app.put('/documents/:id', { config, schema: { ...told('writeDocument'), params: Params, body: DocumentInput, response: { 200: Document } } },
    request => etag.of(request).guard(({ version }) => write(documents, request, version)))
  app.delete('/documents/:id', { config, schema: { ...told('removeDocument'), params: Params, response: { 204: Type.Null({ description: 'It is gone.' }) } } }, async (request, reply) => {
    await etag.of(request).guard(async ({ version }) => documents.get(request.params.id)?.version === version && documents.delete(request.params.id) ? 1 : null)
    return reply.code(204).send(null)
  })

  // the same documents, under settings of the route
  const legacy = { etag: { ...etag, missing: 409 as const, checkEtagParam: true } }
  app.put<Params & { Body: { title: string } }>('/legacy/:id', {
    config: legacy,
    schema: {
      ...told('writeLegacy'),
      params: Params,
      querystring: Type.Object({ dry: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
      headers: Type.Object({ 'x-tenant': Type.Optional(Type.String({ maxLength: 4 })), 'if-match': Type.Optional(Type.String({ description: 'Mine' })) }),
      body: DocumentInput,
      response: { '2xx': Document, '4xx': Type.Object({ statusCode: Type.Integer(), message: Type.String() }, { description: 'Refused' }) }
    }
  }, request => etag.of(request).guard(({ version }) => write(documents, request, version)))

  const pages = rows('1')
  const page = defineEtag({ source: 'version', load: (request: FastifyRequest<Params>) => pages.get(request.params.id) })
  app.put('/pages/:id', { config: { etag: page }, schema: { ...told('writePage'), params: Params, body: DocumentInput, response: { 200: Document } } },
    request => page.of(request).guard(({ version }) => write(pages, request, version), {
      create: async () => {
        const row = { id: request.params.id, title: request.body.title, version: 1, updatedAt: AT }
        pages.set(row.id, row)
        return row
      }
    }))

  const byState = defineEtag({
    source: 'version',
    create: 'never',
    checkEtagParam: true,
    policy: (_request: FastifyRequest, state: Row) => state.title === 'locked' ? 'REQUIRED' : 'OPTIONAL',
    load: (request: FastifyRequest<Params>) => documents.get(request.params.id)
  })
  app.patch('/by-state/:id', { config: { etag: byState }, schema: { ...told('patchByState'), params: Params, body: DocumentInput, response: { 200: Document } } },
    request => byState.of(request).guard(({ version }) => write(documents, request, version)))

  const list = defineEtag({
    source: { members: 'version' },
    create: 'never',
    load: () => [{ id: 'a', version: 1 }, { id: 'b', version: 2 }]
  })
  const List = Type.Array(Type.Object({ id: Type.String(), version: Type.Integer() }))
  app.get('/list', { config: { etag: list }, schema: { ...told('readList'), response: { 200: List } } }, request => list.of(request).load())
  app.put('/list', { config: { etag: list }, schema: { ...told('writeList'), body: List, response: { 200: List } } },
    request => list.of(request).guard(({ current }) => Promise.resolve(current.map(one => ({ ...one, version: one.version + 1 })))))

  app.patch('/bulk', { config: { etag: { bulk: { waive: 'appends only' } } }, schema: { ...told('writeBulk'), body: Type.Array(DocumentInput), response: { 204: Type.Null({ description: 'All are written.' }) } } },
    async (_request, reply) => reply.code(204).send(null))

  const weak = defineEtag({ source: 'version', weak: true, load: () => ({ id: 'w', version: 3 }) })
  app.get('/weak', { config: { etag: weak }, schema: { ...told('readWeak'), response: { 200: Type.Object({ id: Type.String() }) } } }, request => weak.of(request).load())

  const dated = defineEtag({ lastModified: 'updatedAt', load: () => ({ updatedAt: AT }) })
  app.register(async scope => {
    scope.get('/dated', { config: { etag: dated }, schema: { ...told('readDated'), response: { 200: Type.Object({ updatedAt: Type.String() }) } } }, request => dated.of(request).load())
  })

  app.get<Params>('/untold/:id', { config }, request => etag.of(request).load())
  app.post<{ Body: { title: string } }>('/documents', { config: { etag: { source: 'version' } }, schema: { ...told('makeDocument'), body: DocumentInput, response: { 201: Document } } },
    async (request, reply) => reply.code(201).send({ id: '9', title: request.body.title, version: 1, updatedAt: AT }))
  app.get('/hidden', { config, schema: { hide: true } }, async () => ({ version: 1 }))
  app.get('/plain', { schema: { ...told('readPlain'), response: { 200: Type.Object({ ok: Type.Boolean() }, { description: 'Always.' }) } } }, async () => ({ ok: true }))
  await app.ready()
  return app
}
