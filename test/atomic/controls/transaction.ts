import { inTransaction } from '../in-transaction.js'
import { Body, Params, type Variant } from '../variant.js'
import { find, overwrite, versionedDocument, versionedTables } from './versioned-document.js'

/** Loses updates: READ COMMITTED lets two transactions read the same version before either writes. */
export const transaction: Variant = {
  ...versionedTables,

  addRoutes (app, pool) {
    const document = versionedDocument(pool)
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request =>
      document.of(request).guard(({ version }) => inTransaction(pool, async client => {
        const row = await find(client, request.params.id)
        return row?.version === version ? overwrite(client, request.params.id, request.body) : null
      })))
  }
}
