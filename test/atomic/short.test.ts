import t from 'tap'
import { Database } from './database.js'
import { faultsOf } from './faults.js'
import { SHORT_ROWS } from './rows.js'
import { runRow } from './run-row.js'
import { HEAD, lineOf } from './table.js'
import { isGuarded } from './variants.js'

t.test('on a real database', async t => {
  const database = await Database.open()
  const ended = new AbortController()
  t.teardown(async () => {
    ended.abort()
    await database.close()
  })

  t.comment(HEAD)
  for (const row of SHORT_ROWS) {
    const claim = isGuarded(row.variant)
      ? `${row.variant}: no acknowledged update is lost by ${row.processes} processes, of which one is killed now and then`
      : `${row.variant}: a control that loses updates, and the check of the history says so`
    await t.test(claim, async t => {
      const result = await runRow(row, database, ended.signal)
      t.comment(lineOf(row, result))
      t.same(faultsOf(row, result), [])
    })
  }
})
