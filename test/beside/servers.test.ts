import { execFile } from 'node:child_process'
import { once } from 'node:events'
import http2, { type ClientHttp2Session, type SecureClientSessionOptions } from 'node:http2'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import autoload from '@fastify/autoload'
import Fastify, { type FastifyInstance } from 'fastify'
import { generate } from 'selfsigned'
import etagPlugin from '../../lib/index.js'
import { Rows } from '../document-app.js'
import { declareDocuments, injecting, tagOf, talk, type Send } from './documents.js'

const run = promisify(execFile)

/** A listening service of documents. Nothing here depends on the kind of its server, which its type tells. */
async function listen (t: Test, server: unknown): Promise<{ app: FastifyInstance, port: number }> {
  const app = server as FastifyInstance
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  declareDocuments(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { app, port: (app.server.address() as AddressInfo).port }
}

function connect (t: Test, url: string, options: SecureClientSessionOptions = {}): ClientHttp2Session {
  const session = http2.connect(url, options)
  // the server ends when its sessions have ended
  t.teardown(() => session.close())
  return session
}

function overHttp2 (session: ClientHttp2Session): Send {
  return async (method, fields = {}, title = 'x') => {
    const content = method === 'PUT' ? { 'content-type': 'application/json' } : {}
    const stream = session.request({ ':method': method, ':path': '/documents/7', ...content, ...fields })
    stream.end(method === 'PUT' ? JSON.stringify({ title }) : undefined)
    const [headers] = await once(stream, 'response')
    return { status: headers[':status'], headers, text: await text(stream) }
  }
}

function overHttps (port: number, ca: string): Send {
  return async (method, fields = {}, title = 'x') => {
    const content = method === 'PUT' ? { 'content-type': 'application/json' } : {}
    const request = https.request({ host: '127.0.0.1', port, ca, method, path: '/documents/7', headers: { ...content, ...fields } })
    request.end(method === 'PUT' ? JSON.stringify({ title }) : undefined)
    const [response] = await once(request, 'response')
    return { status: response.statusCode, headers: response.headers, text: await text(response) }
  }
}

async function certificate (): Promise<{ key: string, cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]
  })
  return { key, cert }
}

/** The status that curl gets for some lines of header fields; Node's client of HTTP/2 refuses to send a field twice. */
async function statusBy (options: readonly string[], lines: readonly string[], url: string): Promise<string> {
  const fields = lines.flatMap(line => ['--header', line])
  const { stdout } = await run('curl', ['--silent', '--output', '/dev/null', '--write-out', '%{http_version} %{http_code}', ...options, ...fields, url])
  return stdout
}

const PUT = ['--request', 'PUT', '--header', 'content-type: application/json', '--data', '{"title":"x"}']

async function severalLines (t: Test, version: string, options: readonly string[], origin: string): Promise<void> {
  const url = `${origin}/documents/7`
  const etag = await tagBy(options, url)
  t.equal(await statusBy(options, ['If-None-Match: "other"', `If-None-Match: ${etag}`], url), `${version} 304`, 'the second line counts')
  t.equal(await statusBy(options, ['If-None-Match: "other"', 'If-None-Match: "another"'], url), `${version} 200`)
  t.equal(await statusBy([...options, ...PUT], ['If-Match: "other"', 'If-Match: "another"'], url), `${version} 412`)
  t.equal(await statusBy([...options, ...PUT], ['If-Match: "other"', `If-Match: ${etag}`], url), `${version} 200`)
}

async function tagBy (options: readonly string[], url: string): Promise<string> {
  const { stdout } = await run('curl', ['--silent', '--head', ...options, url])
  return /^etag: (.+?)\r$/im.exec(stdout)![1]!
}

t.test('HTTP/2 in clear text changes nothing', async t => {
  const { port } = await listen(t, Fastify({ http2: true }))
  await talk(t, overHttp2(connect(t, `http://127.0.0.1:${port}`)))
  await severalLines(t, '2', ['--http2-prior-knowledge'], `http://127.0.0.1:${port}`)
})

