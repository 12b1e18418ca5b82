import t from 'tap'
import { Report, RouteError, type Checked } from '../../lib/testing/report.js'

const HOLDS: Checked = { claim: 'a read carries a tag', outcome: 'holds' }
const FAILS: Checked = {
  claim: 'a read that names its tag is 304, with the tag',
  outcome: 'fails',
  finding: { fault: 'no-304', sent: 'GET /rows/7, If-None-Match: "1"', came: '200, ETag: "1"' }
}
const NOT_CHECKED: Checked = { claim: 'of a DELETE and a write that hold one tag exactly one wins', outcome: 'not checked', because: 'no remove is given' }

t.test('a report is a line for each check, with what is found below it', async t => {
  t.equal(String(new Report([HOLDS, FAILS, NOT_CHECKED])), [
    'ok   a read carries a tag',
    'FAIL a read that names its tag is 304, with the tag',
    '       fault:  no-304',
    '       sent:   GET /rows/7, If-None-Match: "1"',
    '       came:   200, ETag: "1"',
    '       means:  A read that names the current tag is sent the whole body again.',
    '       change: Give the route config.etag, with a source that only a write changes; if another plugin sets its ETag, let only one of the two do so.',
    '-    of a DELETE and a write that hold one tag exactly one wins (no remove is given)'
  ].join('\n'))
})

t.test('the faults of a report are named once each, in the order they were found', async t => {
  const unguarded: Checked = { ...FAILS, finding: { fault: 'unguarded', sent: '', came: '' } }
  t.same(new Report([FAILS, HOLDS, unguarded, FAILS, NOT_CHECKED]).faults, ['no-304', 'unguarded'])
  t.same(new Report([HOLDS, NOT_CHECKED]).faults, [])
})

t.test('the message of a RouteError is how many checks fail, and the report', async t => {
  const report = new Report([HOLDS, FAILS, NOT_CHECKED])
  const error = new RouteError(report)
  t.equal(error.message, `The route fails 1 of 3 checks\n${report}`)
  t.equal(error.name, 'RouteError')
  t.equal(error.report, report)
})
