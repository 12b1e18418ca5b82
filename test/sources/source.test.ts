import t from 'tap'
import { resolveSource, type Source } from '../../lib/sources/source.js'

t.test('plain text is one key, `field` is a path, and a function is asked', async t => {
  const state = { rev: 1, meta: { rev: 2, 'a.b': 3 }, 'meta.rev': 4 }
  const request = { language: 'de' }
  const table: ReadonlyArray<readonly [source: Source, version: unknown, weak: boolean, opaque: string]> = [
    ['rev', 1, false, '1'],
    ['meta.rev', 4, false, '4'],
    [{ field: 'rev' }, 1, false, '1'],
    [{ field: 'meta.rev' }, 2, false, '2'],
    [({ rev }, { language }) => `W/"${rev}-${language}"`, 'W/"1-de"', true, '1-de']
  ]
  for (const [source, version, weak, opaque] of table) {
    t.strictSame(resolveSource(source)(state, request), { version, etag: { weak, opaque } }, opaque)
  }
})

t.test('a path leads to no key that has its dots in it', async t => {
  t.equal(resolveSource({ field: 'meta.rev' })({ 'meta.rev': 4 }, undefined).etag, undefined)
  t.equal(resolveSource('meta.rev')({ meta: { rev: 2 } }, undefined).etag, undefined)
})
