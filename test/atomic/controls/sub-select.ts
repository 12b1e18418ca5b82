import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'
import { versionedDocument, versionedTables, type Row } from './versioned-document.js'

/** Loses updates: a writer who waited for the row looks at the row again, and not at what a sub-select found. */
export const subSelect: Variant = {
  ...versionedTables,

  addRoutes (app, pool) {
    const document = versionedDocument(pool)
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request => {
      const { entries, count } = request.body
      return document.of(request).guard(({ version }) => oneRow<Row>(pool, `
        UPDATE documents SET entries = $3, count = $4, version = version + 1
        WHERE id = $1 AND EXISTS (SELECT FROM documents WHERE id = $1 AND version = $2)
        RETURNING entries, count, version`, [request.params.id, version, entries, count]))
    })
  }
}
