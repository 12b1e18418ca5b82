import t from 'tap'
import { settleEarly } from '../../lib/hooks/settle-early.js'
import { resolveRoute } from '../../lib/route.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

function requestOf (method: string, rawHeaders: readonly string[]): FastifyRequest {
  return { method, url: '/', raw: { rawHeaders, headers: {} }, log: { info () {}, warn () {} } } as unknown as FastifyRequest
}

const reply = {} as FastifyReply

t.test('what is known at once is decided at once, and a promise comes only of a promise', async t => {
  const table = [
    [() => ({ version: 1 }), 304],
    [async () => ({ version: 1 }), 304],
    [() => ({ version: 2 }), undefined],
    [async () => ({ version: 2 }), undefined]
  ] as const
  for (const [load, expected] of table) {
    const settle = settleEarly(resolveRoute({ url: '/', methods: ['GET'], etag: { source: 'version', load } }, []), () => false)
    const settled = settle(requestOf('GET', ['If-None-Match', '"1"']), reply)
    t.equal(settled instanceof Promise, load.constructor.name === 'AsyncFunction')
    t.equal(await settled, expected)
  }
})

t.test('a refusal is given, and what fails is thrown', async t => {
  const load = (): object => ({ version: 1 })
  const settle = settleEarly(resolveRoute({ url: '/', methods: ['PUT'], etag: { source: 'version', load } }, []), () => false)
  t.match(settle(requestOf('PUT', ['If-Match', '"0"']), reply), { statusCode: 412 })
  t.throws(() => settle(requestOf('PUT', ['If-Match', 'junk']), reply), { code: 'FST_ETAG_INVALID_FIELD' })
  const broken = settleEarly(resolveRoute({ url: '/', methods: ['PUT'], etag: { source: 'version', load: () => { throw new Error('down') } } }, []), () => false)
  await t.rejects(async () => broken(requestOf('PUT', ['If-Match', '"1"']), reply), { code: 'FST_ETAG_LOAD_FAILED' })
})

t.test('a read of which nothing is asked is not looked at', async t => {
  const settle = settleEarly(resolveRoute({ url: '/', methods: ['GET'], etag: { source: 'version', load: () => t.fail('loaded') } }, []), () => false)
  t.equal(settle(requestOf('GET', ['Accept', '*/*']), reply), undefined)
})
