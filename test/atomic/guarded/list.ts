import type { FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { defineEtag } from 'fastify-etag-policy'
import { inTransaction } from '../in-transaction.js'
import { Body, Params, type Variant } from '../variant.js'

type Member = Body & { id: number, version: number }

/** A list as the API shows it. */
interface List {
  readonly members: readonly Member[]
}

const MEMBERS = 3

/** A list named by the versions of its members, and written as a whole or not at all. */
export const list: Variant = {
  tables: documents => `
    CREATE TABLE members (
      document integer,
      id integer,
      version integer NOT NULL DEFAULT 1,
      entries text[] NOT NULL DEFAULT '{}',
      count integer NOT NULL DEFAULT 0,
      PRIMARY KEY (document, id)
    );
    INSERT INTO members (document, id)
    SELECT document, id FROM generate_series(1, ${documents}) AS document, generate_series(1, ${MEMBERS}) AS id`,
  truth: 'SELECT document::text, entries, count FROM members ORDER BY document, id',

  addRoutes (app, pool) {
    const document = defineEtag({
      source: ({ members }) => members.map(({ id, version }) => `${id}:${version}`).join(),
      create: 'never',
      load: (request: FastifyRequest<{ Params: Params }>) => findList(pool, request.params.id)
    })
    const route = { config: { etag: document } }

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request =>
      document.of(request).guard(({ current }) => replaceMembers(pool, request.params.id, current, request.body)))
  }
}

async function findList (pool: Pool, document: string): Promise<List | null> {
  const { rows } = await pool.query<Member>(
    'SELECT id, version, entries, count FROM members WHERE document = $1 ORDER BY id', [document])
  return rows.length === 0 ? null : { members: rows }
}

// Two writers who lock the same rows in the same order wait for each other; an UPDATE alone promises no order.
async function replaceMembers (pool: Pool, document: string, { members }: List, { entries, count }: Body): Promise<List | null> {
  return inTransaction(pool, async client => {
    await client.query('SELECT FROM members WHERE document = $1 ORDER BY id FOR UPDATE', [document])
    const { rows } = await client.query<Member>(`
      UPDATE members SET entries = $4, count = $5, version = members.version + 1
      FROM unnest($2::integer[], $3::integer[]) AS expected (id, version)
      WHERE members.document = $1 AND members.id = expected.id AND members.version = expected.version
      RETURNING members.id, members.version, members.entries, members.count`,
    [document, members.map(({ id }) => id), members.map(({ version }) => version), entries, count])
    return rows.length === members.length ? { members: rows.toSorted((a, b) => a.id - b.id) } : null
  })
}
