import t, { type Test } from 'tap'
import Fastify, { type FastifyRequest } from 'fastify'
import { Pool } from 'pg'
import { Products, type Change, type Listing, type Product } from '../../examples/lists/products.js'
import etagPlugin, { defineEtag } from '../../lib/index.js'
import { temporaryPostgres } from '../temporary-postgres.js'

// "ETag examples" of Dotypos: a list has one tag, and is written whole under it; single entities the same.

const { dotypos } = etagPlugin

async function buildDotypos (t: Test, products: Products): Promise<string> {
  const app = Fastify()
  await app.register(etagPlugin, { ...dotypos, unguarded: 'error' })
  t.teardown(() => app.close())

  const list = defineEtag({
    source: { members: 'version' },
    load: ({ query, body }: FastifyRequest<{ Querystring: Listing, Body: Change[] | undefined }>) => body === undefined
      ? products.list(query)
      : products.find(body.map(({ id }) => id))
  })
  app.get<{ Querystring: Listing }>('/products', {
    config: { etag: list },
    schema: { querystring: { type: 'object', properties: { minimum: { type: 'integer' }, page: { type: 'integer' }, limit: { type: 'integer' } } } }
  }, request => list.of(request).load())
  for (const method of ['PUT', 'PATCH']) {
    app.route<{ Body: Change[] }>({
      method, url: '/products', config: { etag: list }, handler: request => list.of(request).guard(({ version }) => products.update(request.body, version))
    })
  }
  app.post<{ Body: Change }>('/products', async (request, reply) => reply.code(201).send(await products.insert(request.body)))

  const one = defineEtag({
    source: 'version',
    load: async (request: FastifyRequest<{ Params: { id: number } }>) => (await products.find([request.params.id]))[0]
  })
  const params = { type: 'object', properties: { id: { type: 'integer' } } }
  app.get<{ Params: { id: number } }>('/products/:id', { config: { etag: one }, schema: { params } }, request => one.of(request).load())
  for (const method of ['PUT', 'PATCH']) {
    app.route<{ Params: { id: number }, Body: { value: number } }>({
      method,
      url: '/products/:id',
      config: { etag: one },
      schema: { params },
      handler: (request, reply) => {
        const change = { id: request.params.id, ...request.body }
        return one.of(request).guard(async ({ version }) => (await products.update([change], [version]))[0] ?? null, {
          create: async () => {
            const row = await products.insert(change)
            if (row !== null) reply.code(201)
            return row
          }
        })
      }
    })
  }
  app.delete<{ Params: { id: number } }>('/products/:id', { config: { etag: one }, schema: { params } }, async (request, reply) => {
    await one.of(request).guard(({ version }) => products.remove(request.params.id, version))
    return reply.code(204).send()
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

function send (method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) })
  })
}

/** The members that the page shows. */
const shown = (list: unknown): Change[] => (list as Product[]).map(({ id, value }) => ({ id, value }))