t.test('HTTP/2 over TLS changes nothing, nor does a client of HTTP/1.1 at the same port', async t => {
  const { key, cert } = await certificate()
  const { port } = await listen(t, Fastify({ http2: true, https: { key, cert, allowHTTP1: true } }))
  await talk(t, overHttp2(connect(t, `https://127.0.0.1:${port}`, { ca: cert })))
  await talk(t, overHttps(port, cert))
  await severalLines(t, '2', ['--insecure', '--http2'], `https://127.0.0.1:${port}`)
  await severalLines(t, '1.1', ['--insecure', '--http1.1'], `https://127.0.0.1:${port}`)
})

t.test('HTTPS changes nothing', async t => {
  const { key, cert } = await certificate()
  const { port } = await listen(t, Fastify({ https: { key, cert } }))
  await talk(t, overHttps(port, cert))
  await severalLines(t, '1.1', ['--insecure'], `https://127.0.0.1:${port}`)
})

t.test('many requests at once over one connection of HTTP/2 have one winner', async t => {
  const { port } = await listen(t, Fastify({ http2: true }))
  const send = overHttp2(connect(t, `http://127.0.0.1:${port}`))
  const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await send('PUT', { 'if-match': '"1"' })).status))
  t.same(statuses.toSorted(), [200, ...Array(9).fill(412)])
  t.equal(tagOf(await send('GET')), '"2"')
})

t.test('one route of several methods reads without a policy and writes under it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  const rows = new Rows('7')
  app.route<{ Params: { id: string }, Body: { title: string } }>({
    method: ['GET', 'PUT', 'DELETE'],
    url: '/documents/:id',
    config: { etag: { source: 'version', create: 'never', load: request => rows.find((request.params as { id: string }).id) } },
    handler: async (request, reply) => {
      const { method, precondition, params: { id }, body } = request
      if (method === 'GET') return precondition.load()
      if (method === 'PUT') return precondition.guard(({ version }) => rows.update(id, body.title, version))
      await precondition.guard(({ version }) => rows.remove(id, version))
      return reply.code(204).send()
    }
  })
  const send = injecting(app)
  const { written } = await talk(t, send)
  t.equal((await send('HEAD', { 'if-none-match': tagOf(written) })).status, 304)
  t.equal((await send('DELETE')).status, 428)
  t.equal((await send('DELETE', { 'if-match': '"1"' })).status, 412)
  const removed = await send('DELETE', { 'if-match': tagOf(written) })
  t.same([removed.status, removed.headers.etag], [204, undefined])
  t.equal((await send('GET', { 'if-none-match': tagOf(written) })).status, 404)
})

function loadFolders (app: FastifyInstance, ...folders: readonly string[]): void {
  for (const folder of folders) app.register(autoload, { dir: path.join(__dirname, 'autoload', folder), autoHooks: true })
}

t.test('@fastify/autoload finds the plugin in one folder and its routes in another', async t => {
  const app = Fastify()
  loadFolders(app, 'plugins', 'routes')
  await app.ready()
  await talk(t, injecting(app))

  const open = injecting(app, '/open/documents/7')
  t.equal((await open('PUT')).status, 200, 'the settings of a folder are those of its autohooks')
  t.equal((await open('PUT', { 'if-match': '"1"' })).status, 412)
})

t.test('@fastify/autoload that loads routes ahead of the plugin stops the start', async t => {
  const app = Fastify()
  loadFolders(app, 'routes', 'plugins')
  await t.rejects(async () => { await app.ready() }, { code: 'FST_ETAG_TOO_EARLY' })
})

t.test('each version of an API has its own states and its own policy at one url', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  const old = declareDocuments(app, { constraints: { version: '1.2.0' } })
  const current = declareDocuments(app, { constraints: { version: '2.0.0' } })
  const send = injecting(app)

  await talk(t, send, { fields: { 'accept-version': '1.x' }, tag: /^"\d+;identity;1\.2\.0"$/ })
  t.same([old.writes, current.writes], [1, 0])
  await talk(t, send, { fields: { 'accept-version': '2.0.0' }, tag: /^"\d+;identity;2\.0\.0"$/ })
  t.same([old.writes, current.writes], [1, 1])
  t.equal((await send('GET', { 'if-none-match': '*' })).status, 404, 'no version is no route')
})
