import { rm } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import Fastify, { type LightMyRequestResponse } from 'fastify'
import etagPlugin from 'fastify-etag-policy'
import { Pool } from 'pg'
import { startPostgres } from '../documents/postgres.js'
import { addSettings } from './digest.js'
import { addProfiles, mergePatch } from './merge-patch.js'
import { addOrders } from './order.js'
import { addNotes } from './soft-delete.js'
import { transaction } from './transaction.js'

type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'

t.test('the recipes of docs/lost-updates.md, on a real PostgreSQL', async t => {
  const folder = path.join(__dirname, 'test-data')
  const postgres = await startPostgres(folder)
  const pool = new Pool({ connectionString: postgres.url })
  // the database ends before the last of its connections has
  pool.on('error', () => {})
  const app = Fastify()
  t.teardown(async () => {
    await app.close()
    await pool.end()
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })
  await pool.query(`
    DROP TABLE IF EXISTS order_lines, orders, notes, profiles, settings;
    CREATE TABLE orders (id int PRIMARY KEY, version int NOT NULL DEFAULT 1);
    CREATE TABLE order_lines (order_id int REFERENCES orders, position int, text text NOT NULL, PRIMARY KEY (order_id, position));
    CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL, version int NOT NULL DEFAULT 1, deleted_at timestamptz);
    CREATE TABLE profiles (id int PRIMARY KEY, content jsonb NOT NULL, version int NOT NULL DEFAULT 1);
    CREATE TABLE settings (id int PRIMARY KEY, name text NOT NULL, value text);
    INSERT INTO orders VALUES (1); INSERT INTO order_lines VALUES (1, 1, 'first');
    INSERT INTO notes VALUES (1, 'a note'); INSERT INTO profiles VALUES (1, '{"name":"Ann","address":{"city":"Graz","zip":"8010"}}');
    INSERT INTO settings VALUES (1, 'colour', NULL)`)
  await app.register(etagPlugin, { unguarded: 'error' })
  addOrders(app, pool)
  addNotes(app, pool)
  addProfiles(app, pool)
  addSettings(app, pool)
  const send = (method: Method, url: string, tag?: unknown, payload?: unknown, type = 'application/json'): Promise<LightMyRequestResponse> => app.inject({
    method,
    url,
    headers: { ...(tag !== undefined && { 'if-match': String(tag) }), ...(payload !== undefined && { 'content-type': type }) },
    ...(payload !== undefined && { payload: JSON.stringify(payload) })
  })

  await t.test('of two writers of the lines of one order, one wins, and the order has only its lines', async t => {
    const { headers: { etag } } = await send('GET', '/orders/1')
    t.equal(etag, '"1"')
    const responses = await Promise.all([['a', 'b', 'c'], ['d']].map(lines => send('PUT', '/orders/1/lines', etag, lines)))
    t.same(responses.map(({ statusCode }) => statusCode).sort(), [200, 412])
    const won = responses.find(({ statusCode }) => statusCode === 200)!
    const read = await send('GET', '/orders/1')
    t.same(read.json(), won.json())
    t.match([read.headers.etag, won.headers.etag], ['"2"', '"2"'])
    t.equal((await send('PUT', '/orders/1/lines', '"2"', [null])).statusCode, 500)
    t.same((await send('GET', '/orders/1')).json(), won.json(), 'what failed halfway left nothing')
  })

  await t.test('a transaction that was not committed is no success, and a connection that broke is not used again', async t => {
    await t.rejects(transaction(pool, async client => {
      await client.query('UPDATE orders SET version = version + 1 WHERE id = 1')
      await client.query('SELECT FROM nowhere').catch(() => {})
      return 'as if nothing had happened'
    }), /was rolled back/)
    const { rows: [before] } = await pool.query('SELECT version FROM orders')
    await t.rejects(transaction(pool, async client => {
      await client.query('UPDATE orders SET version = version + 1 WHERE id = 1')
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())')
      return 'unreachable'
    }), { code: '57P01' })
    t.same((await pool.query('SELECT version FROM orders')).rows, [before])
    t.equal(pool.totalCount, pool.idleCount)
  })

  await t.test('a note that was deleted is missing, and comes back under a version that it never had', async t => {
    t.equal((await send('DELETE', '/notes/1', '"0"')).statusCode, 412)
    t.equal((await send('DELETE', '/notes/1', '"1"')).statusCode, 204)
    t.equal((await send('DELETE', '/notes/1', '"1"')).statusCode, 404)
    t.equal((await send('GET', '/notes/1')).statusCode, 404)
    t.equal((await send('POST', '/notes/1/restore', '"1"')).statusCode, 412)
    t.same((await send('POST', '/notes/1/restore', '"2"')).json(), { id: 1, text: 'a note', version: 3 })
    t.equal((await send('DELETE', '/notes/1', '"1"')).statusCode, 412, 'the tag from before does not fit again')
  })

  await t.test('patches of different members that send no field are all kept', async t => {
    const patches = Array.from({ length: 10 }, (_, at) => ({ [`member${at}`]: at, address: { zip: null, [`line${at}`]: 'x' } }))
    const responses = await Promise.all(patches.map(patch => send('PATCH', '/profiles/1', undefined, patch, 'application/merge-patch+json')))
    t.same(new Set(responses.map(({ statusCode }) => statusCode)), new Set([200]))
    const { rows: [{ content, version }] } = await pool.query('SELECT * FROM profiles')
    t.equal(version, 11)
    t.same(Object.keys(content).length, 12)
    t.same(content.address.city, 'Graz')
    t.same(Object.keys(content.address).length, 11)
    t.equal((await send('PATCH', '/profiles/1', '"1"', { name: 'Bob' }, 'application/merge-patch+json')).statusCode, 412)
  })

  await t.test('a merge patch is that of RFC 7396', async t => {
    const table = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b' }, { a: null }, {}],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }], [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }], [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [['a', 'b'], ['c', 'd'], ['c', 'd']], [{ a: 'b' }, ['c'], ['c']], [{ a: 'foo' }, null, null], [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }], [[1, 2], { a: 'b', c: null }, { a: 'b' }], [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }]
    ] as const
    for (const [target, patch, result] of table) t.strictSame(mergePatch(target as never, patch as never), result, JSON.stringify([target, patch]))
  })

  await t.test('of two writers of a setting without a version, one wins', async t => {
    const { headers: { etag } } = await send('GET', '/settings/1')
    const responses = await Promise.all(['red', 'blue'].map(value => send('PUT', '/settings/1', etag, { value })))
    t.same(responses.map(({ statusCode }) => statusCode).sort(), [200, 412])
    const won = responses.find(({ statusCode }) => statusCode === 200)!
    const read = await send('GET', '/settings/1')
    t.same(read.json(), won.json())
    t.equal(read.headers.etag, won.headers.etag)
  })
})
