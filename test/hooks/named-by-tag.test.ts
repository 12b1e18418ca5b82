import t from 'tap'
import Fastify from 'fastify'
import { namedByTag } from '../../lib/hooks/named-by-tag.js'
import { noteGuardedHandler } from '../../lib/guarded-handlers.js'
import type { DescribedState } from '../../lib/sources/described-state.js'

/** What a tag names to a request with this method, whose handler does nothing but guard, or does not. */
async function named (text: string, { method = 'PUT', isGuarded = true, isParsed = true } = {}): Promise<DescribedState | undefined> {
  const app = Fastify()
  let found: DescribedState | undefined
  app.addHook('onRoute', options => { if (isGuarded) options.handler.bind = () => guarded as never })
  const guarded = async (): Promise<object> => ({})
  noteGuardedHandler(guarded, Symbol('definition'))
  app.addHttpMethod('QUERY', { hasBody: true, overrideExisting: true })
  app.route({ method, url: '/', preHandler: async request => { found = namedByTag({ parseVersion: isParsed ? Number : undefined }, request, text) }, handler: async () => ({}) })
  await app.inject({ method: method as 'PUT', url: '/' })
  return found
}

t.test('a tag names its version, and one of a representation that of its state', async t => {
  t.strictSame(await named('"17"'), { version: 17, etag: { weak: false, opaque: '17' } })
  t.strictSame(await named('"17;gzip"'), { version: 17, etag: { weak: false, opaque: '17' } })
})

t.test('it names none where its text is none, nobody parses it, the method writes nothing, or the handler may do more than write', async t => {
  for (const text of ['"017"', '"x"', '""', '"1e3"']) t.equal(await named(text), undefined, text)
  t.equal(await named('"17"', { isParsed: false }), undefined)
  for (const method of ['GET', 'QUERY']) t.equal(await named('"17"', { method }), undefined, method)
  t.equal(await named('"17"', { isGuarded: false }), undefined)
})
