import t from 'tap'
import { parseEntityTag } from '../lib/entity-tag.js'
import { parseEntityTagList } from '../lib/entity-tag-list.js'
import { decide, decideUnevaluable, lostRace, NOT_FOUND, PROCEED, type Create, type Question, type Verdict } from '../lib/verdict.js'
import type { Accepted } from '../lib/policy.js'
import type { Conditions, Validators } from '../lib/preconditions.js'

const tags = (text: string) => parseEntityTagList(text)!
const match = (text: string): Conditions => ({ ifMatch: tags(text) })
const noneMatch = (text: string): Conditions => ({ ifNoneMatch: tags(text) })
const said = ({ outcome, status, field, reason }: Verdict) => [status ?? outcome, field, reason].filter(part => part !== undefined).join(', ')

const CREATES: readonly Create[] = ['never', 'may', 'only']
const NONE: Conditions = {}
const older = 99
const current: Validators = { etag: parseEntityTag('"3"'), lastModified: 100 }
const unmodifiedSince = (date: number): Conditions => ({ ifUnmodifiedSince: date })

t.test('what is there is read, written, or refused, by the conditions first and the policy after them', async t => {
  const changed = '412, If-Match, changed'
  const table: ReadonlyArray<readonly [method: string, sent: Conditions, optional: string, required: string]> = [
    ['GET', NONE, 'proceed', 'not asked'],
    ['GET', noneMatch('W/"3"'), '304, If-None-Match', 'not asked'],
    ['HEAD', noneMatch('*'), '304, If-None-Match', 'not asked'],
    ['GET', noneMatch('"2"'), 'proceed', 'not asked'],
    ['GET', { ifModifiedSince: 100 }, '304, If-Modified-Since', 'not asked'],
    ['GET', { ifModifiedSince: older }, 'proceed', 'not asked'],
    ['GET', match('"2"'), changed, 'not asked'],
    ['GET', unmodifiedSince(older), '412, If-Unmodified-Since, changed', 'not asked'],
    ['PUT', NONE, 'proceed', '428, If-Match'],
    ['PUT', match('"3"'), 'proceed', 'proceed'],
    ['PUT', match('"2", "3"'), 'proceed', 'proceed'],
    ['PUT', match('"2"'), changed, changed],
    ['PUT', match('W/"3"'), '412, If-Match, weak', '412, If-Match, weak'],
    ['PUT', match(''), '412, If-Match, unevaluable', '412, If-Match, unevaluable'],
    ['PUT', match('*'), 'proceed', '428, If-Match'],
    ['PUT', unmodifiedSince(100), 'proceed', '428, If-Match'],
    ['PUT', unmodifiedSince(older), '412, If-Unmodified-Since, changed', '412, If-Unmodified-Since, changed'],
    ['PUT', noneMatch('"2"'), 'proceed', '428, If-Match'],
    ['PUT', noneMatch('"3"'), '412, If-None-Match, exists', '412, If-None-Match, exists'],
    ['PUT', noneMatch('*'), '412, If-None-Match, exists', '412, If-None-Match, exists'],
    ['PUT', { ifModifiedSince: 100 }, 'proceed', '428, If-Match'],
    ['PUT', { ...match('"3"'), ...noneMatch('"3"') }, '412, If-None-Match, exists', '412, If-None-Match, exists'],
    ['PUT', { ...match('"3"'), ...unmodifiedSince(older) }, 'proceed', 'proceed'],
    ['PATCH', NONE, 'proceed', '428, If-Match'],
    ['DELETE', match('"2"'), changed, changed],
    ['POST', match('"3"'), 'proceed', 'proceed']
  ]
  for (const [method, sent, optional, required] of table) {
    for (const create of ['never', 'may'] as const) {
      const told = `${method} ${JSON.stringify(sent)}, create ${create}`
      t.equal(said(decide({ method, sent, current, required: false, create })), optional, `${told}, optional`)
      if (required !== 'not asked') t.equal(said(decide({ method, sent, current, required: true, create })), required, `${told}, required`)
    }
  }
})

