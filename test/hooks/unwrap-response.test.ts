import { Readable } from 'node:stream'
import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../../lib/index.js'

async function answerOf (make: () => Response, method: 'GET' | 'HEAD' = 'GET', headers = {}) {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha1' } })
  app.get('/', async () => make())
  return app.inject({ method, url: '/', headers })
}

/** A body that is made while it is sent: each part when the one before it is asked for, and a promise later. */
function streamOf (...parts: readonly string[]): ReadableStream {
  const left = [...parts]
  return new ReadableStream({
    async pull (controller) {
      await new Promise(resolve => setImmediate(resolve))
      const part = left.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(Buffer.from(part))
    }
  }, { highWaterMark: 0 })
}

t.test('a Response whose body is there at once has a tag, status and fields of its own, and its 304', async t => {
  const table: ReadonlyArray<readonly [make: () => Response, status: number, body: string]> = [
    [() => new Response('hello', { headers: { 'x-own': '1', 'content-type': 'text/x' } }), 200, 'hello'],
    [() => Response.json({ a: 1 }, { status: 201 }), 201, '{"a":1}'],
    [() => new Response(Buffer.from('bytes')), 200, 'bytes'],
    [() => new Response(new URLSearchParams('a=1')), 200, 'a=1'],
    [() => new Response(''), 200, '']
  ]
  for (const [make, status, body] of table) {
    const answer = await answerOf(make)
    t.equal(answer.statusCode, status, body)
    t.equal(answer.body, body)
    t.equal(answer.headers['content-length'], String(body.length))
    const { etag } = answer.headers
    t.match(etag, /^".{28}"$/)
    t.equal((await answerOf(make, 'HEAD')).headers.etag, etag)
    const unmodified = await answerOf(make, 'GET', { 'if-none-match': etag })
    t.equal(unmodified.statusCode, 304)
    t.equal(unmodified.body, '')
  }
  const first = await answerOf(table[0]![0])
  t.match(first.headers, { 'x-own': '1', 'content-type': 'text/x' })
})

t.test('a Response that is made while it is sent has no tag, and loses nothing of its body', async t => {
  const made: ReadonlyArray<readonly [make: () => Response, body: string]> = [
    [() => new Response(streamOf('a', 'b', 'c')), 'abc'],
    [() => new Response(streamOf()), ''],
    [() => new Response(ReadableStream.from([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')])), 'abc']
  ]
  for (const [make, body] of made) {
    const answer = await answerOf(make)
    t.equal(answer.statusCode, 200)
    t.equal(answer.body, body)
    t.notOk(answer.headers.etag)
    t.equal((await answerOf(make, 'HEAD')).statusCode, 200)
  }
})

t.test('the tag that a Response has of its own is kept, and compared', async t => {
  const make = (): Response => new Response('hello', { headers: { etag: '"own"' } })
  t.equal((await answerOf(make)).headers.etag, '"own"')
  t.equal((await answerOf(make, 'GET', { 'if-none-match': '"own"' })).statusCode, 304)
})

t.test('a Response without a body is one, and one that failed or was read is an error', async t => {
  for (const method of ['GET', 'HEAD'] as const) {
    const answer = await answerOf(() => new Response(null, { status: 204 }), method)
    t.equal(answer.statusCode, 204)
    t.notOk(answer.headers.etag)
  }
  t.equal((await answerOf(() => new Response(new ReadableStream({ start: controller => controller.error(new Error('gone')) })))).statusCode, 500)
  const used = new Response('x')
  await used.text()
  t.equal((await answerOf(() => used)).statusCode, 500)
})

t.test('the end of a body that nobody wants any more is told to its maker, and an error behind it is nobody\'s', async t => {
  let cancelled: unknown
  const body = new ReadableStream({
    async pull (controller) {
      await new Promise(resolve => setImmediate(resolve))
      controller.enqueue(Buffer.from('x'))
    },
    cancel: reason => { cancelled = reason }
  }, { highWaterMark: 0 })
  t.equal((await answerOf(() => new Response(body), 'HEAD')).statusCode, 200)
  t.ok(cancelled, 'HEAD asks for no body')

  let turn = 0
  const failing = new ReadableStream({
    async pull (controller) {
      if (turn++ === 0) return controller.enqueue(Buffer.from('x'))
      await new Promise(resolve => setImmediate(resolve))
      controller.error(new Error('gone'))
    }
  }, { highWaterMark: 0 })
  await t.rejects(answerOf(() => new Response(failing)), 'who reads it is told')
})

t.test('a Response of another make, whose body is a stream of Node, goes out as it is', async t => {
  class Response {
    readonly status = 200
    readonly headers = new Map([['x-own', '1']])
    readonly body = Readable.from(['hi'])
    readonly bodyUsed = false
    get [Symbol.toStringTag] (): string { return 'Response' }
  }
  t.match(await answerOf(() => new Response() as never), { statusCode: 200, body: 'hi', headers: { 'x-own': '1', etag: undefined } })
})

t.test('a Response that a hook of the route makes is unwrapped too', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: {} }, onSend: async () => new Response('no', { status: 500 }) }, async () => ({ version: 1 }))
  t.match(await app.inject('/'), { statusCode: 500, body: 'no', headers: { etag: undefined } })
})

t.test('what does not ask for a read keeps its Response, whatever its hooks do with it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: 'version' })
  app.post('/', { onSend: async (_request, _reply, payload) => (payload as Response).clone() }, async () => new Response('made', { status: 201 }))
  t.match(await app.inject({ method: 'POST', url: '/' }), { statusCode: 201, body: 'made' })
})
