import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { defineEtag } from 'fastify-etag-policy'
import { CollectionName, DatabaseName, Page } from './names.js'
import { Content, contentOf, type Resource } from './resource.js'
import { put, UpdateMode, WriteMode } from './write-mode.js'
import type { Collections } from './collections.js'

/**
 * `/:db/:coll`, a collection or a bucket: what is written are the metadata, which `/:db/:coll/_meta` shows. `/:db` lists
 * all of its database.
 */
export function addCollections (instance: FastifyInstance, collections: Collections): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const collection = defineEtag({
    kind: 'coll',
    // a function, since the metadata that are sent may have any member
    source: (row: Resource) => row.etag,
    policy: (_request, { policies }) => policies,
    load: (request: FastifyRequest<{ Params: CollectionName }>) => collections.find(request.params)
  })
  const config = { etag: collection }
  const list = defineEtag({
    source: { members: (row: Resource) => row.etag, id: '_id' },
    load: (request: FastifyRequest<{ Params: DatabaseName, Querystring: Page }>) => collections.list(request.params, request.query)
  })
  const shown = (row: Resource): Content => ({ ...row.content, _id: row._id, _etag: collection.tag(row) })

  app.get('/:db', { config: { etag: list }, schema: { params: DatabaseName, querystring: Page } }, async request => {
    const rows = await list.of(request).load()
    return rows.map(shown)
  })

  app.get('/:db/:coll/_meta', { config, schema: { params: CollectionName } }, async request =>
    shown(await collection.of(request).load()))

  app.put('/:db/:coll', { config, schema: { params: CollectionName, querystring: WriteMode, body: Content } }, async (request, reply) => {
    const content = contentOf(request.body)
    const status = await put(collection.of(request), request.query.wm, {
      insert: () => collections.insert(request.params, content),
      replace: version => collections.replace(request.params, content, version)
    })
    return reply.code(status).send()
  })

  app.patch('/:db/:coll', { config, schema: { params: CollectionName, querystring: UpdateMode, body: Content } }, async (request, reply) => {
    await collection.of(request).guard(({ version }) => collections.merge(request.params, contentOf(request.body), version))
    return reply.send()
  })

  app.delete('/:db/:coll', { config, schema: { params: CollectionName } }, async (request, reply) => {
    await collection.of(request).guard(({ version }) => collections.remove(request.params, version))
    return reply.code(204).send()
  })
}