t.test('a state without a tag is named by an asterisk, and by no tag', async t => {
  for (const untagged of [{}, { lastModified: 100 }]) {
    const ask = (sent: Conditions) => said(decide({ method: 'PUT', sent, current: untagged, required: true, create: 'may' }))
    t.equal(ask(match('*')), 'proceed')
    t.equal(ask(match('"3"')), '412, If-Match, unevaluable')
    t.equal(ask(NONE), '428, If-Match')
  }
})

t.test('nothing there is 404, whatever was sent and required, unless a PUT may create it', async t => {
  const every = [NONE, match('"3"'), match('*'), match(''), noneMatch('*'), noneMatch('"3"'), unmodifiedSince(older), { ifModifiedSince: 100 }]
  for (const sent of every) {
    for (const required of [false, true]) {
      for (const create of CREATES) {
        for (const method of ['GET', 'HEAD', 'PATCH', 'DELETE', 'POST']) {
          t.equal(decide({ method, sent, current: undefined, required, create }), NOT_FOUND, `${method} ${JSON.stringify(sent)}, create ${create}`)
        }
      }
      t.equal(decide({ method: 'PUT', sent, current: undefined, required, create: 'never' }), NOT_FOUND, `PUT ${JSON.stringify(sent)}, create never`)
      for (const create of ['may', 'only'] as const) {
        const expected = sent.ifMatch === undefined ? 'proceed' : '412, If-Match, absent'
        t.equal(said(decide({ method: 'PUT', sent, current: undefined, required, create })), expected, `PUT ${JSON.stringify(sent)}, create ${create}`)
      }
    }
  }
})

t.test('a PUT that may only create is refused where something is there, and blames a field only when that field is false', async t => {
  const table: ReadonlyArray<readonly [sent: Conditions, expected: string]> = [
    [NONE, '412, exists'],
    [match('"3"'), '412, exists'],
    [match('*'), '412, exists'],
    [unmodifiedSince(100), '412, exists'],
    [noneMatch('*'), '412, If-None-Match, exists'],
    [noneMatch('"3"'), '412, If-None-Match, exists'],
    [noneMatch('"2"'), '412, exists'],
    [noneMatch(''), '412, exists']
  ]
  for (const [sent, expected] of table) {
    for (const required of [false, true]) {
      t.equal(said(decide({ method: 'PUT', sent, current, required, create: 'only' })), expected, JSON.stringify(sent))
    }
  }
  t.equal(said(decide({ method: 'PATCH', sent: NONE, current, required: false, create: 'only' })), 'proceed', 'PATCH creates nothing')
})

t.test('an If-Match where nothing is lets a PUT create only where createIgnoresIfMatch says so, and changes nothing else', async t => {
  const fields = [match('"3"'), match('*'), match(''), { ...match('"3"'), ...noneMatch('*') }]
  for (const sent of fields) {
    for (const required of [false, true]) {
      for (const create of ['may', 'only'] as const) {
        const ask = (createIgnoresIfMatch: boolean) =>
          said(decide({ method: 'PUT', sent, current: undefined, required, create, createIgnoresIfMatch }))
        t.equal(ask(true), 'proceed', `${JSON.stringify(sent)}, create ${create}, ignored`)
        t.equal(ask(false), '412, If-Match, absent', `${JSON.stringify(sent)}, create ${create}, not ignored`)
      }
      for (const [method, create] of [['PUT', 'never'], ['PATCH', 'may'], ['DELETE', 'may'], ['POST', 'may'], ['GET', 'may']] as const) {
        t.equal(decide({ method, sent, current: undefined, required, create, createIgnoresIfMatch: true }), NOT_FOUND, `${method}, create ${create}`)
      }
    }
  }
  const ask = (sent: Conditions, create: Create) => said(decide({ method: 'PUT', sent, current, required: true, create, createIgnoresIfMatch: true }))
  t.equal(ask(match('"2"'), 'may'), '412, If-Match, changed', 'where something is there, the field counts')
  t.equal(ask(match('"3"'), 'only'), '412, exists')
})

