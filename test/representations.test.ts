import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import t, { type Test } from 'tap'
import compress from '@fastify/compress'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagPluginOptions, type EtagRouteOptions } from '../lib/index.js'

interface Row { readonly version: number, readonly text: string }

const TEXT = 'x'.repeat(2000)

/** A document that can be read and written, whose load is counted. */
async function appOf (t: Test, order: 'before' | 'after' | 'none', options: EtagPluginOptions, etag: EtagRouteOptions = {}) {
  const app = Fastify()
  let row: Row = { version: 3, text: TEXT }
  if (order === 'before') await app.register(compress)
  await app.register(etagPlugin, { policy: 'REQUIRED', ...options })
  if (order === 'after') await app.register(compress)
  const config = { etag: { ...etag, load: () => row } }
  app.get('/', { config }, async () => row)
  app.get('/loadless', { config: { etag } }, async () => row)
  app.put('/', { config }, async request => request.precondition.guard(async () => {
    row = { version: row.version + 1, text: row.text + 'y' }
    return row
  }))
  t.teardown(() => app.close())
  return app
}

const read = (app: FastifyInstance, headers: Record<string, string> = {}, url = '/', method: 'GET' | 'HEAD' = 'GET'): Promise<LightMyRequestResponse> => app.inject({ method, url, headers })
const tagOf = ({ headers }: LightMyRequestResponse): string => String(headers.etag)

for (const order of ['before', 'after'] as const) {
  for (const source of ['version', { digest: 'sha256' }] as const) {
    t.test(`peers 4.27: with compress registered ${order}, ${JSON.stringify(source)} has another strong tag in each coding, and If-Match takes any of them`, async t => {
      const app = await appOf(t, order, { source })
      for (const url of ['/', '/loadless']) {
        const tags = new Map<string, string>()
        for (const coding of ['gzip', 'br', 'deflate', 'identity']) {
          const headers = { 'accept-encoding': coding }
          const answer = await read(app, headers, url)
          t.equal(answer.headers['content-encoding'] ?? 'identity', coding)
          t.match(tagOf(answer), coding === 'identity' ? /^"[^;]+"$/ : new RegExp(`^"[^;]+;${coding}"$`))
          t.match(answer.headers.vary, /^accept-encoding$/i)
          tags.set(coding, tagOf(answer))

          const unmodified = await read(app, { ...headers, 'if-none-match': tagOf(answer) }, url)
          t.equal(unmodified.statusCode, 304, coding)
          t.equal(tagOf(unmodified), tagOf(answer))
          t.match(unmodified.headers.vary, /^accept-encoding$/i)
          t.notOk(unmodified.headers['content-encoding'])
        }
        t.equal(new Set(tags.values()).size, 4)
        const { gzip, identity } = Object.fromEntries(tags) as { gzip: string, identity: string }
        t.equal((await read(app, { 'if-none-match': gzip }, url)).statusCode, 200, 'a client that takes no coding has nothing of it')
        t.equal((await read(app, { 'if-none-match': `"2", ${identity}`, 'accept-encoding': 'gzip' }, url)).headers.etag, identity)
        t.equal((await read(app, { 'accept-encoding': 'gzip' }, url, 'HEAD')).headers.etag, identity, 'HEAD is not coded')
        t.equal((await read(app, { 'accept-encoding': 'gzip', 'if-none-match': gzip }, url, 'HEAD')).statusCode, 304)
      }
      for (const coding of ['gzip', 'identity']) {
        const headers = { 'accept-encoding': coding }
        const write = { method: 'PUT', url: '/', headers: { ...headers, 'if-match': tagOf(await read(app, headers)) } } as const
        const written = await app.inject(write)
        t.equal(written.statusCode, 200, coding)
        t.equal(tagOf(written), tagOf(await read(app, headers)))
        t.equal((await app.inject(write)).statusCode, 412)
      }
    })
  }

  t.test(`with compress registered ${order} a problem is one, however small it is`, async t => {
    const app = Fastify()
    if (order === 'before') await app.register(compress, { threshold: 0 })
    await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED' })
    if (order === 'after') await app.register(compress, { threshold: 0 })
    app.put('/', { config: { etag: { load: () => ({ version: 1 }) } } }, async () => ({}))
    const refused = await app.inject({ method: 'PUT', url: '/', headers: { 'accept-encoding': 'gzip' } })
    t.match(refused.headers, { 'content-type': 'application/problem+json', 'content-encoding': 'gzip', etag: '"1"' })
    t.match(await new Response(new Blob([new Uint8Array(refused.rawPayload)]).stream().pipeThrough(new DecompressionStream('gzip'))).json(), { status: 428 })
  })
}

