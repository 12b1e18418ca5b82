import type { FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { documentsTable, DOCUMENTS_TRUTH } from '../documents-table.js'
import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'

type Row = Body & { updatedAt: string }

const COLUMNS = 'entries, count, updated_at::text AS "updatedAt"'

/** When the row was written, as text with all its microseconds, compared for equality. */
export const timestamp: Variant = {
  tables: documents => documentsTable(documents, 'updated_at timestamptz NOT NULL DEFAULT clock_timestamp()'),
  truth: DOCUMENTS_TRUTH,

  addRoutes (app, pool) {
    const document = defineEtag({
      source: { timestamp: 'updatedAt' },
      create: 'never',
      load: (request: FastifyRequest<{ Params: Params }>) =>
        oneRow<Row>(pool, `SELECT ${COLUMNS} FROM documents WHERE id = $1`, [request.params.id])
    })
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request => {
      const { entries, count } = request.body
      return document.of(request).guard(({ version }) => oneRow<Row>(pool, `
        UPDATE documents SET entries = $3, count = $4, updated_at = clock_timestamp()
        WHERE id = $1 AND updated_at = $2::timestamptz
        RETURNING ${COLUMNS}`, [request.params.id, version, entries, count]))
    })
  }
}
