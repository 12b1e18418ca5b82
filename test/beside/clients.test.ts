import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Agent, interceptors, request, RetryAgent, type Dispatcher } from 'undici'
import etagPlugin, { defineEtag, type EtagPluginOptions } from '../../lib/index.js'
import { Rows } from '../document-app.js'
import { declareDocuments, tagOf, talk, type Send } from './documents.js'

const run = promisify(execFile)

interface Service {
  readonly app: FastifyInstance
  readonly rows: Rows
  readonly port: number
  readonly url: string
  /** What came in, as `GET 200`. */
  readonly served: string[]
}

/** A listening service of documents that remembers what it was asked and what it answered. */
async function listen (t: Test, options: EtagPluginOptions = {}, declare: (app: FastifyInstance, rows: Rows) => void = declareDocumentsOf): Promise<Service> {
  const app = Fastify({ forceCloseConnections: true })
  const rows = new Rows('7')
  const served: string[] = []
  await app.register(etagPlugin, { policy: 'REQUIRED', ...options })
  app.addHook('onResponse', async ({ method }, { statusCode }) => { served.push(`${method} ${statusCode}`) })
  declare(app, rows)
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { app, rows, port: (app.server.address() as AddressInfo).port, url: `${origin}/documents/7`, served }
}

function declareDocumentsOf (app: FastifyInstance, rows: Rows): void {
  declareDocuments(app, {}, rows)
}

const JSON_CONTENT = { 'content-type': 'application/json' }

function contentOf (method: string, title: string): { headers: Record<string, string>, body?: string } {
  return method === 'PUT' ? { headers: JSON_CONTENT, body: JSON.stringify({ title }) } : { headers: {} }
}

function byFetch (url: string): Send {
  return async (method, fields = {}, title = 'x') => {
    const { headers, ...content } = contentOf(method, title)
    const response = await fetch(url, { method, headers: { ...headers, ...fields }, ...content })
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() }
  }
}

function byUndici (url: string, dispatcher: Dispatcher): Send {
  return async (method, fields = {}, title = 'x') => {
    const { headers, ...content } = contentOf(method, title)
    const response = await request(url, { dispatcher, method: method as 'GET', headers: { ...headers, ...fields }, ...content })
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() }
  }
}

t.test('fetch of Node gets its 304, though it sends Cache-Control: no-cache beside If-None-Match', async t => {
  const { app, url } = await listen(t)
  const sent: unknown[] = []
  app.server.on('request', ({ headers }) => { if (headers['if-none-match'] !== undefined) sent.push(headers['cache-control']) })
  await talk(t, byFetch(url))
  t.same(sent, ['no-cache'])
})

/** Sends through a cache of undici. */
function caching (t: Test, url: string, type: 'shared' | 'private' = 'shared'): Send {
  const agent = new Agent()
  t.teardown(() => agent.close())
  return byUndici(url, agent.compose(interceptors.cache({ type })))
}

for (const [type, directives] of [['shared', 'no-cache'], ['private', 'private, no-cache']] as const) {
  t.test(`a ${type} cache of undici makes a 200 of the 304, and forgets what a write changed`, async t => {
    const { url, served } = await listen(t, { headers: { 'cache-control': directives } })
    const send = caching(t, url, type)

    const first = await send('GET')
    const again = await send('GET')
    t.same(served, ['GET 200', 'GET 304'])
    t.same([again.status, again.text, tagOf(again)], [200, first.text, '"1"'], 'its user sees no 304')

    t.equal((await send('PUT', { 'if-match': tagOf(again) }, 'new')).status, 200)
    const changed = await send('GET')
    t.same([tagOf(changed), JSON.parse(changed.text).title], ['"2"', 'new'])
    t.same(served.slice(2), ['PUT 200', 'GET 200'], 'nothing that was kept is asked about')

    t.equal((await send('PUT', { 'if-match': '"1"' })).status, 412)
    t.same([tagOf(await send('GET')), served.at(-1)], ['"2"', 'GET 304'], 'a refused write changed nothing')
  })
}

