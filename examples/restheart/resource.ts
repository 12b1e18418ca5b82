import { randomBytes } from 'node:crypto'
import { Type, type Static } from '@fastify/type-provider-typebox'

/** What a client writes: any object of JSON. */
export const Content = Type.Record(Type.String(), Type.Unknown())
export type Content = Static<typeof Content>

/** A database, a collection or a document as the store has it. */
export interface Resource {
  _id: string
  etag: string
  /** The metadata of a database or collection; the document itself. */
  content: Content
  /** What the metadata say of the policy, the nearest first, where somebody asked: anything, or nothing. */
  policies?: ReadonlyArray<string | null>
}

/** What is known of a resource that was written. */
export type Written = Pick<Resource, '_id' | 'etag'>

/** A tag that no state had before, in the shape of an ObjectId. */
export function newTag (): string {
  return randomBytes(12).toString('hex')
}

/** The content without what only the service says, so that a client may write what it has read. */
export function contentOf ({ _id, _etag, ...content }: Content): Content {
  return content
}