t.test('peers 4.33: reads compare the representation, writes the state, and a variant is told in Vary', async t => {
  const variant = ({ headers, query }: { headers: Record<string, string>, query: { fields?: string } }) => [headers.accept, query.fields].filter(part => part !== undefined).join('+') || null
  const app = await appOf(t, 'none', { source: 'version', variant, headers: { vary: 'Accept' } })
  const table = [
    ['/', {}, '"3"'],
    ['/', { accept: 'text/csv' }, '"3;identity;text/csv"'],
    ['/?fields=a,b', {}, '"3;identity;a,b"'],
    ['/loadless?fields=a', { accept: 'text/csv' }, '"3;identity;text/csv+a"']
  ] as const
  for (const [url, headers, etag] of table) {
    const answer = await read(app, headers, url)
    t.equal(tagOf(answer), etag)
    t.equal(answer.headers.vary, 'Accept')
    for (const [, , other] of table) {
      const again = await read(app, { ...headers, 'if-none-match': other }, url)
      t.equal(again.statusCode, other === etag ? 304 : 200, `${etag} and ${other}`)
      t.equal(again.headers.vary, 'Accept')
    }
    t.equal((await read(app, { ...headers, 'if-match': '"3;identity;x"' }, url)).statusCode, 412, 'If-Match of a read too')
  }
  for (const [, , etag] of table) {
    const written = await app.inject({ method: 'PUT', url: '/?fields=a', headers: { 'if-match': etag.replace('3', String((await read(app)).json().version)) } })
    t.equal(written.statusCode, 200, etag)
    t.match(tagOf(written), /^"\d;identity;a"$/)
  }
})

t.test('the versions of an API differ in their tags, and Vary tells why', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  for (const version of ['1.2.0', '2.0.0']) app.get('/', { config: { etag: { load: () => ({ version: 3 }) } }, constraints: { version } }, async () => ({ version: 3 }))
  const tags: string[] = []
  for (const version of ['1.2.0', '2.0.0']) {
    const answer = await read(app, { 'accept-version': version })
    t.equal(tagOf(answer), `"3;identity;${version}"`)
    t.equal(answer.headers.vary, 'Accept-Version')
    tags.push(tagOf(answer))
  }
  for (const [at, version] of ['1.2.0', '2.0.0'].entries()) {
    for (const [from, etag] of tags.entries()) {
      const answer = await read(app, { 'accept-version': version, 'if-none-match': etag })
      t.equal(answer.statusCode, at === from ? 304 : 200)
      t.equal(answer.headers.vary, 'Accept-Version')
    }
  }
})

t.test('a variant that fails is an error of the server, ahead of the handler', async t => {
  let ran = 0
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', variant: () => { throw new Error('secret') } })
  const config = { etag: { load: () => ({ version: 1 }) } }
  app.route({ method: ['GET', 'PUT'], url: '/', config, handler: async () => { ran++; return { version: 1 } } })
  for (const method of ['GET', 'PUT'] as const) {
    const answer = await app.inject({ method, url: '/' })
    t.equal(answer.statusCode, 500)
    t.notMatch(answer.body, 'secret')
  }
  t.equal(ran, 0)
})

t.test('peers 4.28: what proxies write at the end of a tag is tolerated where it is said so', async t => {
  for (const [suffix, status] of [[true, 200], [false, 412]] as const) {
    for (const sent of ['"3-gzip"', '"3-br"', '"3--gzip"']) {
      const app = await appOf(t, 'none', { source: 'version', tolerate: { suffix } })
      t.equal((await read(app, { 'if-none-match': sent })).statusCode, suffix ? 304 : 200, sent)
      t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': sent } })).statusCode, status, `${sent}, ${suffix}`)
    }
  }
  const app = await appOf(t, 'none', { source: 'version', tolerate: { suffix: true } })
  const unmodified = await read(app, { 'if-none-match': '"3-gzip"' })
  t.equal(unmodified.statusCode, 304)
  t.equal(tagOf(unmodified), '"3"')
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': 'W/"3-gzip"' } })).statusCode, 412, 'a weak one stays weak')
  const weak = await appOf(t, 'none', { source: 'version', tolerate: { suffix: true, weak: true } })
  t.equal((await weak.inject({ method: 'PUT', url: '/', headers: { 'if-match': 'W/"3-gzip"' } })).statusCode, 200)
})

