import type { FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import { documentsTable, DOCUMENTS_TRUTH } from '../documents-table.js'
import { oneRow } from '../one-row.js'
import { Body, Params, type Variant } from '../variant.js'

type Row = Body & { version: number }

/** A counter, compared in the statement that writes. */
export const version: Variant = versioned({})

/** The same, where nothing is loaded ahead of that statement. */
export const parsed: Variant = versioned({ parseVersion: Number })

function versioned (parsing: { readonly parseVersion?: (text: string) => number }): Variant {
  return {
    tables: documents => documentsTable(documents, 'version integer NOT NULL DEFAULT 1'),
    truth: DOCUMENTS_TRUTH,

    addRoutes (app, pool) {
      const document = defineEtag({
        source: 'version',
        create: 'never',
        load: (request: FastifyRequest<{ Params: Params }>) =>
          oneRow<Row>(pool, 'SELECT entries, count, version FROM documents WHERE id = $1', [request.params.id]),
        ...parsing
      })
      const route = { config: { etag: document } }

      app.get('/documents/:id', { ...route, schema: { params: Params } },
        request => document.of(request).load())

      app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, document.guarded((request: FastifyRequest<{ Params: Params, Body: Body }>, { version }) => {
        const { entries, count } = request.body
        return oneRow<Row>(pool, `
          UPDATE documents SET entries = $3, count = $4, version = version + 1
          WHERE id = $1 AND version = $2
          RETURNING entries, count, version`, [request.params.id, version, entries, count])
      }))
    }
  }
}