t.test('a cache of undici forgets an answer whose 304 has the Cache-Control of the 200, as it must', async t => {
  const { url, served } = await listen(t, { headers: { 'cache-control': 'no-cache' } })
  const send = caching(t, url)
  for (let i = 0; i < 4; i++) t.equal((await send('GET')).status, 200)
  t.same(served, ['GET 200', 'GET 304', 'GET 200', 'GET 304'])
})

t.test('a cache of undici keeps no answer that says nothing of caching', async t => {
  const { url, served } = await listen(t)
  const send = caching(t, url)
  for (let i = 0; i < 2; i++) t.equal((await send('GET')).status, 200)
  t.same(served, ['GET 200', 'GET 200'])
})

t.test('a cache of undici keeps what has a modification date, which is no-cache by itself', async t => {
  const { url, served } = await listen(t, { lastModified: 'updatedAt' })
  const send = caching(t, url)
  for (let i = 0; i < 2; i++) t.equal((await send('GET')).status, 200)
  t.same(served, ['GET 200', 'GET 304'])
})

/** Declares documents whose first answer to a write is lost: the connection ends once the write is done. */
function losingFirst (app: FastifyInstance, rows: Rows): void {
  let writes = 0
  const document = defineEtag({
    source: 'version',
    create: 'never',
    load: (request: FastifyRequest<{ Params: { id: string } }>) => rows.find(request.params.id)
  })
  const config = { etag: document }
  const lose = (request: FastifyRequest): void => {
    if (writes++ === 0) request.raw.socket.destroy()
  }
  app.get<{ Params: { id: string } }>('/documents/:id', { config }, request => document.of(request).load())
  app.put<{ Params: { id: string }, Body: { title: string } }>('/documents/:id', { config }, async request => {
    const written = await document.of(request).guard(({ version }) => rows.update(request.params.id, request.body.title, version))
    lose(request)
    return written
  })
  app.delete<{ Params: { id: string } }>('/documents/:id', { config }, async (request, reply) => {
    await document.of(request).guard(({ version }) => rows.remove(request.params.id, version))
    lose(request)
    return reply.code(204).send()
  })
}

function retrying (t: Test): Dispatcher {
  const agent = new RetryAgent(new Agent(), { minTimeout: 1, maxTimeout: 1 })
  t.teardown(() => agent.close())
  return agent
}

t.test('a write that is sent again because its answer was lost is 412, though it was done', async t => {
  const { url, rows } = await listen(t, {}, losingFirst)
  const answer = await byUndici(url, retrying(t))('PUT', { 'if-match': '"1"' }, 'mine')
  t.equal(answer.status, 412)
  t.equal(tagOf(answer), '"2"', 'the 412 has the tag that the lost answer had')
  t.match(JSON.parse(answer.text), { field: 'If-Match', reason: 'changed', currentEtag: '"2"' })
  t.equal(rows.writes, 1, 'it was done once')

  const read = await byUndici(url, retrying(t))('GET')
  t.same([tagOf(read), JSON.parse(read.text).title], [tagOf(answer), 'mine'], 'a read tells that it was done')
})

t.test('a DELETE that is sent again because its answer was lost is 404, though it was done', async t => {
  const { url, rows } = await listen(t, {}, losingFirst)
  const answer = await byUndici(url, retrying(t))('DELETE', { 'if-match': '"1"' })
  t.same([answer.status, answer.headers.etag], [404, undefined])
  t.equal(rows.writes, 1)
})

t.test('a write without If-Match that is sent again because its answer was lost is done twice', async t => {
  const { url, rows } = await listen(t, { policy: 'OPTIONAL' }, losingFirst)
  const answer = await byUndici(url, retrying(t))('PUT', {}, 'mine')
  t.same([answer.status, tagOf(answer), rows.writes], [200, '"3"', 2])
})

t.test('fetch of Node does not send a write again', async t => {
  const { url, rows } = await listen(t, {}, losingFirst)
  await t.rejects(byFetch(url)('PUT', { 'if-match': '"1"' }, 'mine'), TypeError)
  t.equal(rows.writes, 1)
  t.equal((await byFetch(url)('PUT', { 'if-match': '"1"' })).status, 412)
})

