import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import path from 'node:path'
import t, { type Test } from 'tap'
import compress from '@fastify/compress'
import fastifyEtag, { type FastifyEtagOptions } from '@fastify/etag'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../lib/index.js'

/** The same routes behind either plugin, and how often the PUT was done. */
interface Side {
  readonly app: FastifyInstance
  readonly writes: () => number
}

async function sideOf (register: (app: FastifyInstance) => Promise<unknown>): Promise<Side> {
  const app = Fastify()
  await register(app)
  let writes = 0
  app.get('/json', async () => ({ a: 1 }))
  app.get('/text', async () => 'x'.repeat(2000))
  app.get('/bytes', async () => Buffer.from([0, 255]))
  app.get('/own', async (_request, reply) => reply.header('etag', '"own"').send('text'))
  app.get('/stream', async () => Readable.from(['a']))
  app.get('/response', async () => new Response('text'))
  for (const status of [302, 404, 500]) app.get(`/${status}`, async (_request, reply) => reply.code(status).send('text'))
  app.put('/json', async () => { writes++; return { done: true } })
  return { app, writes: () => writes }
}

const theirs = (options: FastifyEtagOptions = {}): Promise<Side> => sideOf(async app => app.register(fastifyEtag, options))
const ours = (digest: string | ((body: string) => string) = 'sha1', options: EtagPluginOptions = {}): Promise<Side> =>
  sideOf(async app => app.register(etagPlugin, { allReads: true, source: { digest }, ...options }))

type Request = { readonly method?: 'GET' | 'HEAD' | 'PUT', readonly headers?: Record<string, string> }
const ask = ({ app }: Side, url: string, request: Request = {}): Promise<LightMyRequestResponse> => app.inject({ url, ...request })
const tagOf = async (side: Side, url: string, request?: Request): Promise<unknown> => (await ask(side, url, request)).headers.etag

async function sameTags (t: Test, side: Side, other: Side, pattern: RegExp): Promise<void> {
  for (const url of ['/json', '/text', '/bytes']) {
    t.match(await tagOf(side, url), pattern)
    t.equal(await tagOf(other, url), await tagOf(side, url), url)
  }
}

/** What the status of a read is that sends its own tag, in a form of the caller's. */
async function statusWith (side: Side, form: (tag: string) => string, url = '/json'): Promise<number> {
  const tag = String(await tagOf(side, url))
  return (await ask(side, url, { headers: { 'if-none-match': form(tag) } })).statusCode
}

const hashFn = (body: string): string => createHash('md5').update(body).digest('hex')

