import type { FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { documentsTable, DOCUMENTS_TRUTH } from '../documents-table.js'
import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'

type Row = Body & { xmin: string }

/** The transaction that wrote the row, which PostgreSQL keeps by itself. */
export const xmin: Variant = {
  tables: documents => documentsTable(documents),
  truth: DOCUMENTS_TRUTH,

  addRoutes (app, pool) {
    const document = defineEtag({
      source: 'xmin',
      create: 'never',
      load: (request: FastifyRequest<{ Params: Params }>) =>
        oneRow<Row>(pool, 'SELECT entries, count, xmin::text FROM documents WHERE id = $1', [request.params.id])
    })
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request => {
      const { entries, count } = request.body
      return document.of(request).guard(({ version }) => oneRow<Row>(pool, `
        UPDATE documents SET entries = $3, count = $4
        WHERE id = $1 AND xmin::text = $2
        RETURNING entries, count, xmin::text`, [request.params.id, version, entries, count]))
    })
  }
}
