import t from 'tap'
import { resolveDescription } from '../../lib/sources/described-state.js'
import type { Source } from '../../lib/sources/source.js'

const state = { rev: 3, at: '1970-01-01T00:00:02Z' }
const etag = { weak: false, opaque: '3' }

t.test('a state has the validators whose sources were declared, and no others', async t => {
  const table = [
    ['rev', 'at', { version: 3, etag, lastModified: 2 }],
    ['rev', undefined, { version: 3, etag }],
    [undefined, 'at', { version: undefined, etag: undefined, lastModified: 2 }],
    [undefined, undefined, { version: undefined, etag: undefined, lastModified: undefined }],
    ['none', 'none', { version: undefined, etag: undefined, lastModified: undefined }]
  ] as const
  for (const [source, lastModified, expected] of table) {
    t.strictSame(resolveDescription({ source, lastModified })(state, undefined), expected, `${source} and ${lastModified}`)
  }
})

t.test('both functions are given the state and the request', async t => {
  const request = { tenant: 'a' }
  const seen: unknown[][] = []
  const describe = resolveDescription({
    source: (...given) => { seen.push(['source', ...given]); return 'W/"a"' },
    lastModified: (...given) => { seen.push(['lastModified', ...given]); return 2000 }
  })
  t.strictSame(describe(state, request), { version: 'W/"a"', etag: { weak: true, opaque: 'a' }, lastModified: 2 })
  t.strictSame(seen, [['source', state, request], ['lastModified', state, request]])
})

t.test('what a source must not give is refused for a version as for a date', async t => {
  t.throws(() => resolveDescription({ source: 'rev', lastModified: 'at' })({ ...state, rev: true }, undefined), { code: 'FST_ETAG_INVALID_VERSION' })
  t.throws(() => resolveDescription({ source: 'rev', lastModified: 'at' })({ ...state, at: 'today' }, undefined), { code: 'FST_ETAG_INVALID_DATE' })
})

t.test('weak marks every tag, whatever the source says of it, and leaves version and date as they are', async t => {
  const sources: ReadonlyArray<readonly [source: Source, version: unknown, weak: boolean, opaque: string]> = [
    ['rev', 3, false, '3'],
    [{ field: 'rev' }, 3, false, '3'],
    [{ timestamp: 'at' }, state.at, false, state.at],
    [() => 'a', 'a', false, 'a'],
    [() => '"a"', '"a"', false, 'a'],
    [() => 'W/"a"', 'W/"a"', true, 'a']
  ]
  for (const [source, version, weak, opaque] of sources) {
    const describe = (asked: boolean | undefined) => resolveDescription({ source, weak: asked, lastModified: 'at' })(state, undefined)
    t.strictSame(describe(true), { version, etag: { weak: true, opaque }, lastModified: 2 }, `${typeof source} giving ${version}, weak`)
    for (const asked of [false, undefined]) {
      t.strictSame(describe(asked), { version, etag: { weak, opaque }, lastModified: 2 }, `${typeof source} giving ${version}, weak: ${asked}`)
    }
  }
})

t.test('weak makes no tag where the state has none, and does not touch the tag that a source keeps', async t => {
  t.strictSame(resolveDescription({ source: 'none', weak: true })(state, undefined), { version: undefined, etag: undefined, lastModified: undefined })
  t.strictSame(resolveDescription({ source: () => null, weak: true })(state, undefined), { version: null, etag: undefined, lastModified: undefined })
  t.strictSame(resolveDescription({ weak: true })(state, undefined), { version: undefined, etag: undefined, lastModified: undefined })

  const kept = Object.freeze({ weak: false, opaque: 'a' })
  const { etag: marked } = resolveDescription({ source: () => kept, weak: true })(state, undefined)
  t.strictSame([marked, kept], [{ weak: true, opaque: 'a' }, { weak: false, opaque: 'a' }])
})
