import path from 'node:path'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Pool } from 'pg'
import { startPostgres } from '../../examples/documents/postgres.js'
import etagPlugin, { defineEtag, type EtagPluginOptions } from '../../lib/index.js'

// "ETag support for the REST API" (NetBox #419): the tag is the last_updated timestamp of an object, or created while
// that is not set, and a PUT or PATCH with an outdated If-Match is 412.

interface Site {
  id: number
  name: string
  status: string
  created: string
  last_updated: string | null
}

type Request = FastifyRequest<{ Params: { id: string } }>

const COLUMNS = 'id, name, status, created::text, last_updated::text'

let pool: Pool

async function one<Row> (sql: string, values: unknown[]): Promise<Row | null> {
  const { rows } = await pool.query(sql, values)
  return rows[0] ?? null
}

async function addSite (created = 'now'): Promise<Site> {
  return (await one<Site>(`INSERT INTO sites (name, status, created) VALUES ('Site 1', 'planned', $1) RETURNING ${COLUMNS}`, [created]))!
}

const STRONG: EtagPluginOptions = { source: { timestamp: ['last_updated', 'created'] } }

async function buildNetBox (t: Test, options = STRONG): Promise<string> {
  const app = Fastify()
  await app.register(etagPlugin, { ...options })
  const site = defineEtag({
    load: (request: Request) => one<Site>(`SELECT ${COLUMNS} FROM sites WHERE id = $1`, [request.params.id])
  })
  const config = { etag: site }
  app.get<{ Params: { id: string } }>('/api/dcim/sites/:id/', { config }, request => site.of(request).load())
  for (const method of ['PUT', 'PATCH']) {
    app.route<{ Params: { id: string }, Body: { status: string } }>({
      method,
      url: '/api/dcim/sites/:id/',
      config,
      handler: request => site.of(request).guard(({ version }) => one<Site>(
        `UPDATE sites SET status = $3, last_updated = clock_timestamp()
         WHERE id = $1 AND coalesce(last_updated, created) = $2::timestamptz RETURNING ${COLUMNS}`,
        [request.params.id, version, request.body.status]))
    })
  }
  t.teardown(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

function write (method: string, url: string, status: string, tag: string): Promise<Response> {
  return fetch(url, { method, headers: { 'content-type': 'application/json', 'if-match': tag }, body: JSON.stringify({ status }) })
}

/** A service that reads timestamps as JavaScript Dates, which is what pg makes of them. */
async function buildWithDates (precision?: 'ms'): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin)
  const source = { timestamp: 'last_updated', ...(precision !== undefined && { precision }) } as const
  app.put<{ Params: { id: string }, Body: { status: string, at: string } }>('/:id', {
    config: { etag: { source, load: request => one('SELECT id, status, last_updated FROM sites WHERE id = $1', [(request as Request).params.id]) } }
  }, request => request.precondition.guard(({ version }) => one(
    `UPDATE sites SET status = $3, last_updated = $4
     WHERE id = $1 AND date_trunc('milliseconds', last_updated) = $2 RETURNING id, status, last_updated`,
    [request.params.id, version, request.body.status, request.body.at])))
  return app
}

