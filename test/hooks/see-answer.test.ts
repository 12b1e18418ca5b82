import { Readable } from 'node:stream'
import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../../lib/index.js'

t.test('what no serialiser sees is no state', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: (state: { version: number }) => state.version.toFixed() })
  const payloads: Readonly<Record<string, () => unknown>> = {
    text: () => 'text',
    nothing: () => null,
    stream: () => Readable.from(['stream']),
    'web-stream': () => new Response('web').body,
    bytes: () => Buffer.from('bytes'),
    numbers: () => new Uint16Array([1]),
    response: () => new Response('response')
  }
  for (const name of Object.keys(payloads)) app.get(`/${name}`, { config: { etag: {} } }, (_request, reply) => { reply.send(payloads[name]!()) })
  for (const name of Object.keys(payloads)) {
    const response = await app.inject(`/${name}`)
    t.equal(response.statusCode, 200, name)
    t.notOk(response.headers.etag)
  }
})

t.test('a state may have members that streams, bytes, errors and Responses have', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const members = ['pipe', 'getReader', 'buffer', 'bodyUsed', 'stack']
  for (const member of members) app.get(`/${member}`, { config: { etag: {} } }, async () => ({ version: 1, [member]: 'text' }))
  for (const member of members) {
    t.equal((await app.inject(`/${member}`)).headers.etag, '"1"', member)
  }
})

t.test('a read that is refused for what it sends is refused before it is serialised', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  let serialised = 0
  app.get('/', { config: { etag: {} } }, async () => ({ version: 1, toJSON () { serialised++; return {} } }))
  t.equal((await app.inject({ url: '/', headers: { 'if-match': '"0"' } })).statusCode, 412)
  t.equal(serialised, 0)
})

t.test('a state that cannot be told is told to who hooks errors', async t => {
  const app = Fastify()
  const told: string[] = []
  app.addHook('onError', async (_request, _reply, error) => { told.push(error.code) })
  await app.register(etagPlugin, { source: 'version' })
  app.get('/', { config: { etag: {} } }, (_request, reply) => { setImmediate(() => { reply.send({ version: {} }) }) })
  for (const headers of [{}, { 'if-none-match': '"1"' }]) t.equal((await app.inject({ url: '/', headers })).statusCode, 500)
  t.same(told, ['FST_ETAG_INVALID_VERSION', 'FST_ETAG_INVALID_VERSION'])
})

t.test('an annotated route that sends nothing shows nothing', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const response = { 200: { type: ['object', 'null'], properties: { version: { type: 'integer', 'x-etag': 'version' } } } }
  app.get('/', { schema: { response } }, async () => null)
  t.match(await app.inject('/'), { statusCode: 200, headers: { etag: undefined } })
})