t.test('on PostgreSQL', async t => {
  const postgres = await temporaryPostgres()
  const pool = new Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
  t.teardown(async () => {
    await pool.end()
    await postgres.stop()
  })
  const products = new Products(pool)
  await products.prepare()
  t.beforeEach(async () => {
    await pool.query('TRUNCATE products')
    for (const [id, value] of [[1, 11], [2, 22]] as const) await products.insert({ id, value })
  })
  /** Somebody else changes it. */
  const change = (id: number, value: number): Promise<unknown> => pool.query('UPDATE products SET value = $2, version = version + 1 WHERE id = $1', [id, value])

  for (const [what, path, changed] of [
    ['the list', '/products', [{ id: 1, value: 33 }, { id: 2, value: 22 }]],
    ['the list, filtered, sorted and paged', '/products?minimum=5&sort=id&page=1&limit=2', [{ id: 1, value: 33 }, { id: 2, value: 22 }]],
    ['a single entity', '/products/1', { id: 1, value: 33 }]
  ] as const) {
    t.test(`get ${what} only if it has been changed`, async t => {
      const url = `${await buildDotypos(t, products)}${path}`
      const first = await send('GET', url)
      const etag = first.headers.get('etag')!
      t.match(etag, /^"[A-Za-z0-9_-]+"$/)

      // 2. no entity was modified by someone else
      const unmodified = await send('GET', url, undefined, { 'if-none-match': etag })
      t.equal(unmodified.status, 304)
      t.equal(await unmodified.text(), '')

      // 1. at least a single one was: a new tag, and all entities
      await change(1, 33)
      const modified = await send('GET', url, undefined, { 'if-none-match': etag })
      t.equal(modified.status, 200)
      t.not(modified.headers.get('etag'), etag)
      t.match(await modified.json(), changed)
    })
  }

  for (const method of ['PUT', 'PATCH']) {
    t.test(`update entities by ${method} only if they were not modified by someone else`, async t => {
      const url = `${await buildDotypos(t, products)}/products`
      const read = await send('GET', url)
      const etag = read.headers.get('etag')!
      const before = await read.json() as Product[]
      t.strictSame(shown(before), [{ id: 1, value: 11 }, { id: 2, value: 22 }])
      const wanted = [{ id: 1, value: 33 }, { id: 2, value: 22 }]

      // 1. the second entity was modified: no data will be modified
      await change(2, 23)
      const refused = await send(method, url, wanted, { 'if-match': etag })
      t.equal(refused.status, 412)
      t.strictSame(shown(await products.list()), [{ id: 1, value: 11 }, { id: 2, value: 23 }])

      // 2. none was: the same entities after all changes, with their new versionDate, and the new tag
      const again = await send('GET', url)
      const updated = await send(method, url, wanted, { 'if-match': again.headers.get('etag')! })
      t.equal(updated.status, 200)
      const after = await updated.json() as Product[]
      t.strictSame(shown(after), wanted)
      for (const [at, { versionDate }] of after.entries()) t.ok(versionDate > before[at]!.versionDate)
      t.not(updated.headers.get('etag'), etag)
      t.equal(updated.headers.get('etag'), (await send('GET', url)).headers.get('etag'))
    })
  }

  t.test('all entities must be sent, with the same ids in the same order, and under their tag', async t => {
    const url = `${await buildDotypos(t, products)}/products`
    await products.insert({ id: 3, value: 33 })
    const etag = (await send('GET', `${url}?limit=2`)).headers.get('etag')!
    const [one, two, three, nowhere] = [1, 2, 3, 4].map(id => ({ id, value: 0 }))
    for (const list of [[two, one], [one], [one, two, three], [one, three], [one, nowhere], [one, two, nowhere], []]) {
      const response = await send('PUT', url, list, { 'if-match': etag })
      t.equal(response.status, 412, JSON.stringify(list))
      t.match(response.headers.get('etag'), /^"/)
    }
    t.equal((await send('PUT', url, [one, one], { 'if-match': etag })).status, 400)
    t.equal((await send('PUT', url, [one, two])).status, 428)
    t.strictSame(shown(await products.list()), [{ id: 1, value: 11 }, { id: 2, value: 22 }, { id: 3, value: 33 }])
    t.equal((await send('PUT', url, [one, two], { 'if-match': etag })).status, 200)
  })

  t.test('a PUT that makes a new entity ignores If-Match, and POST and DELETE need none', async t => {
    const url = `${await buildDotypos(t, products)}/products`
    const made = await send('PUT', `${url}/7`, { value: 77 }, { 'if-match': '"5C6FEF0BAD91914172B353E157219626"' })
    t.equal(made.status, 201)
    t.equal((await send('PUT', `${url}/7`, { value: 78 }, { 'if-match': '"5C6FEF0BAD91914172B353E157219626"' })).status, 412)
    t.equal((await send('PATCH', `${url}/7`, { value: 78 })).status, 428)
    t.equal((await send('PATCH', `${url}/7`, { value: 78 }, { 'if-match': made.headers.get('etag')! })).status, 200)
    t.equal((await send('POST', url, { id: 8, value: 88 })).status, 201)
    t.equal((await send('DELETE', `${url}/8`)).status, 204)
  })
})
