import { newTag, type Content, type Resource, type Written } from './resource.js'
import type { DatabaseName } from './names.js'
import type { Query } from './query.js'

/** The databases, which have metadata and collections. */
export class Databases {
  readonly #query: Query

  constructor (query: Query) {
    this.#query = query
  }

  async find ({ db }: DatabaseName): Promise<Resource | null> {
    const [row] = await this.#query<Resource>(`
      SELECT db AS _id, etag, properties AS content, ARRAY[upper(properties->>'etagPolicy')] AS policies
      FROM restheart.databases WHERE db = $1`, [db])
    return row ?? null
  }

  async insert ({ db }: DatabaseName, content: Content): Promise<Written> {
    const [row] = await this.#query<Written>(
      'INSERT INTO restheart.databases (db, etag, properties) VALUES ($1, $2, $3) RETURNING db AS _id, etag', [db, newTag(), content])
    return row!
  }

  /** Replaces the metadata, if the version is still this one. */
  async replace ({ db }: DatabaseName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'UPDATE restheart.databases SET etag = $3, properties = $4 WHERE db = $1 AND etag = $2 RETURNING db AS _id, etag',
      [db, version, newTag(), content])
    return row ?? null
  }

  /** Replaces the members of the metadata that the content names, if the version is still this one. */
  async merge ({ db }: DatabaseName, content: Content, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'UPDATE restheart.databases SET etag = $3, properties = properties || $4 WHERE db = $1 AND etag = $2 RETURNING db AS _id, etag',
      [db, version, newTag(), content])
    return row ?? null
  }

  /** Removes the database and all that is in it, if the version is still this one. */
  async remove ({ db }: DatabaseName, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(
      'DELETE FROM restheart.databases WHERE db = $1 AND etag = $2 RETURNING db AS _id, etag', [db, version])
    return row ?? null
  }
}
