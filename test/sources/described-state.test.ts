import t from 'tap'
import { resolveDescription } from '../../lib/sources/described-state.js'

const state = { rev: 3, at: '1970-01-01T00:00:02Z' }
const etag = { weak: false, opaque: '3' }

t.test('a state has the validators whose sources were declared, and no others', async t => {
  const table = [
    ['rev', 'at', { version: 3, etag, lastModified: 2 }],
    ['rev', undefined, { version: 3, etag, lastModified: undefined }],
    [undefined, 'at', { version: undefined, etag: undefined, lastModified: 2 }],
    [undefined, undefined, { version: undefined, etag: undefined, lastModified: undefined }],
    ['none', 'none', { version: undefined, etag: undefined, lastModified: undefined }]
  ] as const
  for (const [source, lastModified, expected] of table) {
    t.strictSame(resolveDescription(source, lastModified)(state, undefined), expected, `${source} and ${lastModified}`)
  }
})

t.test('both functions are given the state and the request', async t => {
  const request = { tenant: 'a' }
  const seen: unknown[][] = []
  const describe = resolveDescription(
    (...given) => { seen.push(['source', ...given]); return 'W/"a"' },
    (...given) => { seen.push(['lastModified', ...given]); return 2000 }
  )
  t.strictSame(describe(state, request), { version: 'W/"a"', etag: { weak: true, opaque: 'a' }, lastModified: 2 })
  t.strictSame(seen, [['source', state, request], ['lastModified', state, request]])
})

t.test('what a source must not give is refused for a version as for a date', async t => {
  t.throws(() => resolveDescription('rev', 'at')({ ...state, rev: true }, undefined), { code: 'FST_ETAG_INVALID_VERSION' })
  t.throws(() => resolveDescription('rev', 'at')({ ...state, at: 'today' }, undefined), { code: 'FST_ETAG_INVALID_DATE' })
})
