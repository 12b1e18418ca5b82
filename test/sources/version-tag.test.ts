import t from 'tap'
import { versionTag } from '../../lib/sources/version-tag.js'

t.test('text and numbers are the opaque text of a strong entity-tag', async t => {
  const table: ReadonlyArray<readonly [version: unknown, opaque: string]> = [
    [3, '3'],
    [0, '0'],
    [-1.5, '-1.5'],
    [0n, '0'],
    [9007199254740993n, '9007199254740993'], // 2^53 + 1, which no number can say
    ['3', '3'],
    ['', ''],
    ['2026-02-04 10:00:00.123456+00', '2026-02-04%2010:00:00.123456+00'],
    ['a "quoted" word', 'a%20%22quoted%22%20word'],
    ['100%', '100%25'],
    ['é€', '%E9%u20AC'],
    ['W/"3"', 'W/%223%22']
  ]
  for (const [version, opaque] of table) {
    t.strictSame(versionTag(version, 'The field rev'), { weak: false, opaque }, `${typeof version} ${String(version)}`)
  }
})

t.test('nothing has no tag, and is no error', async t => {
  t.equal(versionTag(null, 'The field rev'), undefined)
  t.equal(versionTag(undefined, 'The field rev'), undefined)
})

t.test('what cannot name a version is an error of the server that names the field and the cure', async t => {
  const table: ReadonlyArray<readonly [version: unknown, found: string]> = [
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
    [true, 'a value of type boolean'],
    [false, 'a value of type boolean'],
    [{ rev: 3 }, 'a value of type object'],
    [[3], 'a value of type array'],
    [Symbol('3'), 'a value of type symbol'],
    [() => 3, 'a value of type function'],
    [new Date(0), 'a Date, which has lost its microseconds; read a version number, or select the timestamp as text'],
    [Promise.resolve(3), 'a Promise; load what it needs in load']
  ]
  for (const [version, found] of table) {
    t.throws(() => versionTag(version, 'The field rev'), {
      code: 'FST_ETAG_INVALID_VERSION',
      statusCode: 500,
      message: `The field rev cannot name a version: expected a string, a finite number or a bigint, found ${found}`
    }, found)
  }
})
