import type { FastifyRequest } from 'fastify'
import type { ClientBase, Pool } from 'pg'
import { defineEtag } from 'fastify-etag-policy'
import { documentsTable, DOCUMENTS_TRUTH } from '../documents-table.js'
import { oneRow } from '../one-row.js'
import { Params, type Body } from '../variant.js'

export type Row = Body & { version: number }

/** The tables of a control: documents with a counter, as in the variant that is right. */
export const versionedTables = {
  tables: (documents: number) => documentsTable(documents, 'version integer NOT NULL DEFAULT 1'),
  truth: DOCUMENTS_TRUTH
}

/** The definition of a control: that of the variant that is right. What is wrong is in the handlers. */
export function versionedDocument (pool: Pool) {
  return defineEtag({
    source: 'version',
    create: 'never',
    // nothing warns of the loss: it must be seen in the database
    unguarded: 'off',
    load: (request: FastifyRequest<{ Params: Params }>) => find(pool, request.params.id)
  })
}

export function find (store: Pool | ClientBase, id: string): Promise<Row | null> {
  return oneRow<Row>(store, 'SELECT entries, count, version FROM documents WHERE id = $1', [id])
}

/** Replaces the document, whatever its version. */
export function overwrite (store: Pool | ClientBase, id: string, { entries, count }: Body): Promise<Row | null> {
  return oneRow<Row>(store, `
    UPDATE documents SET entries = $2, count = $3, version = version + 1
    WHERE id = $1
    RETURNING entries, count, version`, [id, entries, count])
}

/** Replaces the document, if the version is still this one. */
export function replace (store: Pool | ClientBase, id: string, { entries, count }: Body, version: number): Promise<Row | null> {
  return oneRow<Row>(store, `
    UPDATE documents SET entries = $3, count = $4, version = version + 1
    WHERE id = $1 AND version = $2
    RETURNING entries, count, version`, [id, version, entries, count])
}
