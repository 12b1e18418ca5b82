import t from 'tap'
import { FUNDAMENTAL, UNGUARDED } from '../../lib/testing/check.js'
import { FAULTS } from '../../lib/testing/fault.js'

t.test('what ends the checks, and what lets several writers win, are faults, each in one of the two lists', async t => {
  const listed = [...FUNDAMENTAL, ...UNGUARDED]
  t.equal(new Set(listed).size, listed.length)
  for (const fault of listed) t.ok(Object.hasOwn(FAULTS, fault), fault)
})
