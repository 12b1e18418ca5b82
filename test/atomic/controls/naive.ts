import { Body, Params, type Variant } from '../variant.js'
import { overwrite, versionedDocument, versionedTables } from './versioned-document.js'

/** Loses updates: If-Match is checked ahead of the handler, and the write compares nothing. */
export const naive: Variant = {
  ...versionedTables,

  addRoutes (app, pool) {
    const document = versionedDocument(pool)
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } },
      request => overwrite(pool, request.params.id, request.body))
  }
}
