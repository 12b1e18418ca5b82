import t from 'tap'
import createError from '@fastify/error'
import { asRefusal, problemOfRefusal, refusalOf, type RefusedOutcome } from '../lib/refusal.js'
import { explain } from '../lib/explanation.js'
import type { Decision } from '../lib/decision.js'
import type { Verdict } from '../lib/verdict.js'

type Refused = Verdict & { readonly outcome: RefusedOutcome, readonly status: number }

const TARGET = '/documents/7%2F8?token=secret&q=a?b'
const PATH = '/documents/7%2F8'
const ETAG = { weak: false, opaque: '4' }
const KNOWN = { hasTag: true, etag: ETAG }

const decide = (verdict: Refused): Decision & Refused => ({
  route: '/documents/:id', method: 'PUT', policy: 'REQUIRED', level: 'scope', kind: undefined, wouldAnswer: undefined, attempts: 1, guarded: true, waived: undefined, loads: 2, ...verdict
})

const TABLE: ReadonlyArray<readonly [verdict: Refused, code: string, title: string]> = [
  [{ outcome: 'not-found', status: 404 }, 'FST_ETAG_NOT_FOUND', 'Not Found'],
  [{ outcome: 'conflict', status: 409, reason: 'changed' }, 'FST_ETAG_CONFLICT', 'Conflict'],
  [{ outcome: 'precondition-failed', status: 412, field: 'If-Match', reason: 'changed' }, 'FST_ETAG_PRECONDITION_FAILED', 'Precondition Failed'],
  [{ outcome: 'precondition-failed', status: 412, reason: 'exists' }, 'FST_ETAG_PRECONDITION_FAILED', 'Precondition Failed'],
  [{ outcome: 'precondition-required', status: 428, field: 'If-Match' }, 'FST_ETAG_PRECONDITION_REQUIRED', 'Precondition Required']
]

t.test('each outcome that refuses is an error with its code, its status, what was decided and the current tag', async t => {
  for (const [verdict, code] of TABLE) {
    const decision = decide(verdict)
    const refusal = refusalOf(decision, TARGET, KNOWN)
    t.ok(refusal instanceof Error)
    const { statusCode, instance, currentEtag } = refusal
    t.strictSame([refusal.code, statusCode, instance, currentEtag], [code, verdict.status, PATH, verdict.outcome === 'not-found' ? undefined : '"4"'], verdict.outcome)
    t.equal(refusal.decision, decision)
    t.equal(refusal.message, explain(verdict, { method: 'PUT', path: PATH, hasTag: true }))
  }
})

t.test('a query is repeated nowhere', async t => {
  for (const [verdict] of TABLE) {
    const refusal = refusalOf(decide(verdict), TARGET, KNOWN)
    t.notMatch(refusal.message + JSON.stringify(refusal), /token|secret|\?/, verdict.outcome)
    t.notMatch(JSON.stringify(problemOfRefusal(refusal)), /token|secret|\?/, verdict.outcome)
  }
  t.equal(refusalOf(decide(TABLE[0]![0]), '/documents/7', KNOWN).instance, '/documents/7')
  for (const target of ['/?', '/#', '/#secret?', '/?#secret']) t.equal(refusalOf(decide(TABLE[0]![0]), target, KNOWN).instance, '/')
})

t.test('a percent sign of the path is no placeholder of the message', async t => {
  t.equal(refusalOf(decide(TABLE[0]![0]), '/documents/%s%25', { hasTag: false }).message, 'Nothing was found at /documents/%s%25.')
})

t.test('the current tag is written as a field value, and is left out where the state has none', async t => {
  const required = decide(TABLE[4]![0])
  t.equal(refusalOf(required, TARGET, { hasTag: true, etag: { weak: true, opaque: '4' } }).currentEtag, 'W/"4"')
  for (const none of [{ hasTag: false }, { hasTag: false, etag: undefined }]) {
    t.equal(refusalOf(required, TARGET, none).currentEtag, undefined)
    t.notOk('currentEtag' in problemOfRefusal(refusalOf(required, TARGET, none)))
    t.match(refusalOf(required, TARGET, none).message, /send If-Match: \*/, 'the cure is another one without a tag')
  }
  t.match(refusalOf(required, TARGET, KNOWN).message, /send its ETag in If-Match/)
})

t.test('a tag that is not disclosed stands nowhere, and the cure is the one for a state with a tag', async t => {
  for (const [verdict] of TABLE) {
    const open = refusalOf(decide(verdict), TARGET, KNOWN)
    const closed = refusalOf(decide(verdict), TARGET, { hasTag: true })
    t.equal(closed.currentEtag, undefined, verdict.outcome)
    t.notOk('currentEtag' in problemOfRefusal(closed), verdict.outcome)
    t.equal(closed.message, open.message, verdict.outcome)
  }
})

t.test('a missing precondition has the status that was decided, in its error and in its problem', async t => {
  const refusal = refusalOf(decide({ outcome: 'precondition-required', status: 409, field: 'If-Match' }), TARGET, KNOWN)
  t.match(refusal, { code: 'FST_ETAG_PRECONDITION_REQUIRED', statusCode: 409 })
  t.match(problemOfRefusal(refusal), { status: 409, title: 'Conflict', code: 'FST_ETAG_PRECONDITION_REQUIRED', policy: 'REQUIRED', level: 'scope' })
})

t.test('a problem tells policy and level where they are the reason, which is 428 alone', async t => {
  for (const [verdict, code, title] of TABLE) {
    const { outcome, status, ...reasons } = verdict
    const refusal = refusalOf(decide(verdict), TARGET, KNOWN)
    const { type, ...problem } = problemOfRefusal(refusal)
    t.strictSame(problem, {
      title,
      status,
      detail: refusal.message,
      instance: PATH,
      code,
      ...reasons,
      ...(outcome === 'precondition-required' && { policy: 'REQUIRED', level: 'scope' }),
      ...(outcome !== 'not-found' && { currentEtag: '"4"' })
    }, outcome)
    t.ok(type.endsWith(`#${code.toLowerCase()}`), type)
  }
})

t.test('each refusal is a new error, even of the same decision', async t => {
  for (const [verdict] of TABLE) {
    const decision = decide(verdict)
    t.not(refusalOf(decision, TARGET, KNOWN), refusalOf(decision, TARGET, KNOWN), verdict.outcome)
  }
})

t.test('an error that somebody else made becomes a refusal itself', async t => {
  const error = createError('FST_ETAG_INVALID_FIELD', 'If-Match must be quoted', 400)()
  const decision: Decision = { ...decide(TABLE[0]![0]), outcome: 'invalid', status: 400, field: 'If-Match' }
  const refusal = asRefusal(error, decision, TARGET)
  t.equal(refusal, error)
  t.match(refusal, { code: 'FST_ETAG_INVALID_FIELD', statusCode: 400, decision, instance: PATH })
  t.equal(refusal.currentEtag, undefined)
  t.match(problemOfRefusal(refusal), { title: 'Bad Request', status: 400, detail: 'If-Match must be quoted', field: 'If-Match' })

  const conflict = asRefusal(createError('FST_ETAG_X', 'x', 400)(), { ...decision, status: 409 }, TARGET, ETAG)
  t.match(conflict, { statusCode: 409, currentEtag: '"4"' }, 'the status is the one that was decided')
})