t.test('curl keeps a tag in a file and compares it', async t => {
  const { url } = await listen(t)
  const file = path.join(t.testdir(), 'tag')
  const status = async (...options: string[]): Promise<string> =>
    (await run('curl', ['--silent', '--output', '/dev/null', '--write-out', '%{http_code}', ...options, url])).stdout
  const saved = (): string => readFileSync(file, 'utf8').trim()
  const put = (field: string): Promise<string> => status('--request', 'PUT', '--json', '{"title":"x"}', '--header', field)

  t.equal(await status('--etag-save', file), '200')
  t.equal(saved(), '"1"')
  t.equal(await status('--etag-compare', file), '304')
  t.equal(await status('--etag-save', file, '--etag-compare', file), '304')
  t.equal(saved(), '"1"', 'a 304 leaves the tag in the file')

  t.equal(await put(`If-Match: ${saved()}`), '200')
  t.equal(await put(`If-Match: ${saved()}`), '412')
  t.equal(await put('If-Match: 2'), '400', 'a shell that eats the quotes')
  t.equal(await put('If-Match:'), '428', 'curl sends no field whose value is empty')
  t.equal(await put('If-Match;'), '412', 'and one by a semicolon')
  t.equal(await status('--request', 'PUT', '--json', '{"title":"x"}', '--etag-compare', file), '428', 'what it compares is If-None-Match')
  t.equal(await status('--etag-save', file, '--etag-compare', file), '200')
  t.equal(saved(), '"2"')
})

/** What comes back for lines as they stand over a socket. */
async function raw (port: number, method: string, ...fields: readonly string[]): Promise<string> {
  const content = method === 'PUT' ? '{"title":"x"}' : ''
  const about = method === 'PUT' ? ['Content-Type: application/json', `Content-Length: ${content.length}`] : []
  const socket = connect(port, '127.0.0.1')
  socket.write([`${method} /documents/7 HTTP/1.1`, ...about, ...fields, 'Host: x', 'Connection: close', '', content].join('\r\n'))
  return text(socket)
}

t.test('two lines of one field are one list, whatever their order and the case of the name', async t => {
  const { port } = await listen(t)
  t.match(await raw(port, 'GET', 'If-None-Match: "x"', 'If-None-Match: "1"'), /^HTTP\/1.1 304 /)
  t.match(await raw(port, 'GET', 'IF-NONE-MATCH: "1"', 'if-none-match: "x"'), /^HTTP\/1.1 304 /)
  t.match(await raw(port, 'GET', 'If-None-Match: "x"', 'If-None-Match: "y"'), /^HTTP\/1.1 200 /)
  t.match(await raw(port, 'PUT', 'If-Match: "x"', 'If-Match: "y"'), /^HTTP\/1.1 412 /)
  t.match(await raw(port, 'PUT', 'If-Match: "x"', 'If-Match: "1"'), /^HTTP\/1.1 200 /)
  t.match(await raw(port, 'PUT', 'If-Match: "2"', 'If-Match: junk'), /^HTTP\/1.1 400 /)
})

t.test('lines are counted where Node does not tell them apart: without a socket, and over HTTP/2', async t => {
  const told: boolean[] = []
  const noteTold = (app: FastifyInstance): void => {
    app.addHook('onRequest', async ({ raw }) => { told.push(raw.headersDistinct !== undefined) })
    declareDocuments(app)
  }
  const { app } = await listen(t, {}, noteTold)
  const headers: Record<string, string[]> = { 'if-none-match': ['"x"', '"1"'] }
  t.equal((await app.inject({ url: '/documents/7', headers })).statusCode, 304)

  const server = Fastify({ http2: true }) as unknown as FastifyInstance
  await server.register(etagPlugin, { policy: 'REQUIRED' })
  noteTold(server)
  const session = http2.connect(await server.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(async () => { session.close(); await server.close() })
  const stream = session.request({ ':path': '/documents/7', 'if-none-match': '"x", "1"' })
  const [answer] = await once(stream, 'response')
  stream.resume()
  t.equal(answer[':status'], 304)
  t.same(told, [false, false])
})
