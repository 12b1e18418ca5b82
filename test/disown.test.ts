import t from 'tap'
import { disown } from '../lib/disown.js'

t.test('the rejection of a promise that nobody asked for ends no process, and anything else is left alone', async t => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => { unhandled.push(error) }
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  disown(Promise.reject(new Error('gone')))
  // a query that begins when it is waited for must not begin
  disown({ then: () => t.fail('it was asked'), catch: () => t.fail('it was asked') })
  for (const value of [undefined, null, 'x', Promise.resolve()]) disown(value)
  await new Promise(resolve => setImmediate(resolve))
  t.equal(unhandled.length, 0)
})
