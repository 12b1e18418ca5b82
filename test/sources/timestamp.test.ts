import t from 'tap'
import { timestampSource, type TimestampSource } from '../../lib/sources/timestamp.js'

const FIELDS = ['last_updated', 'created'] as const
const written = '2026-02-04T10:00:00.123456Z'
const earlier = '2026-01-01T00:00:00.000001Z'

const nameOf = (source: TimestampSource, state: unknown) => timestampSource(source)(state, undefined)
const opaqueOf = (source: TimestampSource, state: unknown) => nameOf(source, state).etag?.opaque

t.test('a state is named by the first of the fields that is set', async t => {
  const table: ReadonlyArray<readonly [timestamp: TimestampSource['timestamp'], state: object, version: unknown]> = [
    ['created', { last_updated: written, created: earlier }, earlier],
    [['created'], { last_updated: written, created: earlier }, earlier],
    [FIELDS, { last_updated: written, created: earlier }, written],
    [['created', 'last_updated'], { last_updated: written, created: earlier }, earlier],
    [FIELDS, { last_updated: null, created: earlier }, earlier],
    [FIELDS, { last_updated: undefined, created: earlier }, earlier],
    [FIELDS, { created: earlier }, earlier],
    // set, though they are no truth
    [FIELDS, { last_updated: 0, created: earlier }, 0],
    [FIELDS, { last_updated: '', created: earlier }, ''],
    // one key each, not a path
    [['meta.at', 'created'], { meta: { at: written }, created: earlier }, earlier],
    ['meta.at', { 'meta.at': written, meta: { at: earlier } }, written]
  ]
  for (const [timestamp, state, version] of table) {
    for (const precision of [undefined, 'ms'] as const) {
      t.strictSame(nameOf({ timestamp, precision }, state), { version, etag: { weak: false, opaque: String(version) } },
        `${timestamp} of ${JSON.stringify(state)}, precision ${precision}`)
    }
  }
})

t.test('text is the tag as it is, with all its microseconds, and is not read as a date', async t => {
  const table = [
    [written, written],
    ['2026-02-04T10:00:00.123457Z', '2026-02-04T10:00:00.123457Z'],
    ['2026-02-04 10:00:00.123456+00', '2026-02-04%2010:00:00.123456+00'],
    ['2026-02-04T11:00:00.123456+01:00', '2026-02-04T11:00:00.123456+01:00'],
    ['infinity', 'infinity']
  ] as const
  for (const [at, opaque] of table) {
    for (const precision of [undefined, 'ms'] as const) {
      t.strictSame(nameOf({ timestamp: 'at', precision }, { at }), { version: at, etag: { weak: false, opaque } }, `${at}, precision ${precision}`)
    }
  }
})

t.test('numbers and bigints are versions too, to their last digit', async t => {
  for (const at of [1770199200123, 1770199200123.5, 1770199200123456789n]) {
    t.strictSame(nameOf({ timestamp: 'at' }, { at }), { version: at, etag: { weak: false, opaque: String(at) } }, typeof at)
  }
})

t.test('a state with none of the fields set has no tag', async t => {
  const table: ReadonlyArray<readonly [state: unknown, version: unknown]> = [
    [{}, undefined],
    [{ last_updated: undefined, created: null }, undefined],
    [{ last_updated: null, created: undefined }, null],
    [{ updated: written }, undefined],
    [null, undefined],
    [undefined, undefined]
  ]
  for (const [state, version] of table) {
    for (const precision of [undefined, 'ms'] as const) {
      t.strictSame(nameOf({ timestamp: FIELDS, precision }, state), { version, etag: undefined }, JSON.stringify(state))
    }
  }
})

t.test('a Date has lost its microseconds, and is refused under its field with both cures', async t => {
  const message = (field: string) => `The field ${field} cannot name a version: expected a string, a finite number or a bigint, found ` +
    "a Date, which has lost its microseconds; select the timestamp as text, or promise by precision: 'ms' that the column has none"
  const refused = (field: string) => ({ code: 'FST_ETAG_INVALID_VERSION', statusCode: 500, message: message(field) })
  const nameState = timestampSource({ timestamp: FIELDS })
  t.throws(() => nameState({ last_updated: new Date(0), created: written }, undefined), refused('last_updated'))
  t.throws(() => nameState({ created: new Date(0) }, undefined), refused('created'), 'the field that was found, not the first one')
  t.throws(() => nameState({ created: new Date(NaN) }, undefined), refused('created'))
  t.doesNotThrow(() => nameState({ last_updated: written, created: new Date(0) }, undefined), 'a Date that names nothing is no matter')
})

t.test('a Date of a column that keeps milliseconds is its moment in UTC, and the version stays the Date', async t => {
  const source = { timestamp: 'at', precision: 'ms' } as const
  const at = new Date('2026-02-04T10:00:00.123Z')
  const named = nameOf(source, { at })
  t.strictSame(named.etag, { weak: false, opaque: '2026-02-04T10:00:00.123Z' })
  t.equal(named.version, at)

  t.equal(opaqueOf(source, { at: new Date(at) }), named.etag?.opaque, 'two Dates in one millisecond have one tag')
  t.not(opaqueOf(source, { at: new Date(at.getTime() + 1) }), named.etag?.opaque, 'a millisecond later is another one')
  t.equal(opaqueOf(source, { at: new Date(0) }), '1970-01-01T00:00:00.000Z')
})

t.test('an invalid Date names nothing, even where Dates are taken', async t => {
  t.throws(() => nameOf({ timestamp: FIELDS, precision: 'ms' }, { created: new Date(NaN) }), {
    code: 'FST_ETAG_INVALID_VERSION',
    statusCode: 500,
    message: 'The field created cannot name a version: expected a string, a finite number or a bigint, found an invalid Date'
  })
})

t.test('what is no version at all is refused under the field that was found', async t => {
  for (const at of [true, {}, [written], NaN, Infinity]) {
    for (const precision of [undefined, 'ms'] as const) {
      t.throws(() => nameOf({ timestamp: ['none', 'at'], precision }, { at }),
        { code: 'FST_ETAG_INVALID_VERSION', message: /^The field at cannot name a version: / }, String(at))
    }
  }
})
