import t from 'tap'
import { findEach, guardedPut, notChecked, query, reportOf, type Planted } from './planted.js'

/** Reads by a query of its own, in two statements. */
const readsTwice: Planted = {
  get: async (_precondition, table, request) => {
    const row = (await table.find(request.params.id))!
    await query(5)
    return { ...row, version: table.rows.get(row.id)!.version }
  }
}

/** Writes by a statement of its own, and reads the version again for its answer. */
const reloads: Planted = {
  put: async (precondition, table, id, text, reply) => {
    const { version, absent } = precondition.expected
    const row = absent ? await table.insert(id, text).catch(() => null) : await table.update(id, text, row => row.version === version)
    if (row === null) throw await precondition.failed()
    await query(20)
    reply.validators(table.rows.get(id))
    return row
  }
}

findEach(t, [
  ['a tag that is read after the body', 'tag-after-body', {
    get: async (precondition, table, request) => ({ ...await precondition.load(), version: (await table.find(request.params.id))!.version })
  }],
  ['a body that is read before the tag, by a handler of its own', 'tag-after-body', readsTwice],
  ['a body that is behind the tag of its state', 'tag-after-body', {
    get: async (precondition, table, request) => {
      const before = table.rows.get(request.params.id)!
      await precondition.load()
      await query(3)
      return { ...table.rows.get(request.params.id)!, text: before.text }
    }
  }],
  ['a version that is read again after the write', 'tag-reloaded', {
    put: async (...asked) => {
      const [, table, id, , reply] = asked
      const row = await guardedPut(...asked)
      reply.validators(await table.find(id))
      return row
    }
  }],
  ['a version that is read again after a write of its own', 'tag-reloaded', reloads],
  ['a read that fails when a write comes between', 'not-there', {
    get: async (precondition, table, request) => {
      const row = await precondition.load()
      await query(1)
      if (table.rows.get(request.params.id)!.version !== row.version) throw new Error('snapshot too old')
      return row
    }
  }]
])

t.test('what waits cannot show of a handler of its own is said', async t => {
  const { get } = { get: (_precondition: unknown, table: { find: (id: string) => Promise<unknown> }, request: { params: { id: string } }) => table.find(request.params.id) }
  const report = await reportOf({
    get,
    put: async (precondition, table, id, text) => {
      const { version, absent } = precondition.expected
      const row = absent ? await table.insert(id, text).catch(() => null) : await table.update(id, text, row => row.version === version)
      if (row === null) throw await precondition.failed()
      return row
    }
  })
  t.same(report.faults, [], String(report))
  const only = 'only what a Fastify instance of this process serves, on a route with config.etag'
  t.same(notChecked(report), [
    ['the answer to a write carries its own tag, though another write follows at once', `${only}, whose handler writes by guard(), can be made to wait`],
    ['a read carries the tag of its body, though a write comes between', `${only}, whose handler reads by load(), can be made to wait`]
  ])
})

/** Refuses requests of a method from when many reads were under way at once. */
const refusing = (method: string, status: number): Planted => {
  let reads = 0
  let isBusy = false
  return {
    prepare: app => {
      app.addHook('onRequest', async (request, reply) => {
        if (request.method === 'GET' && ++reads > 3) isBusy = true
        if (request.method === method && isBusy) return reply.code(status).send()
      })
      app.addHook('onResponse', async request => { if (request.method === 'GET') reads-- })
    }
  }
}

t.test('where many at once are refused for their number, nothing is said of the tags', async t => {
  for (const [method, because] of [['GET', 'a read among many is answered by 429'], ['PUT', 'no write among many is done']] as const) {
    const report = await reportOf(refusing(method, 429), { remove: undefined, create: undefined })
    t.same(report.faults, [])
    const check = report.checks.find(({ claim }) => claim === 'of reads and writes at once no tag names two states')
    t.equal(check?.because, because, String(report))
  }
})

t.test('a read that is refused for the number of them is no missing resource', async t => {
  for (const status of [429, 503]) {
    const report = await reportOf({ prepare: app => app.addHook('onRequest', async (_request, reply) => reply.code(status).send()) }, { create: undefined })
    t.same(report.faults, [])
    t.equal(report.checks[0]!.because, `a read is answered by ${status}`)
  }
})
