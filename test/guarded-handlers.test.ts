import t from 'tap'
import { isGuardedHandler, noteGuardedHandler, noteStandIn } from '../lib/guarded-handlers.js'

t.test('a handler is known by itself, and one that stands in front of it by what is bound of it as well', async t => {
  const handler = (): void => {}
  const standIn = (): string => 'stands in'
  t.notOk(isGuardedHandler(handler))
  t.notOk(isGuardedHandler(undefined))
  noteGuardedHandler(handler)
  noteStandIn(standIn, handler)
  const bound = standIn.bind(null)
  for (const known of [handler, standIn, bound]) t.ok(isGuardedHandler(known))
  t.equal(bound(), 'stands in')
  const other = (): string => 'another'
  noteStandIn(other, () => {})
  t.notOk(isGuardedHandler(other))
  Object.defineProperty(other, 'bind', Object.getOwnPropertyDescriptor(standIn, 'bind')!)
  t.equal((other.bind(null))(), 'another')
  t.notOk(isGuardedHandler(other.bind(null)), 'what took its bind over is another one all the same')
})
