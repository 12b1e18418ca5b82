import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { defineEtag } from 'fastify-etag-policy'
import { shown, type DocumentDefinition } from './document-definition.js'
import { CollectionName, Member, Page } from './names.js'
import { contentOf } from './resource.js'
import type { Document, Documents } from './documents.js'

/** `/:db/:coll` and `/:db/:coll/*`: the documents of a collection, which are read and written under one tag. */
export function addLists (instance: FastifyInstance, document: DocumentDefinition, documents: Documents): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const list = defineEtag({
    kind: 'doc',
    bulk: true,
    source: { members: (row: Document) => row.etag, id: '_id' },
    // all of them are in one collection
    policy: (_request, [first]) => first?.policies,
    load: (request: FastifyRequest<{ Params: CollectionName, Querystring: Page, Body: Member[] }>) => request.method === 'PATCH'
      ? documents.among(request.params, request.body.map(({ _id }) => _id))
      : documents.list(request.params, request.query)
  })
  const config = { etag: list }

  app.get('/:db/:coll', { config, schema: { params: CollectionName, querystring: Page } }, async request => {
    const rows = await list.of(request).load()
    return rows.map(row => shown(document, row))
  })

  const all = '/:db/:coll/:all(^\\*$)'
  // its path is that of a document, told apart by a pattern, which OpenAPI does not know
  app.patch(all, { config, schema: { hide: true, params: CollectionName, body: Type.Array(Member, { maxItems: 1000 }) } }, async request => {
    const changes = request.body.map(member => ({ _id: member._id, content: contentOf(member) }))
    const rows = await list.of(request).guard(({ version }) => documents.mergeAll(request.params, changes, version))
    return rows.map(row => shown(document, row))
  })
}
