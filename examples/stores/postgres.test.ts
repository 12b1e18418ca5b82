import { inspect } from 'node:util'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Client } from 'pg'
import t from 'tap'
import etagPlugin, { defineEtag } from 'fastify-etag-policy'
import { temporaryPostgres } from '../../test/temporary-postgres.js'
import { ON_POSTGRES, TABLES } from './stores.js'
import { openDrizzle } from './transactions/drizzle.js'
import { openKysely } from './transactions/kysely.js'
import { openMikroOrm } from './transactions/mikro-orm.js'
import { openObjection } from './transactions/objection.js'
import { openPg } from './transactions/pg.js'
import { openPostgresJs } from './transactions/postgres-js.js'
import { openPrisma } from './transactions/prisma.js'
import { openSequelize } from './transactions/sequelize.js'
import { openTypeOrm } from './transactions/typeorm.js'
import type { Transactions } from './transactions/transactions.js'

const TRANSACTIONS: Readonly<Record<string, (url: string) => Promise<Transactions>>> = {
  pg: openPg,
  'postgres.js': openPostgresJs,
  Kysely: openKysely,
  Drizzle: openDrizzle,
  Prisma: openPrisma,
  TypeORM: openTypeOrm,
  MikroORM: openMikroOrm,
  Sequelize: openSequelize,
  Objection: openObjection
}

interface Page { id: string, title: string, version: number }
type Params = { Params: { id: string } }
type Write = Params & { Body: { title: string } }

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
const GONE = { status: 404, code: 'FST_ETAG_NOT_FOUND' }
const BUSY = {
  statusCode: 503,
  code: 'FST_ETAG_STORE_BUSY',
  error: 'Service Unavailable',
  message: 'Other writes were in the way, and nothing was written: send the request again'
}
const WITHHELD = { statusCode: 500, code: 'FST_ETAG_WRITE_FAILED', error: 'Internal Server Error', message: 'The write failed' }

// what Fastify gives to any answer of JSON: nothing of a store is among them
const HEADERS = ['connection', 'content-length', 'content-type', 'date']

