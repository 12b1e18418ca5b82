import { request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool, type PoolClient } from 'pg'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { defineEtag } from '../../lib/index.js'
import { inTransaction } from '../atomic/in-transaction.js'
import { gate, meetingOf } from '../meeting.js'
import { temporaryPostgres } from '../temporary-postgres.js'
import { waitingForLock } from './waiting.js'

// The hazards of test/hazards.test.ts that only a database shows: its connections, its locks, the caller's transaction.

interface Row { readonly id: number, readonly entries: readonly string[], readonly version: number }
type Query = Pick<PoolClient, 'query'>
type Params = { Params: { id: string } }
type Append = Params & { Body: { entry: string } }

async function find (query: Query, id: string | number): Promise<Row | null> {
  const { rows: [row] } = await query.query('SELECT * FROM lists WHERE id = $1', [id])
  return row ?? null
}

async function append (query: Query, id: string | number, entry: string, version: number): Promise<Row | null> {
  const { rows: [row] } = await query.query(
    'UPDATE lists SET entries = entries || $2::text, version = version + 1 WHERE id = $1 AND version = $3 RETURNING *', [id, entry, version])
  return row ?? null
}

type Write = (row: Row, entry: string, attempt: number) => Promise<Row | null>

/** A service of the lists in a pool, which one function writes. */
async function serve (t: Test, pool: Pool, write: Write, retries?: number): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(etagPlugin)
  const list = defineEtag({ source: 'version', load: (request: FastifyRequest<Params>) => find(pool, request.params.id) })
  app.patch<Append>('/lists/:id', { config: { etag: list } }, request =>
    list.of(request).guard(({ current, attempt }) => write(current, request.body.entry, attempt), { retries }))
  return app
}

const all = <T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, at) => make(at)))
const statusesOf = (responses: readonly LightMyRequestResponse[]): number[] => [...new Set(responses.map(({ statusCode }) => statusCode))].sort()

