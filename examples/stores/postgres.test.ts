import { inspect } from 'node:util'
import { Client } from 'pg'
import t from 'tap'
import { meetingOf } from '../../test/meeting.js'
import { temporaryPostgres } from '../../test/temporary-postgres.js'
import { openDrizzle } from './drizzle.js'
import { openKysely } from './kysely.js'
import { openMikroOrm } from './mikro-orm.js'
import { openObjection } from './objection.js'
import { openPg } from './pg.js'
import { openPostgresJs } from './postgres-js.js'
import { pageApp, type Meanwhile } from './page-app.js'
import { openSequelize } from './sequelize.js'
import { tablesOf, type OpenStore, type Page, type Store } from './store.js'
import { openTypeOrm } from './typeorm.js'

const STORES: ReadonlyArray<readonly [name: string, prefix: string, open: OpenStore]> = [
  ['pg', 'pg', openPg],
  ['postgres.js', 'postgresjs', openPostgresJs],
  ['Drizzle', 'drizzle', openDrizzle],
  ['Kysely', 'kysely', openKysely],
  ['MikroORM', 'mikroorm', openMikroOrm],
  ['Sequelize', 'sequelize', openSequelize],
  ['TypeORM', 'typeorm', openTypeOrm],
  ['Objection', 'objection', openObjection]
]

const WRITERS = 8
const ONE_OF_ALL = [200, ...Array.from({ length: WRITERS - 1 }, () => 412)]

const DOCS = 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md'
const MOVED = {
  type: `${DOCS}#fst_etag_precondition_failed`,
  title: 'Precondition Failed',
  status: 412,
  detail: 'The current version is not the one in If-Match. Read it again, apply your change, and send its ETag.',
  code: 'FST_ETAG_PRECONDITION_FAILED',
  field: 'If-Match',
  reason: 'changed'
}
const TAKEN = {
  type: `${DOCS}#fst_etag_conflict`,
  title: 'Conflict',
  status: 409,
  detail: 'A value in this request must be unique, and something else has it already.',
  code: 'FST_ETAG_CONFLICT',
  reason: 'exists'
}
const WITHHELD = { statusCode: 500, code: 'FST_ETAG_WRITE_FAILED', error: 'Internal Server Error', message: 'The write failed' }

// what Fastify gives to any answer of JSON: nothing of a store is among them
const HEADERS = ['connection', 'content-length', 'content-type', 'date']

