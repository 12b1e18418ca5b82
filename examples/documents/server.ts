import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Type, type Static, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag } from 'fastify-etag-policy'
import { Document, DocumentInput, type Documents } from './documents.js'
import { Page, PageInput, type Pages } from './pages.js'

// as many digits as a bigint of PostgreSQL surely holds
const Params = Type.Object({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) })
type Params = Static<typeof Params>
const Name = Type.Object({ name: Type.String({ pattern: '^[a-z0-9-]{1,60}$' }) })
type Name = Static<typeof Name>

/** The service over a store of documents and one of pages. Its OpenAPI document is shown at `/documentation`. */
export async function buildServer (documents: Documents, pages: Pages, openapi: '3.0.3' | '3.1.0' = '3.1.0'): Promise<FastifyInstance> {
  const app = Fastify({ logger: { level: 'warn' } })
  await app.register(swagger, { openapi: { openapi, info: { title: 'Documents', version: '1.0.0' } } })
  await app.register(swaggerUi, { routePrefix: '/documentation' })
  await app.register(etagPlugin)
  addDocuments(app, documents)
  addPages(app, pages)
  return app
}

/** Documents get their id from the service, so a PUT changes what is there or is 404. */
function addDocuments (instance: FastifyInstance, documents: Documents): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()

  const document = defineEtag({
    schema: Document,
    create: 'never',
    load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id)
  })
  const one = { config: { etag: document } }

  app.get('/documents', { schema: { response: { 200: Type.Array(Document) } } },
    () => documents.list())

  app.post('/documents', { schema: { body: DocumentInput, response: { 201: Document } } }, async (request, reply) => {
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
}

/** Pages get their name from the client, so a PUT may make one: without a field, or with `If-None-Match: *`. */
function addPages (instance: FastifyInstance, pages: Pages): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const page = defineEtag({
    schema: Page,
    load: (request: FastifyRequest<{ Params: Name }>) => pages.find(request.params.name)
  })
  const one = { config: { etag: page } }

  app.get('/pages/:name', { ...one, schema: { params: Name, response: { 200: Page } } },
    (request) => page.of(request).load())

  app.put('/pages/:name', { ...one, schema: { params: Name, body: PageInput, response: { 200: Page, 201: Page } } }, async (request, reply) => {
    const { name } = request.params
    const { text } = request.body
    let status: 200 | 201 = 201
    const row = await page.of(request).guard(({ version }) => {
      status = 200
      return pages.update(name, text, version)
    }, { create: () => pages.insert(name, text) })
    return reply.code(status).send(row)
  })

  app.delete('/pages/:name', { ...one, schema: { params: Name } }, async (request, reply) => {
    await page.of(request).guard(({ version }) => pages.remove(request.params.name, version))
    return reply.code(204).send()
  })
}
