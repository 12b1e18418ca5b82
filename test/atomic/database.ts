import { Pool } from 'pg'
import { temporaryPostgres } from '../temporary-postgres.js'
import type { Content, FinalState } from './history.js'
import type { Place } from './server-process.js'
import { until } from './until.js'
import type { Variant } from './variant.js'

/** The database of one run: a schema of its own, dropped in the end, in the PostgreSQL of DATABASE_URL or in a new one. */
export class Database implements Place {
  readonly url: string
  readonly schema = `fastify_etag_policy_${process.pid}`
  readonly #pool: Pool
  /** Ends the PostgreSQL that was started for this run, and removes its data. */
  #stop: (() => Promise<void>) | undefined

  private constructor (url: string) {
    this.url = url
    this.#pool = new Pool({ connectionString: url, options: `-c search_path=${this.schema}`, max: 1 })
    // Ctrl-C ends the database too
    this.#pool.on('error', () => {})
  }

  static async open (): Promise<Database> {
    const given = process.env.DATABASE_URL
    return given === undefined ? Database.#openNew() : new Database(given)
  }

  static async #openNew (): Promise<Database> {
    const { url, stop } = await temporaryPostgres()
    const database = new Database(url)
    database.#stop = stop
    return database
  }

  /** Makes the tables of a variant, with that many empty documents. */
  async prepare ({ tables }: Variant, documents: number): Promise<void> {
    await this.#drop()
    await this.#pool.query(`CREATE SCHEMA ${this.schema}; ${tables(documents)}`)
  }

  /** Waits until no connection of the servers is left, so that a write that was under way at a kill has ended. */
  async settle (signal: AbortSignal): Promise<void> {
    await until(async () => {
      const { rowCount } = await this.#pool.query('SELECT FROM pg_stat_activity WHERE application_name = $1', [this.schema])
      return rowCount === 0
    }, signal)
  }

  /** What the tables of a variant hold. */
  async truth ({ truth }: Variant): Promise<FinalState> {
    const { rows } = await this.#pool.query<Content & { document: string }>(truth)
    const state = new Map<string, Content[]>()
    for (const { document, entries, count } of rows) state.set(document, [...state.get(document) ?? [], { entries, count }])
    return state
  }

  async close (): Promise<void> {
    try {
      if (this.#stop === undefined) await this.#drop()
    } finally {
      await this.#pool.end()
      await this.#stop?.()
    }
  }

  async #drop (): Promise<void> {
    await this.#pool.query(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${this.schema} CASCADE`)
  }
}