t.test('missing is the status for a write that names no version, and for nothing else', async t => {
  const ask = (sent: Conditions, question: Partial<Question> = {}) =>
    said(decide({ method: 'PUT', sent, current, required: true, create: 'may', missing: 409, ...question }))
  t.strictSame(decide({ method: 'PUT', sent: NONE, current, required: true, create: 'may', missing: 409 }),
    { outcome: 'precondition-required', status: 409, field: 'If-Match' })
  t.equal(ask(NONE, { missing: 428 }), '428, If-Match')
  t.equal(ask(match('*')), '409, If-Match')
  t.equal(ask(NONE, { required: false }), 'proceed')
  t.equal(ask(match('"3"')), 'proceed')
  t.equal(ask(match('"2"')), '412, If-Match, changed')
  t.equal(ask(NONE, { method: 'PATCH', current: undefined }), '404')
})

t.test('what is accepted satisfies the policy where its condition is true, and a false one is said all the same', async t => {
  const table: ReadonlyArray<readonly [accepted: Accepted, sent: Conditions, expected: string]> = [
    ['If-Match: *', match('*'), 'proceed'],
    ['If-Match: *', unmodifiedSince(100), '428, If-Match'],
    ['If-Match: *', NONE, '428, If-Match'],
    ['If-None-Match', noneMatch('"2"'), 'proceed'],
    ['If-None-Match', noneMatch('"3"'), '412, If-None-Match, exists'],
    ['If-None-Match', noneMatch('*'), '412, If-None-Match, exists'],
    ['If-None-Match', match('*'), '428, If-Match'],
    ['If-Unmodified-Since', unmodifiedSince(100), 'proceed'],
    ['If-Unmodified-Since', unmodifiedSince(older), '412, If-Unmodified-Since, changed'],
    ['If-Unmodified-Since', noneMatch('"2"'), '428, If-Match']
  ]
  for (const [accepted, sent, expected] of table) {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      t.equal(said(decide({ method, sent, current, required: true, create: 'may', accept: [accepted] })), expected, `${method} ${JSON.stringify(sent)}, ${accepted}`)
    }
  }
  const undated = { etag: current.etag }
  t.equal(said(decide({ method: 'PUT', sent: unmodifiedSince(100), current: undated, required: true, create: 'may', accept: ['If-Unmodified-Since'] })),
    '428, If-Match', 'a date that nothing is compared with satisfies nothing')
})

t.test('tolerateWeak compares If-Match weakly, and leaves the other fields as they are', async t => {
  const weak: Validators = { ...current, etag: parseEntityTag('W/"3"') }
  const table: ReadonlyArray<readonly [sent: Conditions, current: Validators, strongly: string, weakly: string]> = [
    [match('"3"'), current, 'proceed', 'proceed'],
    [match('W/"3"'), current, '412, If-Match, weak', 'proceed'],
    [match('"3"'), weak, '412, If-Match, weak', 'proceed'],
    [match('W/"3"'), weak, '412, If-Match, weak', 'proceed'],
    [match('W/"2", W/"3"'), current, '412, If-Match, weak', 'proceed'],
    [match('W/"2"'), current, '412, If-Match, changed', '412, If-Match, changed'],
    [match(''), weak, '412, If-Match, unevaluable', '412, If-Match, unevaluable'],
    [match('W/"3"'), { lastModified: 100 }, '412, If-Match, unevaluable', '412, If-Match, unevaluable'],
    [match('*'), weak, '428, If-Match', '428, If-Match'],
    [noneMatch('W/"3"'), current, '412, If-None-Match, exists', '412, If-None-Match, exists'],
    [NONE, weak, '428, If-Match', '428, If-Match']
  ]
  for (const [sent, current, strongly, weakly] of table) {
    const ask = (tolerateWeak: boolean | undefined) => said(decide({ method: 'PUT', sent, current, required: true, create: 'may', tolerateWeak }))
    const told = `${JSON.stringify(sent)} and ${JSON.stringify(current.etag)}`
    t.equal(ask(true), weakly, `${told}, tolerated`)
    t.equal(ask(false), strongly, `${told}, not tolerated`)
    t.equal(ask(undefined), strongly, `${told}, nothing said`)
  }
})

