import { Type, type Static } from '@fastify/type-provider-typebox'
import { EtagState, EtagVersion } from 'fastify-etag-policy'
import type { Pool } from 'pg'

/** A page as the API shows it. Its client chooses the name, so a PUT may make it. */
export const Page = EtagState(Type.Object({
  name: Type.String(),
  text: Type.String(),
  version: EtagVersion(Type.String())
}), { policy: 'REQUIRED' })
export type Page = Static<typeof Page>

export const PageInput = Type.Object({
  text: Type.String({ maxLength: 10_000, pattern: '^[^\\u0000]*$' })
}, { additionalProperties: false })

const COLUMNS = 'name, text, version::text'

/** The pages of one database. Versions come from a sequence, so that a page that is made again never has an old one. */
export class Pages {
  readonly #pool: Pool

  constructor (pool: Pool) {
    this.#pool = pool
  }

  /** Makes the table unless it is there. Several processes may start at once. */
  async prepare (): Promise<void> {
    await this.#pool.query(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('pages'));
      CREATE SEQUENCE IF NOT EXISTS page_versions;
      CREATE TABLE IF NOT EXISTS pages (
        name text PRIMARY KEY,
        text text NOT NULL,
        version bigint NOT NULL DEFAULT nextval('page_versions')
      );
      COMMIT`)
  }

  async find (name: string): Promise<Page | null> {
    return this.#one(`SELECT ${COLUMNS} FROM pages WHERE name = $1`, [name])
  }

  /** Makes the page; `null` when somebody else made it first. */
  async insert (name: string, text: string): Promise<Page | null> {
    return this.#one(`INSERT INTO pages (name, text) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`, [name, text])
  }

  /** Replaces the page, if the version is still this one. */
  async update (name: string, text: string, version: string): Promise<Page | null> {
    return this.#one(
      `UPDATE pages SET text = $3, version = nextval('page_versions') WHERE name = $1 AND version = $2 RETURNING ${COLUMNS}`,
      [name, version, text])
  }

  /** Removes the page, if the version is still this one. */
  async remove (name: string, version: string): Promise<Page | null> {
    return this.#one(`DELETE FROM pages WHERE name = $1 AND version = $2 RETURNING ${COLUMNS}`, [name, version])
  }

  async #one (sql: string, values: unknown[]): Promise<Page | null> {
    const { rows } = await this.#pool.query<Page>(sql, values)
    return rows[0] ?? null
  }
}