const ROWS: Readonly<Record<string, (t: Test) => Promise<void>>> = {
  'a body of text, JSON or bytes': async t => sameTags(t, await theirs(), await ours(), /^"[\w+/]{27}="$/),
  "`algorithm: 'sha256'`": async t => sameTags(t, await theirs({ algorithm: 'sha256' }), await ours('sha256'), /^"[\w+/]{43}="$/),
  '`hashFn`': async t => sameTags(t, await theirs({ hashFn: hashFn as never }), await ours(hashFn), /^"[0-9a-f]{32}"$/),
  '`weak: true`': async t => sameTags(t, await theirs({ weak: true }), await ours('sha1', { weak: true }), /^W\/"[\w+/]{27}="$/),
  'an unknown algorithm': async t => {
    await t.rejects(theirs({ algorithm: 'sha265' as never }), { message: /sha265/ })
    await t.rejects(ours('sha265'), { code: 'FST_ETAG_INVALID_OPTION', message: /sha265/ })
  },
  'a tag that the handler set': async t => {
    for (const side of [await theirs(), await ours()]) {
      t.equal(await tagOf(side, '/own'), '"own"')
      t.equal(await statusWith(side, tag => tag, '/own'), 304)
    }
  },
  HEAD: async t => {
    for (const side of [await theirs(), await ours()]) t.equal(await tagOf(side, '/json', { method: 'HEAD' }), await tagOf(side, '/json'))
  },
  'a stream': async t => {
    for (const side of [await theirs(), await ours()]) t.match(await ask(side, '/stream'), { statusCode: 200, body: 'a', headers: { etag: undefined } })
  },
  'a Fetch `Response`': async t => {
    t.equal(await tagOf(await theirs(), '/response'), undefined)
    t.match(await tagOf(await ours(), '/response'), /^".{28}"$/)
  },
  'If-None-Match with one tag': async t => {
    for (const side of [await theirs(), await ours()]) t.equal(await statusWith(side, tag => tag), 304)
  },
  'If-None-Match with a list, or `*`': async t => {
    for (const form of [(tag: string) => `"x", ${tag}`, () => '*']) {
      t.equal(await statusWith(await theirs(), form), 200)
      t.equal(await statusWith(await ours(), form), 304)
    }
  },
  'If-None-Match that is weak': async t => {
    for (const side of [await theirs(), await ours()]) t.equal(await statusWith(side, tag => `W/${tag}`), 304)
  },
  304: async t => {
    const unmodified = async (side: Side) => ask(side, '/json', { headers: { 'if-none-match': String(await tagOf(side, '/json')) } })
    t.match((await unmodified(await theirs())).headers, { 'content-length': '0', 'content-type': /json/ })
    const { statusCode, headers } = await unmodified(await ours())
    t.equal(statusCode, 304)
    t.match(headers, { 'content-length': undefined, 'content-type': undefined })
  },
  '404, 500 and redirects': async t => {
    const [their, our] = [await theirs(), await ours()]
    for (const status of [302, 404, 500]) {
      const url = `/${status}`
      t.equal(await statusWith(their, tag => tag, url), 304, url)
      t.equal(await tagOf(our, url), undefined)
      t.equal((await ask(our, url, { headers: { 'if-none-match': '*' } })).statusCode, status)
    }
  },
  'the answer to a PUT': async t => {
    const their = await theirs()
    t.match(await tagOf(their, '/json', { method: 'PUT' }), /^".{28}"$/)
    t.not(await tagOf(their, '/json', { method: 'PUT' }), await tagOf(their, '/json'))
    t.match(await ask(await ours(), '/json', { method: 'PUT' }), { statusCode: 200, headers: { etag: undefined } })
  },
  'PUT with If-None-Match that matches': async t => {
    const write = { method: 'PUT', headers: { 'if-none-match': String(await tagOf(await theirs(), '/json', { method: 'PUT' })) } } as const
    const their = await theirs()
    t.equal((await ask(their, '/json', write)).statusCode, 304)
    t.equal(their.writes(), 1)
    const our = await ours()
    t.equal((await ask(our, '/json', write)).statusCode, 412)
    t.equal(our.writes(), 0)
  },
  'PUT with If-Match': async t => {
    const write = { method: 'PUT', headers: { 'if-match': '"old"' } } as const
    const their = await theirs()
    t.equal((await ask(their, '/json', write)).statusCode, 200)
    t.equal(their.writes(), 1)
    const our = await ours()
    const refused = await ask(our, '/json', write)
    t.match(refused.json(), { status: 412, field: 'If-Match', reason: 'unevaluable' })
    t.equal(our.writes(), 0)
  },
  'gzip, br and identity': async t => {
    for (const [register, count] of [[fastifyEtag, 1], [etagPlugin, 3]] as const) {
      // after compress @fastify/etag would see streams, and tag nothing
      const side = await sideOf(async app => {
        if (register === fastifyEtag) await app.register(fastifyEtag)
        else await app.register(etagPlugin, { allReads: true, source: { digest: 'sha1' } })
        await app.register(compress)
      })
      const answers = await Promise.all(['gzip', 'br', 'identity'].map(coding => ask(side, '/text', { headers: { 'accept-encoding': coding } })))
      t.equal(new Set(answers.map(({ rawPayload }) => rawPayload.length)).size, 3)
      t.equal(new Set(answers.map(({ headers }) => headers.etag)).size, count)
      if (count === 3) for (const { headers } of answers) t.match(headers.vary, /^accept-encoding$/i)
    }
  },
  '`replyWith304: false`': async t => {
    t.equal(await statusWith(await theirs({ replyWith304: false }), tag => tag), 200)
    await t.rejects(ours('sha1', { replyWith304: false } as object), { code: 'FST_ETAG_INVALID_OPTION', message: /no option replyWith304/ })
  }
}

const page = readFileSync(path.join(__dirname, '..', 'docs', 'migrating.md'), 'utf8')
const told = [...page.matchAll(/^\| (.+?) \| .+ \| .+ \|$/gm)].map(([, what]) => what!).filter(what => what !== 'what' && what !== '---')

t.test('the table of docs/migrating.md has a test for every row', async t => {
  t.same(told.toSorted(), Object.keys(ROWS).sort())
})

for (const [what, check] of Object.entries(ROWS)) t.test(`migrating: ${what}`, check)

t.test('a write that is given a load compares the digest of its GET', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha1' } })
  let note = { text: 'one' }
  app.get('/', async () => note)
  app.put('/', { config: { etag: { load: () => note } } }, async request => request.precondition.guard(async () => (note = { text: 'two' })))
  const etag = String((await app.inject('/')).headers.etag)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"old"' } })).statusCode, 412)
  const written = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': etag } })
  t.equal(written.statusCode, 200)
  t.equal(written.headers.etag, (await app.inject('/')).headers.etag)
})

t.test('the two do not stand in one scope', async t => {
  const app = Fastify()
  await app.register(fastifyEtag)
  await app.register(etagPlugin, { allReads: true, source: { digest: 'sha1' } })
  app.get('/', async () => 'text')
  await t.rejects(async () => app.ready(), { code: 'FST_ETAG_BESIDE_ETAG' })
})