t.test('peers 4.32: a digest is over text and bytes, and streams go out untouched and without a tag', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha256' } })
  const bodies: Readonly<Record<string, () => unknown>> = {
    object: () => ({ a: 1 }),
    text: () => 'hello',
    empty: () => '',
    buffer: () => Buffer.from('hello'),
    bytes: () => new Uint8Array([1, 2, 3]),
    words: () => new Uint16Array([1, 2, 3])
  }
  const streams: Readonly<Record<string, () => unknown>> = {
    node: () => Readable.from(['a', 'b']),
    generator: () => Readable.from((async function * () { yield 'ab' })()),
    web: () => ReadableStream.from([Buffer.from('ab')])
  }
  for (const [name, make] of Object.entries({ ...bodies, ...streams })) app.get(`/${name}`, async () => make())
  for (const name of Object.keys(bodies)) {
    const answer = await read(app, {}, `/${name}`)
    t.match(tagOf(answer), /^"[\w+/]{43}="$/, name)
    t.equal(tagOf(await read(app, {}, `/${name}`, 'HEAD')), tagOf(answer))
    for (const method of ['GET', 'HEAD'] as const) {
      const unmodified = await read(app, { 'if-none-match': tagOf(answer) }, `/${name}`, method)
      t.equal(unmodified.statusCode, 304)
      t.equal(unmodified.body, '')
      t.notOk(unmodified.headers['content-length'])
      t.notOk(unmodified.headers['content-type'])
    }
  }
  t.equal(tagOf(await read(app, {}, '/text')), tagOf(await read(app, {}, '/buffer')))
  for (const name of Object.keys(streams)) {
    const answer = await read(app, { 'if-none-match': '"x"' }, `/${name}`)
    t.equal(answer.body, 'ab', name)
    t.notOk(answer.headers.etag)
    t.equal((await read(app, {}, `/${name}`, 'HEAD')).statusCode, 200)
  }
})

t.test('a stream of events is not held up', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha256' } })
  const events = new Readable({ read () {} })
  app.get('/', async (_request, reply) => reply.type('text/event-stream').send(events))
  t.teardown(() => app.close())
  events.push('data: one\n\n')
  const answer = await fetch(`${await app.listen({ port: 0, host: '127.0.0.1' })}/`)
  const reader = answer.body!.getReader()
  const next = async (): Promise<string> => Buffer.from((await reader.read()).value!).toString()
  t.equal(await next(), 'data: one\n\n')
  events.push('data: two\n\n')
  t.equal(await next(), 'data: two\n\n')
  t.notOk(answer.headers.get('etag'))
  events.push(null)
  t.equal((await reader.read()).done, true)
})

t.test('a digest is of what is sent, after every hook that changes it and ahead of every coding', async t => {
  const tags: string[] = []
  for (const order of ['before', 'after'] as const) {
    const app = Fastify()
    if (order === 'before') await app.register(compress, { threshold: 0 })
    await app.register(etagPlugin, { allReads: true, source: { digest: 'sha256' } })
    if (order === 'after') await app.register(compress, { threshold: 0 })
    let stamp = 'a'
    app.get('/', { onSend: async (_request, _reply, payload) => `${String(payload)} ${stamp}` }, async () => 'text')
    const first = await read(app, { 'accept-encoding': 'gzip' })
    stamp = 'b'
    const second = await read(app, { 'accept-encoding': 'gzip' })
    t.not(tagOf(first), tagOf(second), `${order}: what a hook adds counts`)
    tags.push(tagOf(second))
    t.equal(tagOf(await read(app)), tagOf(second).replace(';gzip', ''))
  }
  t.equal(tags[0], tags[1])
})

t.test('what is no representation of its own has no digest', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha256' } })
  for (const status of [204, 206, 301, 404, 500]) app.get(`/${status}`, async (_request, reply) => reply.code(status).send(status === 204 ? undefined : 'text'))
  for (const status of [204, 206, 301, 404, 500]) {
    const answer = await read(app, { 'if-none-match': '*' }, `/${status}`)
    t.equal(answer.statusCode, status === 206 ? 304 : status === 204 ? 304 : status)
    t.notOk(answer.headers.etag)
  }
})

