import { Collections } from './collections.js'
import { Databases } from './databases.js'
import { Documents } from './documents.js'
import { Files } from './files.js'
import { queryOf } from './query.js'
import type { Pool } from 'pg'

/** All that is kept, in one PostgreSQL. Every write of what is there compares the version in the statement itself. */
export class Store {
  readonly databases: Databases
  readonly collections: Collections
  readonly documents: Documents
  readonly files: Files
  readonly #pool: Pool

  constructor (pool: Pool) {
    const query = queryOf(pool)
    this.#pool = pool
    this.databases = new Databases(query)
    this.collections = new Collections(query)
    this.documents = new Documents(query)
    this.files = new Files(query)
  }

  /** Makes the tables unless they are there. Several processes may start at once. */
  async prepare (): Promise<void> {
    await this.#pool.query(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('restheart'));
      CREATE SCHEMA IF NOT EXISTS restheart;
      CREATE TABLE IF NOT EXISTS restheart.databases (
        db text PRIMARY KEY,
        etag text NOT NULL,
        properties jsonb NOT NULL
      );
      CREATE TABLE IF NOT EXISTS restheart.collections (
        db text NOT NULL REFERENCES restheart.databases ON DELETE CASCADE,
        coll text NOT NULL,
        etag text NOT NULL,
        properties jsonb NOT NULL,
        PRIMARY KEY (db, coll)
      );
      CREATE TABLE IF NOT EXISTS restheart.documents (
        db text NOT NULL,
        coll text NOT NULL,
        doc text NOT NULL,
        etag text NOT NULL,
        content jsonb NOT NULL,
        type text,
        bytes bytea,
        PRIMARY KEY (db, coll, doc),
        FOREIGN KEY (db, coll) REFERENCES restheart.collections ON DELETE CASCADE
      );
      COMMIT`)
  }
}
