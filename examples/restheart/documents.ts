import { newTag, type Content, type Resource, type Written } from './resource.js'
import type { CollectionName, DocumentName, Page } from './names.js'
import type { Query } from './query.js'

/** A document, or a file without its bytes. */
export interface Document extends Resource {
  /** The media type of a file, and how many bytes it has; `null` for a document. */
  type: string | null
  length: number | null
}

interface NoDocument {
  _id: null
}

/** A document of a list, with what a client writes into it. */
export interface Change {
  _id: string
  content: Content
}

const COLUMNS = 'documents.doc AS _id, documents.etag, documents.content, type, octet_length(bytes) AS length'
const POLICIES = "ARRAY[upper(collections.properties->>'etagDocPolicy'), upper(databases.properties->>'etagDocPolicy')] AS policies"

/** The documents and files: all of them are read, changed and removed alike. */
export class Documents {
  readonly #query: Query

  constructor (query: Query) {
    this.#query = query
  }

  async find ({ db, coll, doc }: DocumentName): Promise<Document | null> {
    const [row] = await this.#query<Document>(`
      SELECT ${COLUMNS}, ${POLICIES}
      FROM restheart.documents JOIN restheart.collections USING (db, coll) JOIN restheart.databases USING (db)
      WHERE db = $1 AND coll = $2 AND doc = $3`, [db, coll, doc])
    return row ?? null
  }

  /** A part of the documents of a collection; `null` where there is no such collection. */
  async list ({ db, coll }: CollectionName, { page, pagesize }: Page): Promise<Document[] | null> {
    const rows = await this.#query<Document | NoDocument>(`
      SELECT ${COLUMNS} FROM restheart.collections LEFT JOIN (
        SELECT * FROM restheart.documents WHERE db = $1 AND coll = $2 ORDER BY doc LIMIT $3 OFFSET $4
      ) AS documents USING (db, coll)
      WHERE db = $1 AND coll = $2 ORDER BY doc`, [db, coll, pagesize, (page - 1) * pagesize])
    return rows.length === 0 ? null : rows.filter(row => row._id !== null)
  }

  /** Those of these documents that there are, in no order. */
  async among ({ db, coll }: CollectionName, ids: readonly string[]): Promise<Document[]> {
    return this.#query<Document>(`
      SELECT ${COLUMNS}, ${POLICIES}
      FROM restheart.documents JOIN restheart.collections USING (db, coll) JOIN restheart.databases USING (db)
      WHERE db = $1 AND coll = $2 AND doc = ANY ($3)`, [db, coll, ids])
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

  /** Merges all of these documents, if each version is still the one beside it, or none. They are locked in the order of their ids. */
  async mergeAll ({ db, coll }: CollectionName, changes: readonly Change[], versions: readonly string[]): Promise<Document[]> {
    return this.#query<Document>(`
      WITH wanted AS (
        SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::jsonb[]) AS wanted (doc, etag, next, content)
      ), locked AS (
        SELECT FROM restheart.documents JOIN wanted USING (doc, etag)
        WHERE db = $1 AND coll = $2 ORDER BY doc FOR UPDATE OF documents
      )
      UPDATE restheart.documents SET etag = wanted.next, content = documents.content || wanted.content FROM wanted
      WHERE db = $1 AND coll = $2 AND documents.doc = wanted.doc AND (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted)
      RETURNING ${COLUMNS}`,
    [db, coll, changes.map(({ _id }) => _id), versions, changes.map(newTag), changes.map(({ content }) => content)])
  }

  /** Removes the document or file, if the version is still this one. */
  async remove ({ db, coll, doc }: DocumentName, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'DELETE FROM restheart.documents WHERE db = $1 AND coll = $2 AND doc = $3 AND etag = $4 RETURNING doc AS _id, etag',
      [db, coll, doc, version])
    return row ?? null
  }
}
