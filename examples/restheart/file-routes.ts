import createError from '@fastify/error'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { CollectionName, DocumentName } from './names.js'
import { newTag, type Written } from './resource.js'
import { put, WriteMode } from './write-mode.js'
import type { DocumentDefinition } from './document-definition.js'
import type { FileContent, Files } from './files.js'

const BUCKET = ':coll(^[^/]+\\.files$)'
const BODY_LIMIT = 16 * 1024 * 1024

const NotAFile = createError('NOT_FOUND', 'There is no such file', 404)

// its paths are those of documents, told apart by a pattern, which OpenAPI does not know
const HIDDEN = { hide: true }

/** A body of any type, as its bytes; none where nothing is sent. */
const Bytes = Type.Unsafe<Buffer | null | undefined>({})

/**
 * `/:db/:bucket.files/:file`, a document with bytes. A scope of its own, in which nothing is read as JSON: a file may be
 * of that type too.
 */
export function filesOf (document: DocumentDefinition, files: Files): FastifyPluginAsync {
  return async function addFiles (scope: FastifyInstance) {
    const app = scope.withTypeProvider<TypeBoxTypeProvider>()
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) => { done(null, body) })

    const config = { etag: document }
    const made = { etag: { source: ({ etag }: Written) => etag } }

    app.post(`/:db/${BUCKET}`, { config: made, schema: { ...HIDDEN, params: CollectionName, body: Bytes } }, async (request, reply) => {
      const { db, coll } = request.params
      const row = await files.insert({ db, coll, doc: newTag() }, contentIn(request))
      return reply.code(201).header('location', `/${db}/${coll}/${row._id}`).validators(row).send()
    })

    app.put(`/:db/${BUCKET}/:doc`, { config, schema: { ...HIDDEN, params: DocumentName, querystring: WriteMode, body: Bytes } }, async (request, reply) => {
      const content = contentIn(request)
      const status = await put(document.of(request), request.query.wm, {
        insert: () => files.insert(request.params, content),
        replace: version => files.replace(request.params, content, version)
      })
      return reply.code(status).send()
    })

    // a 304 is decided by what `load` finds, without the bytes
    app.get(`/:db/${BUCKET}/:doc/binary`, { config, schema: { ...HIDDEN, params: DocumentName } }, async (request, reply) => {
      const row = await files.read(request.params)
      if (row === null) throw new NotAFile()
      return reply.validators(row).headers({ 'content-type': row.type, 'x-content-type-options': 'nosniff' }).send(row.bytes)
    })
  }
}

function contentIn ({ headers, body }: { headers: { 'content-type'?: string | undefined }, body: Buffer | null | undefined }): FileContent {
  return { type: headers['content-type'] ?? 'application/octet-stream', bytes: body ?? Buffer.alloc(0) }
}