t.test('on PostgreSQL', async t => {
  const postgres = await startPostgres(path.join(__dirname, '../../build/test-seeds'))
  pool = new Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
  t.teardown(async () => {
    await pool.end()
    await postgres.stop()
  })
  await pool.query(`
    DROP TABLE IF EXISTS sites;
    CREATE TABLE sites (id serial PRIMARY KEY, name text NOT NULL, status text NOT NULL,
      created timestamptz NOT NULL DEFAULT clock_timestamp(), last_updated timestamptz)`)

  for (const [method, tags, options] of [['PUT', 'strong', STRONG], ['PATCH', 'strong', STRONG], ['PUT', 'weak', etagPlugin.netbox], ['PATCH', 'weak', etagPlugin.netbox]] as const) {
    t.test(`the five steps of the issue, with ${method} and ${tags} tags`, async t => {
      const url = `${await buildNetBox(t, options)}/api/dcim/sites/${(await addSite()).id}/`

      // 1. and 2. both clients request the site, which was never updated: its tag is created
      const [a, b] = [await fetch(url), await fetch(url)]
      const seenByA = a.headers.get('etag')!
      t.equal(b.headers.get('etag'), seenByA)
      t.match(seenByA.replace('W/', tags === 'weak' ? '' : 'W/'), /^"\d{4}-\d\d-\d\d%20\d\d:\d\d:\d\d\.\d{1,6}/)
      t.equal((await a.json() as Site).last_updated, null)

      // 3. client A updates its status
      const updated = await write(method, url, 'active', seenByA)
      t.equal(updated.status, 200)
      const seenAfter = updated.headers.get('etag')!
      t.not(seenAfter, seenByA)

      // 4. client B is told that its copy is no longer valid
      const refused = await write(method, url, 'retired', seenByA)
      t.equal(refused.status, 412)
      t.match(await refused.json(), { reason: 'changed', detail: /not the one in If-Match. Read it again/, currentEtag: seenAfter })

      // 5. client B requests the site again
      const again = await fetch(url)
      t.equal(again.headers.get('etag'), seenAfter)
      t.equal((await again.json() as Site).status, 'active')
    })
  }

  t.test('If-None-Match returns the object only if it changed', async t => {
    const site = await addSite()
    const url = `${await buildNetBox(t)}/api/dcim/sites/${site.id}/`
    const tag = (await fetch(url)).headers.get('etag')!
    t.equal((await fetch(url, { headers: { 'if-none-match': tag } })).status, 304)
    await write('PATCH', url, 'active', tag)
    t.equal((await fetch(url, { headers: { 'if-none-match': tag } })).status, 200)
  })

  t.test('the literal If-Match: 100 of the text is 400, and the answer shows the quotes', async t => {
    const url = `${await buildNetBox(t)}/api/dcim/sites/${(await addSite()).id}/`
    const response = await write('PUT', url, 'active', '100')
    t.equal(response.status, 400)
    t.match((await response.json() as { detail: string }).detail, /such as "100"/)
  })

  t.test('two updates in one millisecond: as text the second writer is refused, as Dates the first is overwritten', async t => {
    const [FIRST, SECOND] = ['2026-02-04 10:00:00.1234+00', '2026-02-04 10:00:00.1237+00']
    const site = (await one<{ id: number }>(
      "INSERT INTO sites (name, status, last_updated) VALUES ('Site 1', 'planned', $1) RETURNING id", [FIRST]))!.id

    // what a client sees who reads before the first update, of a service that keeps all digits
    const url = `${await buildNetBox(t)}/api/dcim/sites/${site}/`
    const seen = (await fetch(url)).headers.get('etag')!
    await pool.query("UPDATE sites SET status = 'active', last_updated = $2 WHERE id = $1", [site, SECOND])
    t.equal((await write('PUT', url, 'retired', seen)).status, 412)

    // the same over Dates, by an author who promises milliseconds of a column that keeps microseconds
    const promised = await buildWithDates('ms')
    await pool.query("UPDATE sites SET status = 'planned', last_updated = $2 WHERE id = $1", [site, FIRST])
    const headers = { 'if-match': '"2026-02-04T10:00:00.123Z"' }
    const put = async (app: FastifyInstance, status: string, at: string): Promise<number> =>
      (await app.inject({ method: 'PUT', url: `/${site}`, headers, payload: { status, at } })).statusCode
    t.equal(await put(promised, 'active', SECOND), 200)
    t.equal(await put(promised, 'retired', SECOND), 200, 'the update of the first writer is lost')

    // without that promise the Date is refused before anything is lost
    t.equal(await put(await buildWithDates(), 'offline', SECOND), 500)
    t.equal((await one<Site>(`SELECT ${COLUMNS} FROM sites WHERE id = $1`, [site]))!.status, 'retired')
  })
})