t.test('what other writers and PostgreSQL do to a write', async t => {
  const database = await temporaryPostgres()
  const admin = new Client({ connectionString: database.url })
  await admin.connect()
  await admin.query("ALTER DATABASE postgres SET deadlock_timeout = '20ms'")
  await admin.query(TABLES)
  t.teardown(async () => {
    await admin.end()
    await database.stop()
  })

  for (const { name, open } of ON_POSTGRES) {
    await t.test(name, async t => {
      const store = await open(database.url)
      const transactions = await TRANSACTIONS[name]!(database.url)
      let meanwhile: Meanwhile = async () => {}
      let thrown: string[] = []
      const app = Fastify()
      t.teardown(async () => {
        await app.close()
        await store.close()
        await transactions.close()
      })
      await app.register(etagPlugin, { policy: 'OPTIONAL' })
      store.addRoutes(app)
      addTransactions(app, admin, recording(transactions, error => { thrown.push(error) }), attempt => meanwhile(attempt))
      t.beforeEach(async () => {
        meanwhile = async () => {}
        thrown = []
        await admin.query('TRUNCATE pages; UPDATE tally SET writes = 0')
        await admin.query("INSERT INTO pages VALUES ('one', 'first', 1), ('two', 'second', 1)")
      })

      const put = (url: string, headers: Record<string, string>, title = 'changed') => app.inject({ method: 'PUT', url, headers, payload: { title } })
      const stored = async (id: string): Promise<Page | undefined> => (await admin.query<Page>('SELECT * FROM pages WHERE id = $1', [id])).rows[0]
      const writes = async (): Promise<number> => (await admin.query('SELECT writes FROM tally')).rows[0].writes

      /** Sends a request that waits for the row of another writer, who then commits. */
      const overtake = async <Answer>(statement: string, send: () => Promise<Answer>): Promise<Answer> => {
        const rival = new Client({ connectionString: database.url })
        await rival.connect()
        await rival.query(`BEGIN; ${statement}`)
        const answer = send()
        await untilSomebodyWaits(admin)
        await rival.query('COMMIT')
        await rival.end()
        return answer
      }

      await t.test('a version that moves under the write is noticed, and told as the current tag', async t => {
        const lost = await overtake("UPDATE pages SET version = 2 WHERE id = 'one'", () => put('/pages/one', { 'if-match': '"1"' }))
        t.same(lost.json(), { ...MOVED, instance: '/pages/one', currentEtag: '"2"' })
        t.match(await stored('one'), { title: 'first', version: 2 })
      })

      await t.test('a write without a tag is written from the version that another writer made meanwhile', async t => {
        const written = await overtake("UPDATE pages SET version = 2 WHERE id = 'one'", () => put('/pages/one', {}))
        t.same(written.json(), { id: 'one', title: 'changed', version: 3 })
        t.match(await stored('one'), { title: 'changed', version: 3 })
      })

      await t.test('what goes under the write is not made again, and not found to be removed', async t => {
        const remove = "DELETE FROM pages WHERE id = 'one'"
        t.equal((await overtake(remove, () => put('/pages/one', { 'if-match': '"1"' }))).statusCode, 412)
        t.equal(await stored('one'), undefined)
        await admin.query("INSERT INTO pages VALUES ('one', 'first', 1)")
        const removed = await overtake(remove, () => app.inject({ method: 'DELETE', url: '/pages/one', headers: { 'if-match': '"1"' } }))
        t.match(removed.json(), GONE)
        const never = await app.inject({ method: 'DELETE', url: '/pages/three', headers: { 'if-match': '"1"' } })
        t.match(never.json(), GONE)
      })

      await t.test('a value that another page has is a conflict which tells nothing of the database', async t => {
        const changed = await put('/pages/two', { 'if-match': '"1"' }, 'first')
        t.same(changed.json(), { ...TAKEN, instance: '/pages/two', currentEtag: '"1"' })
        const made = await put('/pages/new', { 'if-none-match': '*' }, 'first')
        t.same(made.json(), { ...TAKEN, instance: '/pages/new' })
        t.same(Object.keys(changed.headers).sort(), [...HEADERS, 'etag'].sort())
        t.same(Object.keys(made.headers).sort(), HEADERS)
        t.match(await stored('two'), { title: 'second', version: 1 })
        t.equal(await stored('new'), undefined)
      })

      await t.test('a transaction that was rolled back for another writer of the tally is run again, and writes once', async t => {
        const attempts: number[] = []
        meanwhile = async attempt => {
          attempts.push(attempt)
          if (attempt === 1) await admin.query('UPDATE tally SET writes = writes + 1')
        }
        t.equal((await put('/counted/one', { 'if-match': '"1"' })).statusCode, 200)
        t.same(attempts, [1, 2])
        t.match(thrown, [/40001/])
        t.match(await stored('one'), { title: 'changed', version: 2 })
        t.equal(await writes(), 2)
      })

      await t.test('of two transactions that wait for each other, the one that is rolled back is run again', async t => {
        // the row of the tally is held by a transaction that wants the page, which the request holds
        const rival = new Client({ connectionString: database.url })
        await rival.connect()
        t.teardown(() => rival.end())
        const wanted: Array<Promise<unknown>> = []
        await rival.query("BEGIN; SET LOCAL deadlock_timeout = '1h'")
        await rival.query('UPDATE tally SET writes = writes + 1')
        const attempts: number[] = []
        meanwhile = async attempt => {
          attempts.push(attempt)
          if (wanted.length > 0) return
          wanted.push(rival.query("UPDATE pages SET title = title WHERE id = 'one'").then(() => rival.query('COMMIT')))
          await untilSomebodyWaits(admin)
        }
        t.equal((await put('/counted/one', { 'if-match': '"1"' })).statusCode, 200)
        await Promise.all(wanted)
        // until the rival has committed, the page may be the reason to roll back once more
        t.match(thrown[0], /40P01/)
        t.equal(attempts[0], 1)
        t.match(await stored('one'), { title: 'changed', version: 2 })
        t.equal(await writes(), 2)
      })

      await t.test('a transaction that is rolled back each time is answered by 503, and nothing is written', async t => {
        meanwhile = async () => { await admin.query('UPDATE tally SET writes = writes + 1') }
        const busy = await put('/counted/one', { 'if-match': '"1"' })
        t.same(busy.json(), BUSY)
        t.same(Object.keys(busy.headers).sort(), [...HEADERS, 'retry-after'].sort())
        t.match(thrown, [/40001/, /40001/, /40001/, /40001/])
        t.match(await stored('one'), { title: 'first', version: 1 })
      })

      await t.test('a broken statement is answered by 500 without a word of PostgreSQL', async t => {
        const failed = await put('/nowhere/one', { 'if-match': '"1"' })
        t.equal(failed.statusCode, 500)
        t.same(failed.json(), WITHHELD)
        t.same(Object.keys(failed.headers).sort(), HEADERS)
        t.match(thrown, [/42P01/])
      })
    })
  }
})

/** What happens in a transaction between its two statements. */
type Meanwhile = (attempt: number) => Promise<void>

/** Adds a write of a page that counts writes besides, and one that fails. */
function addTransactions (app: FastifyInstance, admin: Client, transactions: Transactions, meanwhile: Meanwhile): void {
  const page = defineEtag({
    source: 'version',
    create: 'never',
    load: async (request: FastifyRequest<Params>) => (await admin.query<Page>('SELECT * FROM pages WHERE id = $1', [request.params.id])).rows[0]
  })
  const config = { etag: page }

  // what a store answers to a write, a bigint of rows for instance, is nothing to send
  app.put<Write>('/counted/:id', { config }, async request => {
    const { params: { id }, body: { title } } = request
    await page.of(request).guard(({ version, attempt }) => transactions.writeAndCount(id, title, version, () => meanwhile(attempt)))
    return { written: id }
  })

  app.put<Params>('/nowhere/:id', { config }, request => page.of(request).guard(() => transactions.writeNowhere()))
}

/** Waits until PostgreSQL says that somebody waits for a lock: asked of the database, not of a clock. */
async function untilSomebodyWaits (admin: Client): Promise<void> {
  for (;;) {
    const { rows: [row] } = await admin.query<{ waiting: number }>("SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    if (row!.waiting > 0) return
  }
}

/** Transactions that show what they throw, so that a test knows that it was what it is about. */
function recording ({ writeAndCount, writeNowhere, close }: Transactions, record: (error: string) => void): Transactions {
  const recorded = <Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) => async (...args: Args): Promise<Result> => {
    try {
      return await write(...args)
    } catch (error) {
      record(inspect(error))
      throw error
    }
  }
  return { writeAndCount: recorded(writeAndCount), writeNowhere: recorded(writeNowhere), close }
}
