import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { isSuccess, senderTo, type Came, type Send, type Sent } from '../../lib/testing/target.js'

/** A service that answers by what it was sent, or by what was asked for. */
function build (): FastifyInstance {
  const app = Fastify()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.all('/echo', async ({ method, headers, body }) => ({ method, type: headers['content-type'], own: headers['x-own'], body }))
  app.get('/answer', async (request, reply) => {
    const { status = '200', type, etag, text } = request.query as Record<string, string>
    if (type !== undefined) reply.type(type)
    if (etag !== undefined) reply.header('etag', etag)
    return reply.code(Number(status)).send(text)
  })
  app.get('/away', async (_request, reply) => reply.redirect('/answer', 303))
  app.get('/under/here', async () => ({ found: true }))
  return app
}

/** Both ways to the same service. */
async function bothWays (test: { teardown: (done: () => unknown) => void }): Promise<ReadonlyArray<readonly [name: string, send: Send]>> {
  const app = build()
  test.teardown(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return [['by inject', senderTo(app)], ['over HTTP', senderTo(base)]]
}

const sentOf = (more: Partial<Sent>): Sent => ({ method: 'GET', url: '/echo', headers: {}, ...more })

t.test('an object is sent as JSON and text as text, unless the fields of the request say otherwise', async t => {
  for (const [name, send] of await bothWays(t)) {
    const table: ReadonlyArray<readonly [Partial<Sent>, object]> = [
      [{ method: 'PUT', body: { a: 1 } }, { method: 'PUT', type: 'application/json', body: '{"a":1}' }],
      [{ method: 'PATCH', body: 'text' }, { method: 'PATCH', type: /^text\/plain/, body: 'text' }],
      [{ method: 'PATCH', body: { a: null }, headers: { 'content-type': 'application/merge-patch+json', 'x-own': '1' } }, { type: 'application/merge-patch+json', own: '1', body: '{"a":null}' }]
    ]
    for (const [sent, expected] of table) t.match((await send(sentOf(sent))).body, expected, name)
  }
})

t.test('a request without a body carries no media type, though the fields of all requests have one', async t => {
  for (const [name, send] of await bothWays(t)) {
    const { body } = await send(sentOf({ method: 'DELETE', headers: { 'content-type': 'application/json', 'x-own': '1' } }))
    t.same(body, { method: 'DELETE', own: '1' }, name)
  }
})

t.test('what comes is its status, its tag, and its body: an object where it is JSON, else text, nothing where nothing came', async t => {
  const table: ReadonlyArray<readonly [query: Record<string, string>, came: Partial<Came>]> = [
    [{ type: 'application/json', text: '{"a":1}', etag: 'W/"1"' }, { status: 200, etag: 'W/"1"', body: { a: 1 } }],
    [{ type: 'application/problem+json; charset=utf-8', text: '{"a":1}', status: '412' }, { status: 412, etag: undefined, body: { a: 1 } }],
    [{ type: 'Application/JSON', text: '[1]' }, { body: [1] }],
    [{ type: 'application/json', text: 'null' }, { body: null }],
    [{ type: 'application/json', text: '{"a":' }, { body: '{"a":' }],
    [{ type: 'text/html', text: '{"a":1}' }, { body: '{"a":1}' }],
    [{ type: 'text/x-application/json', text: '{}' }, { body: '{}' }],
    [{ type: 'application/json', text: '' }, { body: undefined }],
    [{ status: '204' }, { status: 204, body: undefined }]
  ]
  for (const [name, send] of await bothWays(t)) {
    for (const [query, came] of table) t.match(await send(sentOf({ url: `/answer?${new URLSearchParams(query)}` })), came, `${name}: ${JSON.stringify(query)}`)
  }
})

t.test('a redirection is an answer, and is not followed', async t => {
  for (const [name, send] of await bothWays(t)) t.equal((await send(sentOf({ url: '/away' }))).status, 303, name)
})

t.test('a base URL with a path keeps it, with and without a slash at its end, and a whole url goes elsewhere', async t => {
  const app = build()
  t.teardown(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const under of ['/under', '/under/']) t.same((await senderTo(base + under)(sentOf({ url: '/here' }))).body, { found: true }, under)
  t.same((await senderTo('http://127.0.0.1:1/nowhere')(sentOf({ url: `${base}/under/here` }))).body, { found: true })
})

t.test('where no answer comes, the error says to which request', async t => {
  const server = createServer((request: IncomingMessage) => request.socket.destroy())
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => server.close())
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const error = await senderTo(base)(sentOf({ url: '/rows/7' })).catch(error => error)
  t.match(error, { message: `checkRoute: no answer came to GET ${base}/rows/7`, cause: TypeError })
})

t.test('success is a status of 200 to 299', async t => {
  for (const [status, expected] of [[199, false], [200, true], [204, true], [299, true], [300, false], [304, false], [412, false]] as const) {
    t.equal(isSuccess({ sent: sentOf({}), came: { status, etag: undefined, body: undefined } }), expected, String(status))
  }
})
