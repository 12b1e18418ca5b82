import type { Pool } from 'pg'

/** An entity as the API shows it. */
export interface Product { id: number, value: number, version: number, versionDate: string }

/** What a client writes of it. */
export interface Change { id: number, value?: number }

/** What may be asked of a list. */
export interface Listing { minimum?: number, sort?: 'id' | '-id' | 'value', page?: number, limit?: number }

const COLUMNS = `products.id, products.value, products.version,
  to_char(version_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "versionDate"`

const ORDERS = { id: 'id', '-id': 'id DESC', value: 'value, id' } as const

/** The products of one database. */
export class Products {
  readonly #pool: Pool

  constructor (pool: Pool) {
    this.#pool = pool
  }

  async prepare (): Promise<void> {
    await this.#pool.query(`
      CREATE TABLE IF NOT EXISTS products (
        id integer PRIMARY KEY, value integer NOT NULL,
        version integer NOT NULL DEFAULT 1, version_date timestamptz NOT NULL DEFAULT clock_timestamp())`)
  }

  async list ({ minimum = 0, sort = 'id', page = 1, limit = 100 }: Listing = {}): Promise<Product[]> {
    const { rows } = await this.#pool.query<Product>(
      `SELECT ${COLUMNS} FROM products WHERE value >= $1 ORDER BY ${ORDERS[sort]} LIMIT $2 OFFSET $3`, [minimum, limit, (page - 1) * limit])
    return rows
  }

  /** Those of these ids that there are, in no order. */
  async find (ids: readonly number[]): Promise<Product[]> {
    const { rows } = await this.#pool.query<Product>(`SELECT ${COLUMNS} FROM products WHERE id = ANY($1)`, [ids])
    return rows
  }

  async insert ({ id, value = 0 }: Change): Promise<Product | null> {
    const { rows: [row] } = await this.#pool.query<Product>(
      `INSERT INTO products (id, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`, [id, value])
    return row ?? null
  }

  /** Changes all of them, if each version is still the one beside it, or none. */
  async update (changes: readonly Change[], versions: readonly number[]): Promise<Product[]> {
    const { rows } = await this.#pool.query<Product>(`
      WITH wanted AS (
        SELECT * FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS wanted (id, version, value)
      ), locked AS (
        SELECT products.id FROM products JOIN wanted USING (id, version) ORDER BY products.id FOR UPDATE OF products
      )
      UPDATE products
      SET value = coalesce(wanted.value, products.value), version = products.version + 1, version_date = clock_timestamp()
      FROM wanted
      WHERE products.id = wanted.id AND (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted)
      RETURNING ${COLUMNS}`, [changes.map(({ id }) => id), versions, changes.map(({ value }) => value)])
    return rows
  }

  async remove (id: number, version: number): Promise<Product | null> {
    const { rows: [row] } = await this.#pool.query<Product>(
      `DELETE FROM products WHERE id = $1 AND version = $2 RETURNING ${COLUMNS}`, [id, version])
    return row ?? null
  }
}
