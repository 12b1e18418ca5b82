import type { FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { DocumentName } from './names.js'
import type { Document, Documents } from './documents.js'
import type { Content } from './resource.js'

/** Documents and files: their tag, and their policy by the metadata of what they are in. */
export function defineDocument (documents: Documents) {
  return defineEtag({
    kind: 'doc',
    // a function, since a document that is sent may have any member
    source: (row: Document) => row.etag,
    policy: (_request, { policies }) => policies,
    load: (request: FastifyRequest<{ Params: DocumentName }>) => documents.find(request.params)
  })
}

export type DocumentDefinition = ReturnType<typeof defineDocument>

/** A document, or what is known of a file, as a client sees it. */
export function shown (document: DocumentDefinition, row: Document): Content {
  const { _id, content, type, length } = row
  return { ...content, ...(type !== null && { contentType: type, length }), _id, _etag: document.tag(row) }
}