t.test('on a real PostgreSQL', async t => {
  const { url, stop } = await temporaryPostgres()
  const pool = new Pool({ connectionString: url })
  t.teardown(async () => { await pool.end(); await stop() })
  await pool.query("CREATE TABLE lists (id int PRIMARY KEY, entries text[] NOT NULL DEFAULT '{}', version int NOT NULL DEFAULT 1)")
  t.beforeEach(() => pool.query('DELETE FROM lists; INSERT INTO lists (id) SELECT generate_series(1, 5)'))
  const patch = (app: FastifyInstance, id: number, entry: string, tag?: string): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'PATCH', url: `/lists/${id}`, payload: { entry }, headers: tag === undefined ? {} : { 'if-match': tag } })

  await t.test('hazard 17: three hundred appends at once that send no field are all kept', async t => {
    const app = await serve(t, pool, ({ id, version }, entry) => append(pool, id, entry, version), 300)
    t.same(statusesOf(await all(300, at => patch(app, 1, String(at)))), [200])
    t.equal(new Set((await find(pool, 1))!.entries).size, 300)
  })

  await t.test('hazard 18: a pool of one connection serves guards that write at once, with and without a transaction of their own', async t => {
    const single = new Pool({ connectionString: url, max: 1 })
    t.teardown(() => single.end())
    const writes: Write[] = [
      ({ id, version }, entry) => append(single, id, entry, version),
      ({ id, version }, entry) => inTransaction(single, client => append(client, id, entry, version))
    ]
    for (const write of writes) {
      const app = await serve(t, single, write)
      t.same(statusesOf(await all(20, at => patch(app, at % 5 + 1, String(at)))), [200])
    }
    const { rows: [row] } = await pool.query('SELECT sum(cardinality(entries))::int AS kept FROM lists')
    t.equal(row.kept, 40)
    t.same([single.totalCount, single.idleCount, single.waitingCount], [1, 1, 0])
  })

  await t.test("hazard 18: where the caller's transaction fails, nothing of it is kept, and its connection is free", async t => {
    const app = await serve(t, pool, ({ id, version }, entry) => inTransaction(pool, async client => {
      await append(client, id, entry, version)
      throw new Error('after the write')
    }))
    const response = await patch(app, 1, 'x', '"1"')
    t.match([response.statusCode, response.json().code], [500, 'FST_ETAG_WRITE_FAILED'])
    t.same((await find(pool, 1))!.version, 1)
    t.equal(pool.idleCount, pool.totalCount)
  })

  await t.test('hazard 18: of a client that goes away while its statement waits for a lock nothing stays, and it writes over nobody', async t => {
    const [aborted, missed] = [gate(), gate()]
    const app = await serve(t, pool, async ({ id, version }, entry) => {
      const row = await append(pool, id, entry, version)
      if (entry === 'left' && row === null) missed.open()
      return row
    })
    // Fastify's own onRequestAbort is for requests without a body
    app.addHook('onRequest', (_request, reply, done) => { reply.raw.once('close', aborted.open); done() })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const other = await pool.connect()
    await other.query('BEGIN')
    await append(other, 1, 'by another', 1)
    const { port } = app.server.address() as AddressInfo
    const client = send({ host: '127.0.0.1', port, method: 'PATCH', path: '/lists/1', headers: { 'if-match': '"1"', 'content-type': 'application/json' } })
    client.on('error', () => {})
    client.end('{"entry":"left"}')
    await waitingForLock(pool)
    client.destroy()
    await aborted.opened
    await other.query('COMMIT')
    other.release()
    await missed.opened
    t.same((await find(pool, 1))!.entries, ['by another'])
    t.equal((await patch(app, 1, 'next', '"2"')).statusCode, 200)
  })

  await t.test('hazard 22: a database that is down is an error of the server, and no client is told where it was', async t => {
    const nobody = new Pool({ connectionString: 'postgres://postgres@127.0.0.1:1/postgres' })
    const app = await serve(t, nobody, async () => t.fail('written') as never)
    const response = await patch(app, 1, 'x', '"1"')
    t.match([response.statusCode, response.json().code], [500, 'FST_ETAG_LOAD_FAILED'])
    t.notMatch(response.body, '127.0.0.1')
  })

  await t.test('hazard 23: the rows of a list are written all, or none where one of them has moved', async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    await app.register(etagPlugin)
    const meet = meetingOf(2)
    const lists = defineEtag({
      source: (rows: Row[]) => rows.map(({ id, version }) => `${id}:${version}`).join(),
      load: async (): Promise<Row[]> => (await pool.query('SELECT * FROM lists WHERE id <= 3 ORDER BY id')).rows
    })
    app.put<Append>('/lists', { config: { etag: lists } }, request => lists.of(request).guard(async ({ current, attempt }) => {
      if (attempt === 1) await meet()
      return inTransaction(pool, async client => {
        // in the order of the ids, so that no two wait for each other
        const rows: Row[] = []
        for (const { id, version } of current) {
          const row = await append(client, id, request.body.entry, version)
          if (row === null) return null
          rows.push(row)
        }
        return rows
      })
    }))
    const put = (entry: string): Promise<LightMyRequestResponse> =>
      app.inject({ method: 'PUT', url: '/lists', payload: { entry }, headers: { 'if-match': '"1:1,2:1,3:1"' } })
    await Promise.all([put('a'), put('b')]).then(responses => t.same(responses.map(({ statusCode }) => statusCode).sort(), [200, 412]))
    const { rows } = await pool.query('SELECT entries, version FROM lists WHERE id <= 3')
    t.same(new Set(rows.map(({ version }) => version)), new Set([2]))
    t.equal(new Set(rows.map(({ entries }) => entries.join())).size, 1, 'all of one writer')

    await pool.query('UPDATE lists SET version = 1; UPDATE lists SET version = 7 WHERE id = 3')
    t.equal((await put('c')).statusCode, 412)
    t.notMatch(JSON.stringify((await pool.query('SELECT * FROM lists')).rows), '"c"')
  })
})
