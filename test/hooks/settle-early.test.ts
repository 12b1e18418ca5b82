import t from 'tap'
import { CHECKPOINTS } from '../../lib/checkpoint.js'
import { comparesLate, settleEarly } from '../../lib/hooks/settle-early.js'
import { resolveRoute } from '../../lib/route.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

function requestOf (method: string, rawHeaders: readonly string[]): FastifyRequest {
  return { method, url: '/', raw: { rawHeaders, headers: {} }, log: { info () {}, warn () {} } } as unknown as FastifyRequest
}

const reply = {} as FastifyReply
const FACTS = { hasOnlyValidators: false, isDirect: false }
const HELD = '"1"'

t.test('what is known at once is decided at once, and a promise comes only of a promise', async t => {
  const table = [
    [() => ({ version: 1 }), 304],
    [async () => ({ version: 1 }), 304],
    [() => ({ version: 2 }), undefined],
    [async () => ({ version: 2 }), undefined]
  ] as const
  for (const [load, expected] of table) {
    const settle = settleEarly(resolveRoute({ url: '/', methods: ['GET'], etag: { source: 'version', load } }, []), FACTS)
    const settled = settle(requestOf('GET', ['If-None-Match', HELD]), reply, HELD)
    t.equal(settled instanceof Promise, load.constructor.name === 'AsyncFunction')
    t.equal(await settled, expected)
  }
})

t.test('a refusal is given, and what fails is thrown', async t => {
  const load = (): object => ({ version: 1 })
  const settle = settleEarly(resolveRoute({ url: '/', methods: ['PUT'], etag: { source: 'version', load } }, []), FACTS)
  t.match(settle(requestOf('PUT', ['If-Match', '"0"']), reply, true), { statusCode: 412 })
  t.throws(() => settle(requestOf('PUT', ['If-Match', 'junk']), reply, true), { code: 'FST_ETAG_INVALID_FIELD' })
  const broken = settleEarly(resolveRoute({ url: '/', methods: ['PUT'], etag: { source: 'version', load: () => { throw new Error('down') } } }, []), FACTS)
  await t.rejects(async () => broken(requestOf('PUT', ['If-Match', '"1"']), reply, true), { code: 'FST_ETAG_LOAD_FAILED' })
})

t.test('a tag is compared late where there is no load, nobody else sees the answer, and nothing else is asked', async t => {
  const direct = { hasOnlyValidators: true, isDirect: true }
  const compares = (etag: object, facts = direct, asked: string | boolean = HELD, more = {}): boolean =>
    comparesLate(resolveRoute({ url: '/', methods: ['GET'], etag }, []), facts)({ ...requestOf('GET', []), ...more } as FastifyRequest, asked)
  t.equal(compares({ source: 'version' }), true)
  t.equal(compares({ source: { members: 'version' } }), true)
  t.equal(compares({ source: 'version', load: () => null }), false)
  t.equal(compares({ source: { digest: 'sha256' } }), false)
  for (const facts of [{ ...direct, isDirect: false }, { ...direct, hasOnlyValidators: false }]) t.equal(compares({}, facts), false)
  for (const asked of [true, '*', 'junk', '"1", "2"']) t.equal(compares({}, direct, asked), false, String(asked))
  const hold = (): void => {}
  CHECKPOINTS.subscribe(hold)
  t.equal(compares({}), false, 'a test holds requests')
  CHECKPOINTS.unsubscribe(hold)
})
