import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Type, type Static, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag } from 'fastify-etag-policy'
import { Document, DocumentInput, type Documents } from './documents.js'

// as many digits as a bigint of PostgreSQL surely holds
const Params = Type.Object({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) })
type Params = Static<typeof Params>

/** The service over a store of documents. */
export async function buildServer (documents: Documents): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'warn' } }).withTypeProvider<TypeBoxTypeProvider>()
  await app.register(etagPlugin, { policy: 'REQUIRED' })

  const document = defineEtag({
    source: 'version',
    lastModified: 'updatedAt',
    create: 'never',
    load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id)
  })
  const one = { config: { etag: document } }
  // what a POST makes has a version, but there is none before it
  const made = { config: { etag: { source: 'version', lastModified: 'updatedAt' } } }

  app.get('/documents', { schema: { response: { 200: Type.Array(Document) } } },
    () => documents.list())

  app.post('/documents', { ...made, schema: { body: DocumentInput, response: { 201: Document } } }, async (request, reply) => {
    const row = await documents.insert(request.body)
    return reply.code(201).header('location', `/documents/${row.id}`).send(row)
  })

  app.get('/documents/:id', { ...one, schema: { params: Params, response: { 200: Document } } },
    (request) => document.of(request).load())

  app.put('/documents/:id', { ...one, schema: { params: Params, body: DocumentInput, response: { 200: Document } } },
    (request) => document.of(request).guard(({ version }) =>
      documents.replace(request.params.id, request.body, version)))

  app.patch('/documents/:id', { ...one, schema: { params: Params, body: Type.Partial(DocumentInput), response: { 200: Document } } },
    (request) => document.of(request).guard(({ version }) =>
      documents.update(request.params.id, request.body, version)))

  app.delete('/documents/:id', { ...one, schema: { params: Params } }, async (request, reply) => {
    await document.of(request).guard(({ version }) => documents.remove(request.params.id, version))
    return reply.code(204).send()
  })

  return app
}
