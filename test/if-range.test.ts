import t from 'tap'
import { parseEntityTag } from '../lib/entity-tag.js'
import { mayEverHold, mayHonourRange, type RangeValidators } from '../lib/if-range.js'

const now = Date.parse('2024-06-15T12:00:00Z') / 1000
const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
const lastModified = Date.parse('1994-11-06T08:49:37Z') / 1000
const etag = parseEntityTag('"3"')
const weak = parseEntityTag('W/"3"')

t.test('a Range is honoured for the very state that If-Range names, known by a strong validator, and for no other', async t => {
  const table: ReadonlyArray<readonly [ifRange: string, current: RangeValidators, honoured: boolean]> = [
    ['"3"', { etag }, true],
    ['"4"', { etag }, false],
    ['W/"3"', { etag }, false],
    ['"3"', { etag: weak }, false],
    ['W/"3"', { etag: weak }, false],
    ['"3"', {}, false],
    ['"3"', { lastModified, dateIsStrong: true }, false],
    [date, { lastModified, dateIsStrong: true }, true],
    ['Sunday, 06-Nov-94 08:49:37 GMT', { lastModified, dateIsStrong: true }, true],
    ['Sun Nov  6 08:49:37 1994', { lastModified, dateIsStrong: true }, true],
    [date, { lastModified, dateIsStrong: false }, false],
    [date, { lastModified }, false],
    [date, { lastModified: lastModified - 1, dateIsStrong: true }, false],
    [date, { lastModified: lastModified + 1, dateIsStrong: true }, false],
    [date, { dateIsStrong: true }, false],
    [date, { etag, dateIsStrong: true }, false]
  ]
  for (const [ifRange, current, honoured] of table) {
    t.equal(mayHonourRange(ifRange, current, now), honoured, `${ifRange} for ${JSON.stringify(current)}`)
  }
})

t.test('text that is neither one entity-tag nor one HTTP-date asks for the whole representation', async t => {
  const current = { etag, lastModified, dateIsStrong: true }
  for (const ifRange of ['', '*', '3', '"3", "3"', '"3"\n', ' "3"', 'w/"3"', '"3', `"${date}"`, `${date}, ${date}`, '1994-11-06T08:49:37Z', '1994', String(lastModified)]) {
    t.equal(mayHonourRange(ifRange, current, now), false, JSON.stringify(ifRange))
  }
})

t.test('a long hostile If-Range asks for the whole representation', async t => {
  const current = { etag, lastModified, dateIsStrong: true }
  for (const part of [',', ' ', '"', '"",', 'W/', 'Sun, ', '0']) {
    t.equal(mayHonourRange(part.repeat(1_000_000 / part.length), current, now), false, JSON.stringify(part))
  }
})

t.test('a weak tag holds for no state, nor does text outside the grammar', async t => {
  const table = [['"3"', true], [date, true], ['W/"3"', false], ['"3", "4"', false], ['"3", W/"4"', false], ['', false], ['*', false], ['2026-01-01', false]] as const
  for (const [ifRange, may] of table) t.equal(mayEverHold(ifRange, now), may, ifRange)
})
