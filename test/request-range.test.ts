import t from 'tap'
import { RequestRange } from '../lib/request-range.js'

const rangeOf = (method = 'GET', range = true): RequestRange => new RequestRange({ method, raw: { rawHeaders: range ? ['Range', 'bytes=0-1'] : [] } })
const AT = Date.parse('2026-01-02T03:04:05Z') / 1000
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT'
const known = { etag: { weak: false, opaque: '3' }, lastModified: AT }

t.test('a part may be sent that is asked for, and is of the state that If-Range names', async t => {
  const table = [
    [undefined, true],
    ['"3"', true],
    ['"2"', false],
    ['W/"3"', false],
    [DATE, true],
    ['Fri, 02 Jan 2026 03:04:06 GMT', false]
  ] as const
  for (const [ifRange, may] of table) {
    t.equal(rangeOf().mayUse({ ifRange }, known), may, String(ifRange))
    t.equal(rangeOf().mayUse({ ifRange }, undefined), ifRange === undefined, 'nothing is known')
    t.equal(rangeOf('GET', false).mayUse({ ifRange }, known), false, 'no Range')
    t.equal(rangeOf('HEAD').mayUse({ ifRange }, known), false)
  }
})

t.test('before the method runs only what is known, or can never hold, is decided', async t => {
  t.equal(rangeOf().settle({}, known), undefined)
  t.equal(rangeOf().settle({ ifRange: '"3"' }, known), true)
  t.equal(rangeOf().settle({ ifRange: '"2"' }, known), false)
  for (const [ifRange, settled] of [['"3"', undefined], [DATE, undefined], ['W/"3"', false], ['"3", "4"', false]] as const) {
    t.equal(rangeOf().settle({ ifRange }, undefined), settled, ifRange)
  }
})

t.test('a part of another state is known by the validators that its handler set, else by its label', async t => {
  const own = { etag: { weak: false, opaque: '2' } }
  t.equal(rangeOf().isOfAnother({}, {}, {}), false)
  t.equal(rangeOf().isOfAnother({ ifRange: '"3"' }, known, {}), false)
  t.equal(rangeOf().isOfAnother({ ifRange: '"2"' }, known, {}), true)
  t.equal(rangeOf().isOfAnother({ ifRange: '"2"' }, known, own), false)
  t.equal(rangeOf().isOfAnother({ ifRange: DATE }, { lastModified: AT - 1 }, { lastModified: AT }), false)
  t.equal(rangeOf().isOfAnother({ ifRange: '"3"' }, {}, {}), true)
})

t.test('what was settled before stays, whatever tag its handler sets, unless it names another state', async t => {
  const range = rangeOf()
  t.equal(range.settle({ ifRange: '"3"' }, known), true)
  t.equal(range.isOfAnother({ ifRange: '"3"' }, {}, { etag: { weak: true, opaque: 'own' } }), false)
  t.equal(range.isOfAnother({ ifRange: '"3"' }, known, {}), false)
  t.equal(range.isOfAnother({ ifRange: '"3"' }, { etag: { weak: false, opaque: '4' } }, {}), true)
})

t.test('the date of a second that is not over holds for nothing', async t => {
  const now = Math.floor(Date.now() / 1000) + 60
  t.equal(rangeOf().mayUse({ ifRange: new Date(now * 1000).toUTCString() }, { lastModified: now }), false)
})
