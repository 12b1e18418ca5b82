import { newTag, type Content, type Resource, type Written } from './resource.js'
import type { DocumentName } from './names.js'
import type { Query } from './query.js'

/** A document, or a file without its bytes. */
export interface Document extends Resource {
  /** The media type of a file, and how many bytes it has; `null` for a document. */
  type: string | null
  length: number | null
}

/** The documents and files: all of them are read, changed and removed alike. */
export class Documents {
  readonly #query: Query

  constructor (query: Query) {
    this.#query = query
  }

  async find ({ db, coll, doc }: DocumentName): Promise<Document | null> {
    const [row] = await this.#query<Document>(`
      SELECT doc AS _id, documents.etag, content, type, octet_length(bytes) AS length,
        ARRAY[upper(collections.properties->>'etagDocPolicy'), upper(databases.properties->>'etagDocPolicy')] AS policies
      FROM restheart.documents JOIN restheart.collections USING (db, coll) JOIN restheart.databases USING (db)
      WHERE db = $1 AND coll = $2 AND doc = $3`, [db, coll, doc])
    return row ?? null
  }

  async insert ({ db, coll, doc }: DocumentName, content: Content): Promise<Written> {
    const [row] = await this.#query<Written>(
      'INSERT INTO restheart.documents (db, coll, doc, etag, content) VALUES ($1, $2, $3, $4, $5) RETURNING doc AS _id, etag',
      [db, coll, doc, newTag(), content])
    return row!
  }

  /** Replaces the document, if the version is still this one. */
  async replace ({ db, coll, doc }: DocumentName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(`
      UPDATE restheart.documents SET etag = $5, content = $6
      WHERE db = $1 AND coll = $2 AND doc = $3 AND etag = $4 RETURNING doc AS _id, etag`, [db, coll, doc, version, newTag(), content])
    return row ?? null
  }

  /** Replaces the members that the content names, if the version is still this one. */
  async merge ({ db, coll, doc }: DocumentName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(`
      UPDATE restheart.documents SET etag = $5, content = content || $6
      WHERE db = $1 AND coll = $2 AND doc = $3 AND etag = $4 RETURNING doc AS _id, etag`, [db, coll, doc, version, newTag(), content])
    return row ?? null
  }

  /** Removes the document or file, if the version is still this one. */
  async remove ({ db, coll, doc }: DocumentName, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'DELETE FROM restheart.documents WHERE db = $1 AND coll = $2 AND doc = $3 AND etag = $4 RETURNING doc AS _id, etag',
      [db, coll, doc, version])
    return row ?? null
  }
}
