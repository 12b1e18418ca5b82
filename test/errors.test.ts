import t from 'tap'
import * as errors from '../lib/errors.js'

const ANSWERS: Record<string, number> = {
  FST_ETAG_INVALID_FIELD: 400,
  FST_ETAG_INVALID_MEMBERS: 400,
  FST_ETAG_NOT_FOUND: 404,
  FST_ETAG_CONFLICT: 409,
  FST_ETAG_PRECONDITION_FAILED: 412,
  FST_ETAG_PRECONDITION_REQUIRED: 428,
  FST_ETAG_STORE_BUSY: 503
}

t.test('an error is exported under its code, is 500 unless it answers a request or the store was busy, and is new each time', async t => {
  for (const [code, FastifyError] of Object.entries(errors)) {
    const make = (): Error => new (FastifyError as new (...args: unknown[]) => Error)('one', 'two')
    t.match(make(), { code, statusCode: ANSWERS[code] ?? 500 })
    t.not(make(), make())
  }
  t.strictSame(Object.keys(ANSWERS).filter(code => !(code in errors)), [])
})

t.test('the message of an answer is its detail, whatever stands in it', async t => {
  t.equal(new errors.FST_ETAG_INVALID_FIELD('100 %s %d').message, '100 %s %d')
})
