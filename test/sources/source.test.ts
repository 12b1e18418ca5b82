import { inspect } from 'node:util'
import t from 'tap'
import { resolveSource, type Source } from '../../lib/sources/source.js'

t.test('plain text is one key, `field` is a path, `timestamp` is the first of its fields that is set, and a function is asked', async t => {
  const state = { rev: 1, meta: { rev: 2, 'a.b': 3 }, 'meta.rev': 4, at: '10:00:00.123456', on: new Date(0) }
  const request = { language: 'de' }
  const table: ReadonlyArray<readonly [source: Source, version: unknown, weak: boolean, opaque: string]> = [
    ['rev', 1, false, '1'],
    ['meta.rev', 4, false, '4'],
    [{ field: 'rev' }, 1, false, '1'],
    [{ field: 'meta.rev' }, 2, false, '2'],
    [{ timestamp: 'at' }, '10:00:00.123456', false, '10:00:00.123456'],
    [{ timestamp: ['none', 'rev'] }, 1, false, '1'],
    [{ timestamp: 'on', precision: 'ms' }, state.on, false, '1970-01-01T00:00:00.000Z'],
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

t.test('a Date is a version for a timestamp that promises milliseconds, and for no other source', async t => {
  const state = { on: new Date(0) }
  const nameless: readonly Source[] = ['on', { field: 'on' }, { timestamp: 'on' }, ({ on }) => on]
  for (const source of nameless) t.throws(() => resolveSource(source)(state, undefined), { code: 'FST_ETAG_INVALID_VERSION' }, inspect(source))
})

t.test('a digest names a state by the body that shows it, and by nothing where no body is known', async t => {
  const source = { digest: 'sha1' }
  t.equal(resolveSource(source)({}, undefined).etag, undefined)
  t.strictSame(resolveSource(source, () => 'text')({}, undefined), resolveSource(source, () => Buffer.from('text'))({}, undefined))
})
