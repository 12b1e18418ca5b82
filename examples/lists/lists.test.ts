import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import Fastify, { type LightMyRequestResponse } from 'fastify'
import etagPlugin from 'fastify-etag-policy'
import { checkRoute } from 'fastify-etag-policy/testing'
import { Pool } from 'pg'
import { startPostgres } from '../documents/postgres.js'
import { Products, type Change, type Product } from './products.js'
import { addProducts } from './server.js'

const WRITERS = 6
const ROUNDS = 8

t.test('lists on a real PostgreSQL', async t => {
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
  const products = new Products(pool)
  await products.prepare()
  await app.register(etagPlugin, { policy: 'REQUIRED', unguarded: 'error' })
  addProducts(app, products)
  await app.ready()
  t.beforeEach(async () => {
    await pool.query('TRUNCATE products')
    await pool.query('INSERT INTO products (id, value) SELECT id, 0 FROM generate_series(1, 6) AS id')
  })

  const put = (list: readonly Change[], etag: string): Promise<LightMyRequestResponse> =>
    app.inject({ method: 'PUT', url: '/products', payload: [...list], headers: { 'if-match': etag } })

  t.test('the contract check finds nothing wrong', async t => {
    for (const url of ['/products', '/products?sort=-id', '/products?page=2&limit=2']) {
      const report = await checkRoute<Product[]>(app, { read: url, write: '/products', change: (list, turn) => list.map(({ id }) => ({ id, value: turn })) })
      t.strictSame(report.faults, [], url)
    }
  })

  t.test('of writers whose lists overlap, in orders of their own, none is lost and none waits for the other without end', async t => {
    const urls = ['/products?limit=4', '/products?limit=4&sort=-id', '/products', '/products?sort=-id', '/products?page=2&limit=2', '/products?sort=-id&page=2&limit=2']
    const acknowledged = new Map<number, number>()
    let refused = 0
    await Promise.all(urls.slice(0, WRITERS).map(async url => {
      for (let round = 0; round < ROUNDS; round++) {
        const read = await app.inject(url)
        const list: Product[] = read.json()
        const written = await put(list.map(({ id, value }) => ({ id, value: value + 1 })), read.headers.etag as string)
        if (written.statusCode === 200) {
          t.strictSame(written.json().map(({ id }: Product) => id), list.map(({ id }) => id), 'the answer has the order of the request')
          for (const { id } of list) acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1)
        } else {
          t.equal(written.statusCode, 412)
          refused++
        }
      }
    }))
    t.ok(refused > 0, 'they met')
    t.strictSame((await products.list()).map(({ id, value }) => [id, value]), [...acknowledged].sort(([a], [b]) => a - b))
  })

  t.test('HEAD has the tag of GET', async t => {
    const url = '/products?sort=-id'
    const get = await app.inject({ method: 'GET', url })
    const head = await app.inject({ method: 'HEAD', url })
    t.equal(head.statusCode, 200)
    t.equal(head.headers.etag, get.headers.etag)
  })

  t.test('a statement writes all members or none', async t => {
    const both = [{ id: 1, value: 7 }, { id: 2, value: 7 }]
    t.strictSame(await products.update(both, [1, 0]), [])
    t.strictSame(await products.update([...both, { id: 99, value: 7 }], [1, 1, 1]), [])
    t.strictSame((await products.list()).map(({ value }) => value), [0, 0, 0, 0, 0, 0])
    t.equal((await products.update(both, [1, 1])).length, 2)
  })
})

t.test('docs/lists.md shows the code and the statement of this example', async t => {
  const [page, server, store] = ['../../../docs/lists.md', '../../../examples/lists/server.ts', '../../../examples/lists/products.ts']
    .map(file => readFileSync(path.join(__dirname, file), 'utf8')) as [string, string, string]
  const definition = server.slice(server.indexOf('  const list = defineEtag'), server.indexOf('\n}\n')).replace(/^ {2}/gm, '')
  t.ok(page.includes(`\`\`\`ts\n${definition}\n\`\`\``), 'the definition and the routes')
  const statement = store.slice(store.indexOf('      WITH wanted'), store.indexOf('      RETURNING')).replace(/^ {6}/gm, '')
  t.ok(page.includes(`\`\`\`sql\n${statement}RETURNING products.*\n\`\`\``), 'the statement')
})
