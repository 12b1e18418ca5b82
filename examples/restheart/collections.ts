import { newTag, type Content, type Resource, type Written } from './resource.js'
import type { CollectionName, DatabaseName, Page } from './names.js'
import type { Query } from './query.js'

interface NoCollection {
  _id: null
}

/** The collections and buckets, which have metadata and documents or files. */
export class Collections {
  readonly #query: Query

  constructor (query: Query) {
    this.#query = query
  }

  async find ({ db, coll }: CollectionName): Promise<Resource | null> {
    const [row] = await this.#query<Resource>(`
      SELECT coll AS _id, collections.etag, collections.properties AS content,
        ARRAY[upper(collections.properties->>'etagPolicy'), upper(databases.properties->>'etagPolicy')] AS policies
      FROM restheart.collections JOIN restheart.databases USING (db) WHERE db = $1 AND coll = $2`, [db, coll])
    return row ?? null
  }

  /** A part of the collections of a database; `null` where there is no such database. */
  async list ({ db }: DatabaseName, { page, pagesize }: Page): Promise<Resource[] | null> {
    const rows = await this.#query<Resource | NoCollection>(`
      SELECT coll AS _id, collections.etag, collections.properties AS content FROM restheart.databases LEFT JOIN (
        SELECT * FROM restheart.collections WHERE db = $1 ORDER BY coll LIMIT $2 OFFSET $3
      ) AS collections USING (db)
      WHERE db = $1 ORDER BY coll`, [db, pagesize, (page - 1) * pagesize])
    return rows.length === 0 ? null : rows.filter(row => row._id !== null)
  }

  async insert ({ db, coll }: CollectionName, content: Content): Promise<Written> {
    const [row] = await this.#query<Written>(
      'INSERT INTO restheart.collections (db, coll, etag, properties) VALUES ($1, $2, $3, $4) RETURNING coll AS _id, etag',
      [db, coll, newTag(), content])
    return row!
  }

  /** Replaces the metadata, if the version is still this one. */
  async replace ({ db, coll }: CollectionName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(`
      UPDATE restheart.collections SET etag = $4, properties = $5
      WHERE db = $1 AND coll = $2 AND etag = $3 RETURNING coll AS _id, etag`, [db, coll, version, newTag(), content])
    return row ?? null
  }

  /** Replaces the members of the metadata that the content names, if the version is still this one. */
  async merge ({ db, coll }: CollectionName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(`
      UPDATE restheart.collections SET etag = $4, properties = properties || $5
      WHERE db = $1 AND coll = $2 AND etag = $3 RETURNING coll AS _id, etag`, [db, coll, version, newTag(), content])
    return row ?? null
  }

  /** Removes the collection and all that is in it, if the version is still this one. */
  async remove ({ db, coll }: CollectionName, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'DELETE FROM restheart.collections WHERE db = $1 AND coll = $2 AND etag = $3 RETURNING coll AS _id, etag', [db, coll, version])
    return row ?? null
  }
}
