import t from 'tap'
import { fieldValueOf, nameVersion } from '../../lib/sources/name-version.js'
import { versionTag } from '../../lib/sources/version-tag.js'

const VERSIONS = [0, -0, 1, 255, 256, 257, -1, -255, 0.5, 256.5, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 1e300, '1', '', 1n, null, undefined]

t.test('a version has the same name whenever it is asked for, and whatever was asked for between', async t => {
  for (const round of [1, 2]) {
    for (const version of [...VERSIONS, ...Array.from({ length: 600 }, (_, at) => at), ...VERSIONS]) {
      const etag = versionTag(version, 'It')
      const named = nameVersion(version, 'It')
      t.ok(Object.is(named.version, version) || version === 0, `${typeof version} ${String(version)}, ${round}`)
      t.strictSame(named.etag, etag)
      t.equal(fieldValueOf(named), etag && `"${etag.opaque}"`)
      t.strictSame(Object.keys(named), ['version', 'etag'])
    }
  }
})

t.test('what can name nothing is refused under the name of its source, each time', async t => {
  for (const version of [Number.NaN, Infinity, {}, true]) {
    for (let at = 0; at < 2; at++) t.throws(() => nameVersion(version, 'The field rev'), { code: 'FST_ETAG_INVALID_VERSION', message: /The field rev/ })
  }
})

t.test('a state that was named otherwise has the field value of its tag', async t => {
  t.equal(fieldValueOf({ etag: { weak: true, opaque: 'x' } }), 'W/"x"')
  t.equal(fieldValueOf({}), undefined)
})