t.test('reply.validators goes before the digest, for a stream too, and a date stands beside it', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: { digest: 'sha1' }, lastModified: 'modified' })
  app.get('/', { config: { etag: {} } }, async (_request, reply) => reply.validators('the name').send(Readable.from(['a'])))
  app.get('/dated', { config: { etag: { load: () => ({ modified: '2026-01-02T03:04:05Z' }) } } }, request => request.precondition.load())
  const answer = await read(app)
  t.match(tagOf(answer), /^".{28}"$/)
  t.equal((await read(app, { 'if-none-match': tagOf(answer) })).statusCode, 304)
  const dated = await read(app, {}, '/dated')
  t.match(dated.headers, { etag: /^".{28}"$/, 'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT' })
  t.equal((await read(app, { 'if-modified-since': String(dated.headers['last-modified']) }, '/dated')).statusCode, 304)
})

t.test('a digest that fails is an error of the server, but no reason to withhold a read that asks by allReads alone', async t => {
  const digest = (): string => { throw new Error('secret') }
  const app = Fastify()
  await app.register(etagPlugin, { source: { digest }, allReads: true })
  app.get('/asks', { config: { etag: {} } }, async () => 'text')
  app.get('/', async () => 'text')
  const failed = await read(app, {}, '/asks')
  t.equal(failed.statusCode, 500)
  t.notMatch(failed.body, 'secret')
  t.match(await read(app), { statusCode: 200, body: 'text' })
})

t.test('a digest of one scope does not reach a route with a source of its own', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha1' } })
  app.get('/', { config: { etag: { source: 'version' } } }, async () => ({ version: 3 }))
  t.equal(tagOf(await read(app)), '"3"')
})

t.test('a Response is answered as any other answer, whatever the source', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', headers: { vary: 'Accept' } })
  const config = { etag: { load: () => ({ version: 3 }) } }
  app.get('/coded', { config }, async request => {
    await request.precondition.load()
    return new Response('coded', { headers: { 'content-encoding': 'gzip', vary: 'Origin' } })
  })
  app.get('/part', { config: { etag: {} } }, async (_request, reply) => { reply.validators({ version: 3 }); return new Response('ell', { status: 206 }) })
  app.get('/missing', { config }, async () => new Response('none', { status: 404 }))
  const coded = await read(app, {}, '/coded')
  t.match(coded.headers, { etag: '"3;gzip"', vary: 'Origin, Accept, Accept-Encoding', 'content-encoding': 'gzip' })
  t.equal((await read(app, {}, '/coded', 'HEAD')).headers.etag, '"3;gzip"')
  t.equal((await read(app, { range: 'bytes=1-3', 'if-range': '"3"' }, '/part')).statusCode, 206)
  t.equal((await read(app, { range: 'bytes=1-3', 'if-range': '"2"' }, '/part')).statusCode, 412)
  t.match(await read(app, {}, '/missing'), { statusCode: 404, headers: { etag: undefined } })
})

t.test('a Response that an error handler gives has no tag of the state', async t => {
  for (const source of ['version', { digest: 'sha1' }] as const) {
    const app = Fastify()
    await app.register(etagPlugin, { source, policy: 'REQUIRED' })
    app.setErrorHandler(async () => new Response('mine', { status: 200 }))
    const config = { etag: { load: () => ({ version: 3 }) } }
    app.get('/', { config }, async () => ({ version: 3 }))
    app.put('/', { config }, async () => ({}))
    t.match(await app.inject({ method: 'PUT', url: '/' }), { statusCode: 200, body: 'mine', headers: { etag: undefined } })
  }
})

t.test('a suffix is never part of the name of a state that is text, so none is taken off a name', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED', tolerate: { suffix: true }, variant: request => request.headers['accept-language'] ?? null })
  let row = { version: 'pt-br' }
  let writes = 0
  const config = { etag: { load: () => row } }
  app.get('/', { config }, request => request.precondition.load())
  app.put('/', { config }, request => request.precondition.guard(async () => { writes++; return { version: 'fr' } }))
  const old = tagOf(await read(app))
  t.equal(old, '"pt%2Dbr"')
  row = { version: 'pt' }
  for (const tag of [old, '"pt%2Dbr-gzip"']) t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag } })).statusCode, 412, tag)
  t.equal(writes, 0)
  const brazilian = tagOf(await read(app, { 'accept-language': 'pt-br' }))
  t.equal((await read(app, { 'accept-language': 'pt', 'if-none-match': brazilian })).statusCode, 200)
})
