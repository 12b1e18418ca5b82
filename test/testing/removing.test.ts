import t from 'tap'
import { findEach, guardedPut, notChecked, query, reportOf } from './planted.js'

findEach(t, [
  ['a DELETE whose callback compares no version', 'remove-unguarded', {
    remove: (precondition, table, id) => precondition.guard(() => table.remove(id, () => true))
  }],
  ['a DELETE without a guard', 'remove-unguarded', { remove: (_precondition, table, id) => table.remove(id, () => true) }],
  ['a DELETE that takes any tag', 'remove-unguarded', { removeEtag: false, options: { policy: 'OPTIONAL' } }, { policy: 'OPTIONAL' }],
  ['a DELETE without a policy', 'policy-missing', { removeEtag: false }],
  ['a DELETE that compares the version ahead of its statement', 'two-winners-remove', {
    put: async (precondition, table, id, text) => {
      await query(5)
      return guardedPut(precondition, table, id, text)
    },
    remove: (precondition, table, id) => precondition.guard(async ({ version }) => {
      if (table.rows.get(id)?.version !== version) return null
      await query(30)
      return table.remove(id, () => true)
    })
  }],
  ['a DELETE that turns a lost race into 500', 'race-answer', {
    remove: async (precondition, table, id) => {
      if (!await table.remove(id, row => row.version === precondition.expected.version)) throw new Error('nothing removed')
    }
  }],
  ['a write that fails where a DELETE comes first', 'race-answer', {
    put: async (precondition, table, id, text) => {
      const wasThere = table.rows.has(id)
      await query(10)
      if (wasThere && !table.rows.has(id)) throw new Error('where is it')
      return guardedPut(precondition, table, id, text)
    }
  }],
  ['a DELETE and a write that refuse each other', 'no-winner', {
    prepare: app => {
      let removing = 0
      app.addHook('preHandler', async (request, reply) => {
        if (request.method === 'DELETE') {
          removing++
          reply.raw.once('finish', () => { removing-- })
        }
      })
      app.decorate('isRemoving', () => removing > 0)
    },
    put: async (precondition, table, id, text, reply) => {
      await query(1)
      const { isRemoving } = reply.server as unknown as { isRemoving: () => boolean }
      return isRemoving() ? reply.code(412).send() : guardedPut(precondition, table, id, text)
    },
    remove: async (precondition, table, id) => {
      await query(20)
      throw await precondition.failed()
    }
  }]
])

t.test('without remove no DELETE is checked, and the report says so of each check', async t => {
  const report = await reportOf({}, { remove: undefined })
  t.same(report.faults, [])
  t.equal(notChecked(report).length, 4)
  for (const [claim, because] of notChecked(report)) {
    t.match(claim, 'a DELETE')
    t.equal(because, 'no remove is given')
  }
})

t.test('a service in which the write always wins against the DELETE keeps what it promises', async t => {
  const report = await reportOf({
    remove: async (precondition, table, id) => {
      await query(20)
      await precondition.guard(({ version }) => table.remove(id, row => row.version === version))
    }
  })
  t.same(report.faults, [], String(report))
})

t.test('a DELETE that lost by 404 or 410 is told so as well as by 412', async t => {
  const report = await reportOf({
    put: async (precondition, table, id, text, reply) => {
      const wasThere = table.rows.has(id)
      await query(10)
      return wasThere && !table.rows.has(id) ? reply.code(410).send() : guardedPut(precondition, table, id, text)
    }
  })
  t.same(report.faults, [], String(report))
})
