import t from 'tap'
import { fieldSource, readField } from '../../lib/sources/field.js'

t.test('a state is named by the field at the end of the path, and keeps its version as the store knows it', async t => {
  const table: ReadonlyArray<readonly [path: string[], state: unknown, version: unknown, opaque: string]> = [
    [['rev'], { rev: 3, version: 4 }, 3, '3'],
    [['rev'], { rev: 9007199254740993n }, 9007199254740993n, '9007199254740993'],
    [['rev'], { rev: '' }, '', ''],
    [['rev'], { rev: 'a b' }, 'a b', 'a%20b'],
    [['meta', 'rev'], { rev: 1, meta: { rev: 2 } }, 2, '2'],
    [['meta.rev'], { 'meta.rev': 1, meta: { rev: 2 } }, 1, '1'],
    [['items', '0', 'rev'], { items: [{ rev: 5 }] }, 5, '5']
  ]
  for (const [path, state, version, opaque] of table) {
    t.strictSame(fieldSource(path)(state, undefined), { version, etag: { weak: false, opaque } }, path.join(' then '))
  }
})

t.test('a path that breaks off, or ends in nothing, has no version and no tag', async t => {
  const table: ReadonlyArray<readonly [state: unknown, version: unknown]> = [
    [undefined, undefined],
    [null, undefined],
    [{}, undefined],
    [{ meta: undefined }, undefined],
    [{ meta: null }, undefined],
    [{ meta: 0 }, undefined],
    [{ meta: {} }, undefined],
    [{ meta: { rev: undefined } }, undefined],
    [{ meta: { rev: null } }, null]
  ]
  const nameState = fieldSource(['meta', 'rev'])
  for (const [state, version] of table) {
    t.strictSame(nameState(state, undefined), { version, etag: undefined }, JSON.stringify(state))
  }
})

t.test('a getter of a class is a field of its objects', async t => {
  class Entity {
    get rev () { return 7 }
  }
  t.equal(readField(new Entity(), ['rev']), 7)
})

t.test('a field that cannot name a version is refused by its whole path', async t => {
  t.throws(() => fieldSource(['meta', 'rev'])({ meta: { rev: true } }, undefined), {
    code: 'FST_ETAG_INVALID_VERSION',
    statusCode: 500,
    message: /^The field meta\.rev cannot name a version: expected .* found a value of type boolean$/
  })
  t.throws(() => fieldSource(['updatedAt'])({ updatedAt: new Date(0) }, undefined), {
    code: 'FST_ETAG_INVALID_VERSION',
    message: /^The field updatedAt cannot .* select the timestamp as text$/
  })
})
