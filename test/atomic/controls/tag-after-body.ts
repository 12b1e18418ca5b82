import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'
import { find, replace, versionedDocument, versionedTables } from './versioned-document.js'

/** Loses updates although the write compares: the tag of a read may be newer than its body. */
export const tagAfterBody: Variant = {
  ...versionedTables,

  addRoutes (app, pool) {
    const document = versionedDocument(pool)
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } }, async (request, reply) => {
      const row = await find(pool, request.params.id)
      const label = await oneRow<{ version: number }>(pool, 'SELECT version FROM documents WHERE id = $1', [request.params.id])
      return reply.validators(label!).send(row)
    })

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request =>
      document.of(request).guard(({ version }) => replace(pool, request.params.id, request.body, version)))
  }
}
