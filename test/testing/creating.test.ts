import t from 'tap'
import { findEach, guardedPut, notChecked, reportOf, type Precondition, type Row, type Table } from './planted.js'

const CLAIM = 'of clients who create at the same moment exactly one does, and the others are 412'
const making = (create: (table: Table, id: string, text: string) => Promise<Row>) =>
  (precondition: Precondition, table: Table, id: string, text: string): Promise<Row> =>
    precondition.guard(({ version }) => table.update(id, text, row => row.version === version), { create: () => create(table, id, text) })

findEach(t, [
  ['a create that writes over what is there', 'upsert', { put: making(async (table, id, text) => table.upsert(id, text)) }],
  ['a create whose duplicate key is not known', 'race-answer', {
    put: making(async (table, id, text) => {
      if ((await table.find(id)) !== null) throw new Error('there is one')
      if (table.rows.has(id)) throw new Error('there is one')
      return table.upsert(id, text)
    })
  }],
  ["a create that is forgotten under unguarded: 'error'", 'unguarded', {
    options: { unguarded: 'error' },
    put: (precondition, table, id, text) => table.rows.has(id) ? guardedPut(precondition, table, id, text) : table.insert(id, text)
  }],
  ['a route that creates nothing', 'create-failed', { etag: { create: 'never' } }],
  ['a body that a create does not take', 'create-failed', { put: making(async () => { throw Object.assign(new Error('no'), { statusCode: 400 }) }) }],
  ['a resource that is there already', 'create-failed', {}, { create: { url: '/rows/7', body: { text: 'again' } } }],
  ['a create that is one at a time, and over what is there', 'create-overwrites', {
    prepare: (app, table) => {
      const busy = new Set<string>()
      app.put<{ Params: { id: string }, Body: { text: string } }>('/made/:id', async ({ params: { id }, body: { text } }, reply) => {
        if (busy.has(id)) return reply.code(412).send()
        busy.add(id)
        await table.find(id)
        for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
        busy.delete(id)
        return table.upsert(id, text)
      })
    }
  }, { create: turn => ({ url: `/made/${turn}`, body: { text: 'made' } }) }],
  ['a second create that is refused by another status than the first ones', 'race-answer', {
    prepare: (app, table) => {
      const made = new Set<string>()
      app.put<{ Params: { id: string }, Body: { text: string } }>('/made/:id', async ({ params: { id }, body: { text } }, reply) => {
        if (table.rows.has(id)) return reply.code(409).send()
        if (made.has(id)) return reply.code(412).send()
        made.add(id)
        for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
        return table.upsert(id, text)
      })
    }
  }, { create: turn => ({ url: `/made/${turn}`, body: { text: 'made' } }) }]
])

t.test('without create no create is checked, and the report says so', async t => {
  const report = await reportOf({ put: (precondition, table, id, text) => guardedPut(precondition, table, id, text) }, { create: undefined })
  t.same(report.faults, [])
  t.same(notChecked(report), [[CLAIM, 'no create is given']])
})

t.test('what create returns is looked at before it is sent', async t => {
  await t.rejects(reportOf({}, { create: () => ({ uri: '/rows/8' }) as any }), { name: 'TypeError', message: 'checkRoute: create must return an object with url and body' })
})
