import { newTag, type Written } from './resource.js'
import type { DocumentName } from './names.js'
import type { Query } from './query.js'

/** What a file is sent as. */
export interface FileContent {
  type: string
  bytes: Buffer
}

/** The bytes of files, which are documents of a bucket besides. */
export class Files {
  readonly #query: Query

  constructor (query: Query) {
    this.#query = query
  }

  /** Bytes and tag in one statement, so that they are of one moment. */
  async read ({ db, coll, doc }: DocumentName): Promise<(Written & FileContent) | null> {
    const [row] = await this.#query<Written & FileContent>(`
      SELECT doc AS _id, etag, type, bytes FROM restheart.documents
      WHERE db = $1 AND coll = $2 AND doc = $3 AND bytes IS NOT NULL`, [db, coll, doc])
    return row ?? null
  }

  async insert ({ db, coll, doc }: DocumentName, { type, bytes }: FileContent): Promise<Written> {
    const [row] = await this.#query<Written>(`
      INSERT INTO restheart.documents (db, coll, doc, etag, content, type, bytes)
      VALUES ($1, $2, $3, $4, '{}', $5, $6) RETURNING doc AS _id, etag`, [db, coll, doc, newTag(), type, bytes])
    return row!
  }

  /** Replaces the file with all that was said of it, if the version is still this one. */
  async replace ({ db, coll, doc }: DocumentName, { type, bytes }: FileContent, version: string): Promise<Written | null> {
    const [row] = await this.#query<Written>(`
      UPDATE restheart.documents SET etag = $5, content = '{}', type = $6, bytes = $7
      WHERE db = $1 AND coll = $2 AND doc = $3 AND etag = $4 RETURNING doc AS _id, etag`,
    [db, coll, doc, version, newTag(), type, bytes])
    return row ?? null
  }
}
