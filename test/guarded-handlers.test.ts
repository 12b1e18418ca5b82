import t from 'tap'
import { guardedDefinitionOf, isGuardedHandler, noteGuardedHandler, noteStandIn } from '../lib/guarded-handlers.js'

t.test('a handler is known by itself, and one that stands in front of it by what is bound of it as well', async t => {
  const handler = (): void => {}
  const standIn = (): string => 'stands in'
  t.notOk(isGuardedHandler(handler))
  t.notOk(isGuardedHandler(undefined))
  const definition = Symbol('definition')
  noteGuardedHandler(handler, definition)
  noteStandIn(standIn, handler)
  const bound = standIn.bind(null)
  for (const known of [handler, standIn, bound]) {
    t.ok(isGuardedHandler(known))
    t.equal(guardedDefinitionOf(known), definition)
  }
  t.equal(bound(), 'stands in')
  const other = (): string => 'another'
  noteStandIn(other, () => {})
  t.notOk(isGuardedHandler(other))
  t.equal(guardedDefinitionOf(other), undefined)
  Object.defineProperty(other, 'bind', Object.getOwnPropertyDescriptor(standIn, 'bind')!)
  t.equal((other.bind(null))(), 'another')
  t.notOk(isGuardedHandler(other.bind(null)), 'what took its bind over is another one all the same')
})
