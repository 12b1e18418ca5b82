import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { defineEtag } from 'fastify-etag-policy'
import { DatabaseName } from './names.js'
import { Content, contentOf, type Resource } from './resource.js'
import { put, UpdateMode, WriteMode } from './write-mode.js'
import type { Databases } from './databases.js'

/** `/:db`: what is written are the metadata, which `/:db/_meta` shows. */
export function addDatabases (instance: FastifyInstance, databases: Databases): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>()
  const database = defineEtag({
    kind: 'db',
    // a function, since the metadata that are sent may have any member
    source: (row: Resource) => row.etag,
    policy: (_request, { policies }) => policies,
    load: (request: FastifyRequest<{ Params: DatabaseName }>) => databases.find(request.params)
  })
  const config = { etag: database }

  app.get('/:db/_meta', { config, schema: { params: DatabaseName } }, async request => {
    const row = await database.of(request).load()
    return { ...row.content, _id: row._id, _etag: database.tag(row) }
  })

  app.put('/:db', { config, schema: { params: DatabaseName, querystring: WriteMode, body: Content } }, async (request, reply) => {
    const content = contentOf(request.body)
    const status = await put(database.of(request), request.query.wm, {
      insert: () => databases.insert(request.params, content),
      replace: version => databases.replace(request.params, content, version)
    })
    return reply.code(status).send()
  })

  app.patch('/:db', { config, schema: { params: DatabaseName, querystring: UpdateMode, body: Content } }, async (request, reply) => {
    await database.of(request).guard(({ version }) => databases.merge(request.params, contentOf(request.body), version))
    return reply.send()
  })

  app.delete('/:db', { config, schema: { params: DatabaseName } }, async (request, reply) => {
    await database.of(request).guard(({ version }) => databases.remove(request.params, version))
    return reply.code(204).send()
  })
}
