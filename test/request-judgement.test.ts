import t from 'tap'
import { put, routeOf, type State } from './precondition-route.js'
import type { Decision, Precondition } from '../lib/index.js'

t.test('the decision tells route, method, policy, level, outcome, loads and attempts', async t => {
  let decision: Decision | undefined
  const { app } = await routeOf(async precondition => {
    const row = await precondition.guard(async () => ({ version: 4 }))
    decision = precondition.decision
    return row
  }, [{ version: 3 }])
  await app.inject(put({ 'if-match': '"3"' }))
  t.match(decision, { route: '/', method: 'PUT', policy: 'OPTIONAL', level: 'plugin', outcome: 'proceed', status: undefined, loads: 1, attempts: 1 })
})

t.test('failed explains a write that missed without guard', async t => {
  const failed = async (precondition: Precondition<State, number>): Promise<never> => { throw await precondition.failed() }
  const table = [
    { why: 'the version moved under If-Match', headers: { 'if-match': '"3"' }, states: [{ version: 3 }, { version: 4 }], status: 412, etag: '"4"' },
    { why: 'the version moved and no field was sent', headers: {}, states: [{ version: 4 }], status: 409, etag: '"4"' },
    { why: 'it moved under If-Match: *', headers: { 'if-match': '*' }, states: [{ version: 3 }, { version: 4 }], status: 412, etag: '"4"' },
    { why: 'it is gone', headers: { 'if-match': '"3"' }, states: [{ version: 3 }, null], status: 404, etag: undefined },
    { why: 'it did not move: something else of the statement missed', headers: { 'if-match': '"3"' }, states: [{ version: 3 }], status: 404, etag: undefined }
  ]
  for (const { why, headers, states, status, etag } of table) {
    const { app } = await routeOf(failed, states)
    const response = await app.inject(put(headers as Record<string, string>))
    t.equal(response.statusCode, status, why)
    t.equal(response.headers.etag, etag, why)
    t.equal(response.headers['content-type'], 'application/problem+json')
  }
})

t.test('a state without a tag: * satisfies a policy, no tag does, and the 428 says so', async t => {
  const { app } = await routeOf(async () => ({}), [{ version: null }], { policy: 'REQUIRED' })
  t.equal((await app.inject(put({ 'if-match': '*' }))).statusCode, 200)
  t.match((await app.inject(put({ 'if-match': '"1"' }))).json(), { status: 412, reason: 'unevaluable' })
  const required = await app.inject(put())
  t.match(required.json(), { status: 428, detail: /This state has no ETag: send If-Match: \*/ })
  t.notOk(required.headers.etag)
})
