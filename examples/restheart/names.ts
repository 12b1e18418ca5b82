import { Type, type Static } from '@fastify/type-provider-typebox'

// no name begins as `_meta` does, or is the `*` of all documents
const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$' })

/** The names in the url of a database, of a collection or bucket, and of a document or file. */
export const DatabaseName = Type.Object({ db: Name })
export type DatabaseName = Static<typeof DatabaseName>
export const CollectionName = Type.Object({ db: Name, coll: Name })
export type CollectionName = Static<typeof CollectionName>
export const DocumentName = Type.Object({ db: Name, coll: Name, doc: Name })
export type DocumentName = Static<typeof DocumentName>

/** A document of a list that a client writes, which names it beside its content. */
export const Member = Type.Object({ _id: Name }, { additionalProperties: true })
export type Member = Static<typeof Member>

/** Which part of a list is asked for. */
export const Page = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
  pagesize: Type.Integer({ minimum: 1, maximum: 1000, default: 100 })
})
export type Page = Static<typeof Page>
