import t from 'tap'
import { invalidBy, invalidFor, refusalFor } from '../lib/request-refusal.js'
import { resolveRoute } from '../lib/route.js'
import type { Decision } from '../lib/decision.js'
import type { FastifyRequest } from 'fastify'

const request = { method: 'PUT', url: '/a?b=c' } as FastifyRequest
const decision = { outcome: 'precondition-failed', status: 412, field: 'If-Match', reason: 'changed', method: 'PUT' } as Decision
const current = { etag: { weak: false, opaque: '1' } }

t.test('a refusal tells the tag of the state where the route discloses it, and to nobody else', async t => {
  const refusalOf = (disclose: boolean | (() => boolean)): unknown => refusalFor(resolveRoute({ url: '/', methods: ['PUT'], etag: { disclose } }, []), request, decision, current)
  t.match(refusalOf(true), { statusCode: 412, currentEtag: '"1"', instance: '/a' })
  t.match(refusalOf(false), { currentEtag: undefined })
  t.throws(() => refusalOf(() => { throw new Error('secret') }), { code: 'FST_ETAG_LOAD_FAILED' })
})

t.test('what cannot be read is refused by the field that cannot', async t => {
  const error = Object.assign(new Error('no tag'), { code: 'FST_ETAG_INVALID_FIELD', field: 'If-Match' })
  t.same(invalidBy(error), { outcome: 'invalid', status: 400, field: 'If-Match' })
  t.match(invalidFor(request, { ...decision, ...invalidBy(error) }, error), { statusCode: 400, instance: '/a', message: 'no tag' })
})
