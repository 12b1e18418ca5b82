import t from 'tap'
import { resolveLastModified, type LastModified } from '../../lib/sources/last-modified.js'

// no moment depends on where it is read
process.env.TZ = 'Asia/Kolkata'

const dateOf = (at: unknown) => resolveLastModified('at')({ at }, undefined)
const seconds = (text: string) => Date.parse(text) / 1000

t.test('a moment is read from a Date, from milliseconds and from a timestamp with its offset', async t => {
  const table: ReadonlyArray<readonly [moment: unknown, expected: string]> = [
    [new Date('2026-02-04T10:00:00Z'), '2026-02-04T10:00:00Z'],
    [Date.UTC(2026, 1, 4, 10), '2026-02-04T10:00:00Z'],
    [0, '1970-01-01T00:00:00Z'],
    ['2026-02-04T10:00:00Z', '2026-02-04T10:00:00Z'],
    ['2026-02-04T10:00:00+05:30', '2026-02-04T04:30:00Z'],
    ['2026-02-04T10:00:00-08:00', '2026-02-04T18:00:00Z'],
    ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00Z'],
    // as PostgreSQL writes a timestamptz
    ['2026-02-04 10:00:00.123456+00', '2026-02-04T10:00:00Z'],
    ['2026-02-04 10:00:00+05:30', '2026-02-04T04:30:00Z'],
    ['2026-02-04 10:00:00-03', '2026-02-04T13:00:00Z'],
    ['2026-02-04 10:00:00+0530', '2026-02-04T04:30:00Z'],
    // the first and the last year of four digits
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59Z']
  ]
  for (const [moment, expected] of table) t.equal(dateOf(moment), seconds(expected), String(moment))
})

t.test('a fraction of a second is cut off towards the past, never rounded', async t => {
  const table: ReadonlyArray<readonly [moment: unknown, expected: string]> = [
    [new Date('2026-02-04T10:00:00.999Z'), '2026-02-04T10:00:00Z'],
    ['2026-02-04T10:00:00.999999999Z', '2026-02-04T10:00:00Z'],
    [1999.9, '1970-01-01T00:00:01Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [new Date('1969-12-31T23:59:58.500Z'), '1969-12-31T23:59:58Z'],
    ['1969-12-31T23:59:58.001Z', '1969-12-31T23:59:58Z']
  ]
  for (const [moment, expected] of table) t.equal(dateOf(moment), seconds(expected), String(moment))
})

t.test('what is no moment is an error of the server that names the field', async t => {
  const table: readonly unknown[] = [
    '2026-02-04T10:00:00', '2026-02-04 10:00:00.123456', '2026-02-04', // no offset
    '2026-02-30T10:00:00Z', '2025-02-29T10:00:00Z', '2026-13-01T10:00:00Z', '2026-00-10T10:00:00Z',
    '2026-02-04T25:00:00Z', '2026-02-04T10:60:00Z',
    '10000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00',
    'Wed, 04 Feb 2026 10:00:00 GMT', ' 2026-02-04T10:00:00Z', '2026-02-04T10:00:00Z ', '', 'infinity',
    new Date(NaN), new Date('+010000-01-01T00:00:00Z'),
    NaN, Infinity, Date.UTC(10000, 0, 1), Date.UTC(-1, 0, 1),
    1770199200000n, true, {}, [], () => new Date()
  ]
  for (const moment of table) {
    t.throws(() => dateOf(moment), {
      code: 'FST_ETAG_INVALID_DATE',
      statusCode: 500,
      message: /^The field at is no modification date: expected a Date, milliseconds since 1970 or a timestamp with its offset from UTC, found /
    }, String(moment))
  }
})

t.test('the error says what was found', async t => {
  const table: ReadonlyArray<readonly [moment: unknown, found: RegExp]> = [
    ['2026-02-30T10:00:00Z', /found "2026-02-30T10:00:00Z"$/],
    [8.64e15, /found 8640000000000000$/],
    [true, /found a value of type boolean$/],
    [NaN, /found NaN$/],
    [Infinity, /found Infinity$/]
  ]
  for (const [moment, found] of table) t.throws(() => dateOf(moment), { message: found }, String(found))
})

t.test('of several fields the first that is set is the date, and none set is no date', async t => {
  const table: ReadonlyArray<readonly [declared: LastModified, state: unknown, expected: number | undefined]> = [
    [['updated', 'created'], { updated: 2000, created: 1000 }, 2],
    [['updated', 'created'], { updated: null, created: 1000 }, 1],
    [['updated', 'created'], { created: 1000 }, 1],
    [['updated', 'created'], { updated: 0, created: 1000 }, 0],
    [['updated', 'created'], { updated: null }, undefined],
    [['updated'], undefined, undefined],
    ['updated', { updated: null }, undefined],
    ['updated', null, undefined],
    ['meta.at', { 'meta.at': 2000 }, 2],
    [['meta.at', 'at'], { meta: { at: 1000 }, at: 2000 }, 2]
  ]
  for (const [declared, state, expected] of table) {
    t.equal(resolveLastModified(declared)(state, undefined), expected, `${String(declared)} of ${JSON.stringify(state)}`)
  }
  t.throws(() => resolveLastModified(['updated', 'created'])({ updated: 'today', created: 1000 }, undefined), {
    code: 'FST_ETAG_INVALID_DATE', message: /^The field updated is no modification date: .* found "today"$/
  }, 'a field that is set and wrong is not passed over')
})

t.test('a function is given the state and the request, and is held to the same moments', async t => {
  const later = resolveLastModified((state, request) => state.at + request.delay)
  t.equal(later({ at: 1000 }, { delay: 1500 }), 2)
  t.equal(resolveLastModified(() => null)({}, undefined), undefined)
  t.equal(resolveLastModified(() => undefined)({}, undefined), undefined)
  t.throws(() => resolveLastModified(() => 'today')({}, undefined), {
    code: 'FST_ETAG_INVALID_DATE', statusCode: 500, message: /^What the lastModified function returned is no modification date: /
  })
})

t.test('a long hostile timestamp is refused in one pass', async t => {
  t.throws(() => dateOf(`2026-02-04T10:00:00.${'9'.repeat(1e6)}`), { code: 'FST_ETAG_INVALID_DATE' })
})
