import type { FastifyInstance } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { shown, type DocumentDefinition } from './document-definition.js'
import { CollectionName, DocumentName } from './names.js'
import { Content, contentOf, newTag, type Written } from './resource.js'
import { put, UpdateMode, WriteMode } from './write-mode.js'
import type { Documents } from './documents.js'

/** `/:db/:coll/:doc`, a document, or what is known of a file. */
export function addDocuments (instance: FastifyInstance, document: DocumentDefinition, documents: Documents): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const config = { etag: document }
  // what a POST makes has a tag, but there is none before it
  const made = { etag: { source: ({ etag }: Written) => etag } }

  app.post('/:db/:coll', { config: made, schema: { params: CollectionName, body: Content } }, async (request, reply) => {
    const { db, coll } = request.params
    const row = await documents.insert({ db, coll, doc: newTag() }, contentOf(request.body))
    return reply.code(201).header('location', `/${db}/${coll}/${row._id}`).validators(row).send()
  })

  app.get('/:db/:coll/:doc', { config, schema: { params: DocumentName } }, async request =>
    shown(document, await document.of(request).load()))

  app.put('/:db/:coll/:doc', { config, schema: { params: DocumentName, querystring: WriteMode, body: Content } }, async (request, reply) => {
    const content = contentOf(request.body)
    const status = await put(document.of(request), request.query.wm, {
      insert: () => documents.insert(request.params, content),
      replace: version => documents.replace(request.params, content, version)
    })
    return reply.code(status).send()
  })

  app.patch('/:db/:coll/:doc', { config, schema: { params: DocumentName, querystring: UpdateMode, body: Content } }, async (request, reply) => {
    await document.of(request).guard(({ version }) => documents.merge(request.params, contentOf(request.body), version))
    return reply.send()
  })

  app.delete('/:db/:coll/:doc', { config, schema: { params: DocumentName } }, async (request, reply) => {
    await document.of(request).guard(({ version }) => documents.remove(request.params, version))
    return reply.code(204).send()
  })
}
