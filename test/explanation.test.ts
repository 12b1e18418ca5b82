import t from 'tap'
import { explain, explainField, type Subject } from '../lib/explanation.js'
import type { Verdict } from '../lib/verdict.js'

const subject: Subject = { method: 'PUT', path: '/documents/7', hasTag: true }
const failed = { outcome: 'precondition-failed', status: 412 } as const
const again = 'Read it again, apply your change, and send its ETag'

t.test('every refusal says what is the matter and what to send instead', async t => {
  const table: ReadonlyArray<readonly [verdict: Verdict, detail: string]> = [
    [{ outcome: 'precondition-required', status: 428, field: 'If-Match' },
      'PUT /documents/7 must name the version that it changes. Read the document and send its ETag in If-Match.'],
    [{ outcome: 'conflict', status: 409, reason: 'changed' },
      `The current version is no longer the one that this request began with. ${again} in If-Match.`],
    [{ outcome: 'not-found', status: 404 }, 'Nothing was found at /documents/7.'],
    [{ outcome: 'not-found', status: 404, reason: 'absent' }, 'Not all that the body names was found at /documents/7.'],
    [{ outcome: 'precondition-required', status: 428, field: 'If-Match', reason: 'unevaluable' },
      'PUT /documents/7 writes what has no version to be compared: it can be sent without checkEtag alone.'],
    [{ ...failed, field: 'If-Match', reason: 'changed' }, `The current version is not the one in If-Match. ${again}.`],
    [{ ...failed, field: 'If-Match', reason: 'absent' }, `Not all that the body names was found at /documents/7. ${again}.`],
    [{ ...failed, field: 'If-Match', reason: 'weak' },
      'If-Match compares strongly, and a weak entity-tag matches nothing there, not even itself.'],
    [{ ...failed, field: 'If-Match', reason: 'unevaluable' }, 'If-Match names no version that can be compared here.'],
    [{ ...failed, field: 'If-None-Match', reason: 'unevaluable' }, 'If-None-Match names no version that can be compared here.'],
    [{ ...failed, field: 'If-Unmodified-Since', reason: 'changed' },
      `The document has changed. ${again} in If-Match.`],
    [{ ...failed, field: 'If-None-Match', reason: 'exists' }, 'The current version is one that If-None-Match excludes.'],
    [{ ...failed, reason: 'exists' }, 'The document exists already, and this request may only create it.']
  ]
  for (const [verdict, detail] of table) t.equal(explain(verdict, subject), detail)
})

t.test('where nothing is there If-Match is told to be left out', async t => {
  t.equal(explain({ ...failed, field: 'If-Match', reason: 'absent' }, { ...subject, hasTag: false }),
    'Nothing exists here that If-Match could name. Send the request without it to create the document.')
})

t.test('a write of a state without a tag is not told to send one', async t => {
  const detail = explain({ outcome: 'precondition-required', status: 428, field: 'If-Match' }, { method: 'DELETE', path: '/a', hasTag: false })
  t.equal(detail, 'DELETE /a must name the version that it changes. This state has no ETag: send If-Match: *.')
})

t.test('a value outside the grammar is shown, in the quotes that it lacks where quotes would mend it', async t => {
  const table = [
    ['100', '"100"'],
    ['W/100', '"W/100"'],
    ["'3'", '"\'3\'"'],
    ['a'.repeat(60), `"${'a'.repeat(60)}"`],
    ['1, 2', '"3"'],
    ['1,2', '"3"'],
    ['1 2', '"3"'],
    ['"1', '"3"'],
    ['w/"1"', '"3"'],
    ['*, "1"', '"3"'],
    ['\xe9', '"3"'],
    ['1\n', '"3"']
  ] as const
  for (const [value, example] of table) {
    const expected = `If-Match must be * or entity-tags in double quotes, such as ${example}; found ${value}`
    t.equal(explainField('If-Match', value), expected, JSON.stringify(value))
  }
  t.match(explainField('If-None-Match', 'x'), /^If-None-Match must be /)
})

t.test('a long value is cut after 60 characters and is no example', async t => {
  for (const part of ['a', ',', ' ', '"', '",', '"",', '%']) {
    const value = part.repeat(1_000_000 / part.length)
    t.equal(explainField('If-Match', value),
      `If-Match must be * or entity-tags in double quotes, such as "3"; found ${value.slice(0, 60)}…`, JSON.stringify(part))
  }
  t.match(explainField('If-Match', 'a'.repeat(61)), /such as "3"; found a{60}…$/)
})
