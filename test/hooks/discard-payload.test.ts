import { Readable } from 'node:stream'
import t from 'tap'
import Fastify from 'fastify'
import { discardPayload } from '../../lib/hooks/discard-payload.js'
import etagPlugin from '../../lib/index.js'

/** A web stream that notes whether it was cancelled. */
function webStream (): { stream: ReadableStream, isCancelled: () => boolean } {
  let cancelled = false
  return { stream: new ReadableStream({ cancel () { cancelled = true } }), isCancelled: () => cancelled }
}

t.test('a stream is ended, of Node or of the web, and that of a Response', async t => {
  const node = Readable.from(['x'])
  discardPayload(node)
  t.ok(node.destroyed)
  const { stream, isCancelled } = webStream()
  discardPayload(stream)
  t.ok(isCancelled())
  const answered = webStream()
  discardPayload(new Response(answered.stream))
  t.ok(answered.isCancelled())
})

t.test('what is no stream is left alone, and one that somebody reads is nobody else\'s failure', async t => {
  for (const payload of [undefined, null, 'text', 7, {}, Buffer.from('x'), new Response(null), { body: {} }, { body: 'text' }]) t.doesNotThrow(() => discardPayload(payload))
  const { stream } = webStream()
  stream.getReader()
  discardPayload(stream)
})

t.test('whatever takes the place of a stream ends it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: () => '2026-01-02T03:04:05Z' })
  const streams: Readable[] = []
  const handler = async (_request: unknown, reply: { send (payload: unknown): unknown }): Promise<unknown> => {
    const stream = Readable.from(['x'])
    streams.push(stream)
    return reply.send(stream)
  }
  app.get('/304', { config: { etag: {} } }, async (request, reply) => { reply.validators({ version: 1 }); return handler(request, reply) })
  app.get('/fields', { config: { etag: { load: () => ({ version: 1 }), headers: () => { throw new Error('no') } } } }, handler)
  app.put('/unguarded', { config: { etag: { load: () => ({ version: 1 }), unguarded: 'error' } } }, handler)
  t.equal((await app.inject({ url: '/304', headers: { 'if-none-match': '"1"' } })).statusCode, 304)
  t.equal((await app.inject({ url: '/304', headers: { 'if-match': '"2"' } })).statusCode, 412)
  t.equal((await app.inject({ url: '/fields', headers: { 'if-none-match': '"2"' } })).statusCode, 500)
  t.equal((await app.inject({ method: 'PUT', url: '/unguarded', headers: { 'if-match': '"1"' } })).statusCode, 500)
  t.same(streams.map(({ destroyed }) => destroyed), [true, true, true, true])
})