t.test('with a real PostgreSQL', async t => {
  const postgres = await temporaryPostgres()
  const admin = new Client({ connectionString: postgres.url })
  await admin.connect()
  await admin.query("ALTER DATABASE postgres SET deadlock_timeout = '20ms'")
  t.teardown(async () => {
    await admin.end()
    await postgres.stop()
  })

  for (const [name, prefix, open] of STORES) {
    await t.test(name, async t => {
      await admin.query(tablesOf(prefix))
      const store = await open(postgres.url)
      let meanwhile: Meanwhile = async () => {}
      let thrown: string[] = []
      const app = await pageApp(recording(store, error => { thrown.push(error) }), () => meanwhile)
      t.teardown(async () => {
        await app.close()
        await store.close()
      })
      t.beforeEach(async () => {
        meanwhile = async () => {}
        thrown = []
        await admin.query(`DELETE FROM ${prefix}_page; UPDATE ${prefix}_tally SET writes = 0`)
        await admin.query(`INSERT INTO ${prefix}_page VALUES ('one', 'first', 'begun', 1), ('two', 'second', 'begun', 1)`)
      })

      const write = (method: 'PATCH' | 'PUT', url: string, headers: Record<string, string>, text = 'changed', slug = 'first') =>
        app.inject({ method, url, headers, payload: { slug, text } })
      const stored = async (id: string): Promise<Page | undefined> =>
        (await admin.query<Page>(`SELECT * FROM ${prefix}_page WHERE id = $1`, [id])).rows[0]
      const moveOn = (id: string): Promise<unknown> => admin.query(`UPDATE ${prefix}_page SET version = version + 1 WHERE id = $1`, [id])

      await t.test(`of ${WRITERS} writers who hold the same tag and meet before they write, one writes`, async t => {
        const meet = meetingOf(WRITERS)
        meanwhile = meet
        const answers = await Promise.all(Array.from({ length: WRITERS }, (_, writer) =>
          write('PATCH', '/pages/one', { 'if-match': '"1"' }, `of writer ${writer}`)))
        t.same(answers.map(({ statusCode }) => statusCode).sort(), ONE_OF_ALL)
        const winner = answers.findIndex(({ statusCode }) => statusCode === 200)
        t.match(await stored('one'), { text: `of writer ${winner}`, version: 2 })
        for (const lost of answers.filter(({ statusCode }) => statusCode === 412)) {
          t.same(lost.json(), { ...MOVED, instance: '/pages/one', currentEtag: '"2"' })
        }
      })

      await t.test('a write with the current tag is written and read with the next one', async t => {
        const written = await write('PATCH', '/pages/one', { 'if-match': '"1"' })
        t.equal(written.statusCode, 200)
        // a store that counts rows gives no row to make the tag from
        t.equal(written.headers.etag ?? '"2"', '"2"')
        const read = await app.inject('/pages/one')
        t.equal(read.headers.etag, '"2"')
        t.same(read.json(), { id: 'one', slug: 'first', text: 'changed', version: 2 })
      })

      await t.test('a stale tag is refused with the current one, and nothing is written', async t => {
        await moveOn('one')
        const stale = await write('PATCH', '/pages/one', { 'if-match': '"1"' })
        t.equal(stale.statusCode, 412)
        t.same(stale.json(), { ...MOVED, instance: '/pages/one', currentEtag: '"2"' })
        t.match(await stored('one'), { text: 'begun', version: 2 })
      })

      await t.test('a version that moves between the check and the write is noticed, and told as the current tag', async t => {
        meanwhile = async () => { await moveOn('one') }
        const lost = await write('PATCH', '/pages/one', { 'if-match': '"1"' })
        t.same(lost.json(), { ...MOVED, instance: '/pages/one', currentEtag: '"2"' })
        t.match(await stored('one'), { text: 'begun', version: 2 })
      })

      await t.test('a write without a tag is written from the version that another writer made meanwhile', async t => {
        meanwhile = async attempt => { if (attempt === 1) await moveOn('one') }
        t.equal((await write('PATCH', '/pages/one', {})).statusCode, 200)
        t.match(await stored('one'), { text: 'changed', version: 3 })
      })

      await t.test('what is gone is not found, also when it goes between the check and the write', async t => {
        const gone = { status: 404, code: 'FST_ETAG_NOT_FOUND' }
        t.match((await write('PATCH', '/pages/three', { 'if-match': '"1"' })).json(), gone)
        meanwhile = async () => { await admin.query(`DELETE FROM ${prefix}_page WHERE id = 'one'`) }
        t.match((await write('PATCH', '/pages/one', { 'if-match': '"1"' })).json(), gone)
        t.equal(await stored('one'), undefined)
      })

      await t.test(`of ${WRITERS} who make the same page and meet before they do, one makes it`, async t => {
        const meet = meetingOf(WRITERS)
        meanwhile = meet
        const answers = await Promise.all(Array.from({ length: WRITERS }, (_, writer) =>
          write('PUT', '/pages/new', { 'if-none-match': '*' }, `of writer ${writer}`, `slug-${writer}`)))
        t.same(answers.map(({ statusCode }) => statusCode).sort(), ONE_OF_ALL)
        const winner = answers.findIndex(({ statusCode }) => statusCode === 200)
        t.match(await stored('new'), { text: `of writer ${winner}` })
        for (const lost of answers.filter(({ statusCode }) => statusCode === 412)) {
          t.match(lost.json(), { code: 'FST_ETAG_PRECONDITION_FAILED', field: 'If-None-Match', reason: 'exists' })
        }
      })

      await t.test('a value that another page has is a conflict which tells nothing of the database', async t => {
        const changed = await write('PATCH', '/pages/two', { 'if-match': '"1"' })
        t.same(changed.json(), { ...TAKEN, instance: '/pages/two', currentEtag: '"1"' })
        const made = await write('PUT', '/pages/new', { 'if-none-match': '*' })
        t.same(made.json(), { ...TAKEN, instance: '/pages/new' })
        t.same(Object.keys(changed.headers).sort(), [...HEADERS, 'etag'].sort())
        t.same(Object.keys(made.headers).sort(), HEADERS)
        t.match(thrown, [/23505/, /23505/])
        t.match(await stored('two'), { slug: 'second', version: 1 })
        t.equal(await stored('new'), undefined)
      })

      await t.test('a transaction that was rolled back for another writer of the tally is run again, and writes once', async t => {
        const attempts: number[] = []
        meanwhile = async attempt => {
          attempts.push(attempt)
          if (attempt === 1) await admin.query(`UPDATE ${prefix}_tally SET writes = writes + 1`)
        }
        t.equal((await write('PATCH', '/counted/one', { 'if-match': '"1"' })).statusCode, 200)
        t.same(attempts, [1, 2])
        t.match(thrown, [/40001/])
        t.match(await stored('one'), { text: 'changed', version: 2 })
        t.same((await admin.query(`SELECT writes FROM ${prefix}_tally`)).rows, [{ writes: 2 }])
      })

      await t.test('of two transactions that wait for each other, the one that is rolled back is run again', async t => {
        // the row of the tally is held by a transaction that wants the page, which the request holds
        const rival = new Client({ connectionString: postgres.url })
        await rival.connect()
        t.teardown(() => rival.end())
        const wanted: Array<Promise<unknown>> = []
        await rival.query("BEGIN; SET LOCAL deadlock_timeout = '1h'")
        await rival.query(`UPDATE ${prefix}_tally SET writes = writes + 1`)
        const attempts: number[] = []
        meanwhile = async attempt => {
          attempts.push(attempt)
          if (wanted.length > 0) return
          wanted.push(rival.query(`UPDATE ${prefix}_page SET text = text WHERE id = 'one'`).then(() => rival.query('COMMIT')))
          await untilBlocked(admin, rival)
        }
        t.equal((await write('PATCH', '/counted/one', { 'if-match': '"1"' })).statusCode, 200)
        await Promise.all(wanted)
        // until the rival has committed, the page may be the reason to roll back once more
        t.match(thrown[0], /40P01/)
        t.equal(attempts[0], 1)
        t.match(await stored('one'), { text: 'changed', version: 2 })
        t.same((await admin.query(`SELECT writes FROM ${prefix}_tally`)).rows, [{ writes: 2 }])
      })

      await t.test('a transaction that is rolled back each time is answered by 503, and nothing is written', async t => {
        meanwhile = async () => { await admin.query(`UPDATE ${prefix}_tally SET writes = writes + 1`) }
        const busy = await write('PATCH', '/counted/one', { 'if-match': '"1"' })
        t.same(busy.json(), {
          statusCode: 503,
          code: 'FST_ETAG_STORE_BUSY',
          error: 'Service Unavailable',
          message: 'Other writes were in the way, and nothing was written: send the request again'
        })
        t.same(Object.keys(busy.headers).sort(), [...HEADERS, 'retry-after'].sort())
        t.match(thrown, [/40001/, /40001/, /40001/, /40001/])
        t.match(await stored('one'), { text: 'begun', version: 1 })
      })

      await t.test('a broken statement is answered by 500 without a word of PostgreSQL', async t => {
        const failed = await write('PATCH', '/nowhere/one', { 'if-match': '"1"' })
        t.equal(failed.statusCode, 500)
        t.same(failed.json(), WITHHELD)
        t.same(Object.keys(failed.headers).sort(), HEADERS)
        t.match(thrown, [/42P01/])
      })
    })
  }
})

/** Waits until PostgreSQL says that this connection waits for a lock: asked of the database, not of a clock. */
async function untilBlocked (admin: Client, blocked: Client): Promise<void> {
  const { processID } = blocked as unknown as { readonly processID: number }
  for (;;) {
    const { rows: [row] } = await admin.query<{ waits: boolean }>(
      "SELECT coalesce(wait_event_type = 'Lock', false) AS waits FROM pg_stat_activity WHERE pid = $1", [processID])
    if (row?.waits === true) return
  }
}

/** A store that shows what its writes throw, so that a test knows that it was what it is about. */
function recording (store: Store, record: (error: string) => void): Store {
  const recorded = <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) => async (...args: Args): Promise<Result> => {
    try {
      return await write(...args)
    } catch (error) {
      record(inspect(error))
      throw error
    }
  }
  return {
    ...store,
    update: recorded(store.update),
    create: recorded(store.create),
    updateAndCount: recorded(store.updateAndCount),
    updateNowhere: recorded(store.updateNowhere)
  }
}
