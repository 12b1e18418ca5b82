import Fastify from 'fastify'
import { Client } from 'pg'
import t from 'tap'
import etagPlugin from 'fastify-etag-policy'
import { checkRoute, RouteError, type Report, type RouteUnderTest } from 'fastify-etag-policy/testing'
import { temporaryPostgres } from '../../test/temporary-postgres.js'
import { STORES, TABLES } from './stores.js'

let url: string
let admin: Client

t.before(async () => {
  const database = await temporaryPostgres()
  url = database.url
  admin = new Client({ connectionString: url })
  await admin.connect()
  await admin.query(TABLES)
  t.teardown(async () => {
    await admin.end()
    await database.stop()
  })
})

const safe: RouteUnderTest<object> = {
  read: '/pages/safe',
  write: '/pages/safe',
  remove: '/pages/safe',
  create: turn => ({ url: `/pages/new-${turn}`, body: { title: `new ${turn}` } }),
  change: (_, turn) => ({ title: `turn ${turn}` })
}

// the form that looks safe, and nothing else that is not
const UNSAFE = {
  PUT: { read: '/pages/put', write: '/unsafe/put', change: (_: object, turn: number) => ({ title: `put ${turn}` }) },
  DELETE: { read: '/pages/delete', write: '/pages/delete', remove: '/unsafe/delete', change: (_: object, turn: number) => ({ title: `delete ${turn}` }) }
} as const

for (const { name, faults, notRun, open } of STORES) {
  const title = `${name}: the safe form passes the contract check, the one that looks safe fails it as ${Object.values(faults).join(' and ')}`
  t.test(title, notRun === undefined ? {} : { skip: notRun }, async t => {
    await admin.query('TRUNCATE pages')
    const store = await open(url)
    const app = Fastify()
    t.teardown(async () => {
      await app.close()
      await store.close()
    })
    await app.register(etagPlugin, { policy: 'REQUIRED' })
    store.addRoutes(app)
    for (const id of ['safe', 'put', 'delete']) {
      const made = await app.inject({ method: 'PUT', url: `/pages/${id}`, headers: { 'if-none-match': '*' }, payload: { title: id } })
      t.equal(made.statusCode, 200, made.body)
    }

    const { checks } = await checkRoute(app, safe)
    t.same(checks.filter(({ outcome }) => outcome !== 'holds'), [])
    for (const method of ['PUT', 'DELETE'] as const) {
      const fault = faults[method]
      if (fault === undefined) continue
      const report = await reportOf(checkRoute(app, UNSAFE[method]))
      t.same(report.faults, [fault], String(report))
    }
    // what a terminal shows too, where tap is silent about tests that pass
    console.error(title)
  })
}

/** The report of a check, whether or not it is an error. */
async function reportOf (checking: Promise<Report>): Promise<Report> {
  try {
    return await checking
  } catch (error) {
    if (error instanceof RouteError) return error.report
    throw error
  }
}
