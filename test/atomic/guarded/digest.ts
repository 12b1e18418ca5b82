import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { documentsTable, DOCUMENTS_TRUTH } from '../documents-table.js'
import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'

/** A hash of what is shown. It cannot be compared in SQL, so the write compares what was hashed. */
export const digest: Variant = {
  tables: documents => documentsTable(documents),
  truth: DOCUMENTS_TRUTH,

  addRoutes (app, pool) {
    const document = defineEtag({
      source: ({ entries, count }) => createHash('sha256').update(JSON.stringify([entries, count])).digest('base64url'),
      create: 'never',
      load: (request: FastifyRequest<{ Params: Params }>) =>
        oneRow<Body>(pool, 'SELECT entries, count FROM documents WHERE id = $1', [request.params.id])
    })
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request => {
      const { entries, count } = request.body
      return document.of(request).guard(({ current }) => oneRow<Body>(pool, `
        UPDATE documents SET entries = $4, count = $5
        WHERE id = $1 AND entries = $2 AND count = $3
        RETURNING entries, count`, [request.params.id, current.entries, current.count, entries, count]))
    })
  }
}