t.test('where nothing can be loaded, tags refuse a write, dates are ignored, and a read goes on', async t => {
  const table: ReadonlyArray<readonly [sent: Conditions, expected: string]> = [
    [NONE, 'proceed'],
    [match('"3"'), '412, If-Match, unevaluable'],
    [match('*'), '412, If-Match, unevaluable'],
    [match(''), '412, If-Match, unevaluable'],
    [noneMatch('"3"'), '412, If-None-Match, unevaluable'],
    [noneMatch('*'), '412, If-None-Match, unevaluable'],
    [{ ...noneMatch('"3"'), ...match('"3"') }, '412, If-Match, unevaluable'],
    [unmodifiedSince(older), 'proceed'],
    [{ ifModifiedSince: 100 }, 'proceed']
  ]
  for (const [sent, expected] of table) {
    for (const missing of [428, 409] as const) {
      for (const required of [false, true]) {
        const asked = { required, missing }
        const refused = required && expected === 'proceed' ? `${missing}, If-Match, unevaluable` : expected
        for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) t.equal(said(decideUnevaluable(method, sent, asked)), refused, `${method} ${JSON.stringify(sent)}`)
        for (const method of ['GET', 'HEAD']) t.equal(decideUnevaluable(method, sent, asked), PROCEED, `${method} ${JSON.stringify(sent)}`)
      }
    }
  }
})

t.test('of several things that are not all there none is written: 412 for any If-Match, 404 without', async t => {
  const partly = { current: { etag: { weak: false, opaque: '3' } }, isWhole: false, create: 'may' } as const
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    for (const required of [false, true]) {
      for (const sent of [match('"3"'), match('"2"'), match('*'), match('')]) {
        t.equal(said(decide({ method, sent, required, ...partly })), '412, If-Match, absent', `${method} ${JSON.stringify(sent)}`)
      }
      for (const sent of [NONE, noneMatch('*'), unmodifiedSince(older)]) {
        t.equal(said(decide({ method, sent, required, ...partly })), '404, absent', `${method} ${JSON.stringify(sent)}`)
      }
    }
  }
})

t.test('who lost a race is told 412 for the field that it sent, and 409 when it sent none', async t => {
  const table: ReadonlyArray<readonly [sent: Conditions, expected: string]> = [
    [NONE, '409, changed'],
    [{ ifModifiedSince: 100 }, '409, changed'],
    [match('"3"'), '412, If-Match, changed'],
    [match('*'), '412, If-Match, changed'],
    [unmodifiedSince(100), '412, If-Unmodified-Since, changed'],
    [noneMatch('"2"'), '412, If-None-Match, changed'],
    [{ ...noneMatch('"2"'), ...unmodifiedSince(100) }, '412, If-Unmodified-Since, changed'],
    [{ ...noneMatch('"2"'), ...match('"3"') }, '412, If-Match, changed']
  ]
  for (const [sent, expected] of table) t.equal(said(lostRace(sent)), expected, JSON.stringify(sent))
})

t.test('every status has its one outcome, and a verdict that lets the method run has no status', async t => {
  const ask = (method: string, sent: Conditions) => decide({ method, sent, current, required: method === 'PUT', create: 'may' })
  t.strictSame(ask('PATCH', NONE), { outcome: 'proceed' })
  t.strictSame(ask('GET', noneMatch('"3"')), { outcome: 'not-modified', status: 304, field: 'If-None-Match' })
  t.strictSame(ask('PUT', match('"2"')), { outcome: 'precondition-failed', status: 412, field: 'If-Match', reason: 'changed' })
  t.strictSame(ask('PUT', NONE), { outcome: 'precondition-required', status: 428, field: 'If-Match' })
  t.strictSame(lostRace(match('"3"')), { outcome: 'precondition-failed', status: 412, field: 'If-Match', reason: 'changed' })
  t.strictSame(lostRace(NONE), { outcome: 'conflict', status: 409, reason: 'changed' })
  t.strictSame(NOT_FOUND, { outcome: 'not-found', status: 404 })
  t.strictSame(PROCEED, { outcome: 'proceed' })
})
