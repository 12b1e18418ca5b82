import t from 'tap'
import { functionSource } from '../../lib/sources/function.js'

// what a source gives to anyone, since the compiler would refuse the wrong ones
const returning = (version: unknown) => functionSource(() => version as string)

t.test('a complete entity-tag is that tag, and anything else is the opaque text of a strong one', async t => {
  const table: ReadonlyArray<readonly [version: unknown, weak: boolean, opaque: string]> = [
    ['"x"', false, 'x'],
    ['W/"x"', true, 'x'],
    ['""', false, ''],
    ['x', false, 'x'],
    ['', false, ''],
    ['w/"x"', false, 'w/%22x%22'],
    ['"x" ', false, '%22x%22%20'],
    ['"a b"', false, '%22a%20b%22'],
    ['"a", "b"', false, '%22a%22,%20%22b%22'],
    ['"', false, '%22'],
    ['€', false, '%u20AC'],
    [7, false, '7'],
    [0, false, '0'],
    [9007199254740993n, false, '9007199254740993'],
    [{ weak: false, opaque: 'x' }, false, 'x'],
    [{ weak: true, opaque: '' }, true, ''],
    [{ weak: false, opaque: '100%' }, false, '100%']
  ]
  for (const [version, weak, opaque] of table) {
    t.strictSame(returning(version)({}, undefined), { version, etag: { weak, opaque } }, String(version))
  }
})

t.test('null and undefined say that this state has no tag', async t => {
  t.strictSame(returning(null)({}, undefined), { version: null, etag: undefined })
  t.strictSame(returning(undefined)({}, undefined), { version: null, etag: undefined })
})

t.test('what cannot name a version is an error of the server that names the function', async t => {
  const table: ReadonlyArray<readonly [version: unknown, found: RegExp]> = [
    [{ weak: false, opaque: 'a b' }, /found an entity-tag outside the grammar/],
    [{ weak: false, opaque: 'a"b' }, /found an entity-tag outside the grammar/],
    [{ weak: true, opaque: '€' }, /found an entity-tag outside the grammar/],
    [{ weak: false, opaque: 'a\r\nset-cookie: b' }, /found an entity-tag outside the grammar/],
    [{ weak: false, opaque: 7 }, /found an entity-tag outside the grammar/],
    [{ opaque: 'x' }, /found a value of type object$/],
    [{ weak: true }, /found a value of type object$/],
    [NaN, /found NaN$/],
    [true, /found a value of type boolean$/],
    [new Date(0), /found a Date, .* select the timestamp as text$/],
    [Promise.resolve('x'), /found a Promise; load what it needs in load$/]
  ]
  for (const [version, found] of table) {
    const refused = { code: 'FST_ETAG_INVALID_VERSION', statusCode: 500, message: found }
    t.throws(() => returning(version)({}, undefined), refused, String(found))
    t.throws(() => returning(version)({}, undefined), { message: /^What the source function returned cannot name a version: / })
  }
})

t.test('the function is given the state and the request, once', async t => {
  const calls: unknown[][] = []
  const nameState = functionSource((...given) => { calls.push(given); return 'x' })
  const state = {}
  const request = {}
  nameState(state, request)
  t.equal(calls.length, 1)
  t.equal(calls[0]![0], state)
  t.equal(calls[0]![1], request)
})

t.test('an error of the function goes through as it is', async t => {
  const error = new Error('no such language')
  t.throws(() => functionSource(() => { throw error })({}, undefined), error)
})

t.test('a complete tag has no semicolon, behind which coding and variant would stand; text may have one', async t => {
  for (const version of ['"a;b"', 'W/"a;b"', { weak: false, opaque: ';' }]) {
    t.throws(() => functionSource(() => version)({}, undefined), { code: 'FST_ETAG_INVALID_VERSION', message: /semicolon/ }, JSON.stringify(version))
  }
  t.strictSame(functionSource(() => 'a;b')({}, undefined).etag, { weak: false, opaque: 'a%3Bb' })
})
