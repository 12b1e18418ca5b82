import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin from '../../lib/index.js'
import { isSuccess } from '../../lib/hooks/settle-late.js'

t.test('only 2xx is a success', async t => {
  for (const [status, expected] of [[199, false], [200, true], [204, true], [299, true], [300, false], [304, false], [404, false]] as const) t.equal(isSuccess(status), expected)
})

async function appOf (send: () => unknown): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.header('etag', '"own"').send(send()))
  return app
}

t.test('a read is decided by the tag that its handler set, whatever it sends', async t => {
  const sends: Record<string, () => unknown> = {
    text: () => 'text',
    bytes: () => Buffer.from('bytes'),
    object: () => ({ version: 1 }),
    nothing: () => undefined,
    stream: () => Readable.from(['a', 'b'])
  }
  for (const [what, send] of Object.entries(sends)) {
    for (const method of ['GET', 'HEAD'] as const) {
      const app = await appOf(send)
      const unchanged = await app.inject({ method, url: '/', headers: { 'if-none-match': '"own"' } })
      t.equal(unchanged.statusCode, 304, `${method} ${what}`)
      t.equal(unchanged.headers.etag, '"own"')
      t.equal(unchanged.body, '')
      t.notOk(unchanged.headers['content-length'], what)
      t.notOk(unchanged.headers['content-type'], what)
      t.equal((await app.inject({ method, url: '/', headers: { 'if-none-match': '"1"' } })).statusCode, 200)
      t.equal((await app.inject({ method, url: '/', headers: { 'if-match': '"1"' } })).statusCode, 412)
    }
  }
})

t.test('a stream that a 304 leaves unread is closed', async t => {
  const stream = Readable.from(['a', 'b'])
  const app = await appOf(() => stream)
  await app.inject({ url: '/', headers: { 'if-none-match': '"own"' } })
  t.equal(stream.destroyed, true)
})
