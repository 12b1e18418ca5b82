import t from 'tap'
import fc from 'fast-check'
import { ERRORS_PAGE, formatProblem, PROBLEM_JSON, problemOf, type Refused } from '../lib/problem.js'

const refused: Refused = { status: 412, detail: 'Why.', instance: '/documents/7', code: 'FST_ETAG_PRECONDITION_FAILED' }

t.test('a problem has the members of RFC 9457, 3, in the order in which they are read, then those of the precondition', async t => {
  const problem = problemOf({
    currentEtag: '"3"',
    level: 'plugin',
    policy: 'REQUIRED',
    reason: 'changed',
    field: 'If-Match',
    code: 'FST_ETAG_PRECONDITION_REQUIRED',
    instance: '/documents/7',
    detail: 'Why.',
    status: 428
  })
  t.equal(JSON.stringify(problem), JSON.stringify({
    type: `${ERRORS_PAGE}#fst_etag_precondition_required`,
    title: 'Precondition Required',
    status: 428,
    detail: 'Why.',
    instance: '/documents/7',
    code: 'FST_ETAG_PRECONDITION_REQUIRED',
    field: 'If-Match',
    reason: 'changed',
    policy: 'REQUIRED',
    level: 'plugin',
    currentEtag: '"3"'
  }))
})

t.test('what is not known is not there, not even as undefined', async t => {
  const members = ['type', 'title', 'status', 'detail', 'instance', 'code']
  t.strictSame(Object.keys(problemOf(refused)), members)
  const unknown = { field: undefined, reason: undefined, policy: undefined, level: undefined, currentEtag: undefined }
  t.strictSame(Object.keys(problemOf({ ...refused, ...unknown })), members)
  for (const known of [{ field: 'If-Match' }, { reason: 'weak' }, { policy: 'OPTIONAL' }, { level: 'route' }, { currentEtag: '""' }] as const) {
    t.strictSame(Object.entries(problemOf({ ...refused, ...unknown, ...known })).slice(members.length), Object.entries(known))
  }
})

t.test('the title is the phrase of the status', async t => {
  const table = [
    [400, 'Bad Request'], [404, 'Not Found'], [409, 'Conflict'], [412, 'Precondition Failed'], [428, 'Precondition Required'], [499, 'Refused']
  ] as const
  for (const [status, title] of table) t.equal(problemOf({ ...refused, status }).title, title, String(status))
})

t.test('the type is the address of the paragraph about the code, and the media type is that of RFC 9457, 6.1', async t => {
  const type = new URL(problemOf({ ...refused, code: 'FST_ETAG_NOT_FOUND' }).type)
  t.equal(type.protocol, 'https:')
  t.match(type.pathname, /\/docs\/errors\.md$/)
  t.equal(type.hash, '#fst_etag_not_found')
  t.equal(PROBLEM_JSON, 'application/problem+json')
})

t.test('its text is the one of JSON.stringify, whatever stands in what a request or a state brought', async t => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u2028', '\ud800', 'é', '/', '<') })
  const some = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(value, { nil: undefined })
  const refused: fc.Arbitrary<unknown> = fc.record({
    status: fc.constantFrom(400, 404, 409, 412, 428, 418),
    detail: text,
    instance: text,
    code: fc.constantFrom('FST_ETAG_CONFLICT', 'FST_ETAG_NOT_FOUND'),
    field: some(fc.constantFrom('If-Match', 'If-None-Match')),
    reason: some(fc.constantFrom('changed', 'weak')),
    policy: some(fc.constantFrom('REQUIRED', 'OPTIONAL')),
    level: some(fc.constantFrom('plugin', 'route')),
    currentEtag: some(text)
  })
  // what was generated would break the names of assertions
  t.doesNotThrow(() => fc.assert(fc.property(refused, refused => {
    return formatProblem(refused as Refused) === JSON.stringify(problemOf(refused as Refused))
  }), { numRuns: 500 }))
})
