import t from 'tap'
import Fastify, { type FastifyRequest } from 'fastify'
import etagPlugin, { defineEtag } from '../lib/index.js'

const load = (): { version: number } => ({ version: 1 })

t.test('of gives the very precondition of the request', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load })
  app.get('/', { config: { etag: document } }, async request => {
    t.equal(document.of(request), request.precondition)
    return document.of(request).load()
  })
  t.same((await app.inject('/')).json(), { version: 1 })
})

t.test('of refuses a request to a route with another definition, and one to a route without any', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const mine = defineEtag({ source: 'version', load })
  const other = defineEtag({ source: 'version', load })
  app.get('/other', { config: { etag: other } }, async request => mine.of(request).load())
  app.get('/plain', async request => mine.of(request).load())
  t.match((await app.inject('/other')).json(), { statusCode: 500, code: 'FST_ETAG_OTHER_DEFINITION', message: /GET \/other/ })
  t.match((await app.inject('/plain')).json(), { statusCode: 500, code: 'FST_ETAG_NOT_CONFIGURED' })
})

t.test('a definition keeps its identity when a route spreads it to say more', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load })
  app.put('/', { config: { etag: { ...document, policy: 'REQUIRED' } } }, async request => document.of(request).load())
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 428)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 200)
})

t.test('tag is the field value of the tag of any state', async t => {
  t.equal(defineEtag({ source: 'version', load }).tag({ version: 3 }), '"3"')
  t.equal(defineEtag({ source: { field: 'meta.rev' } }).tag({ meta: { rev: 'a b' } }), '"a%20b"')
  t.equal(defineEtag({ source: (state: { id: number }) => `W/"${state.id}"` }).tag({ id: 7 }), 'W/"7"')
  t.equal(defineEtag({ source: () => null }).tag({}), undefined)
  t.equal(defineEtag({ source: 'version', weak: true, load }).tag({ version: 3 }), 'W/"3"')
  t.throws(() => defineEtag({ lastModified: 'updatedAt' }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' })
  t.throws(() => defineEtag({ source: { digest: 'sha1' } }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' }, 'a digest is of what a GET answers with')
  t.throws(() => defineEtag({ schema: { $ref: 'Document' } }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' }, 'what is shared is not known yet')
})

t.test('guarded makes a handler that guards a write, and sends what was written, or what is made of that', async t => {
  const rows = new Map([['1', { version: 1 }]])
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load: ({ params }: FastifyRequest<{ Params: { id: string } }>) => rows.get(params.id) })
  type Asking = FastifyRequest<{ Params: { id: string } }>
  const write = async ({ params: { id } }: Asking, version: number): Promise<{ version: number } | null> => {
    if (rows.get(id)?.version !== version) return null
    rows.set(id, { version: version + 1 })
    return rows.get(id)!
  }
  const create = async ({ params: { id } }: Asking): Promise<{ version: number } | null> => {
    rows.set(id, { version: 1 })
    return rows.get(id)!
  }
  const config = { etag: document }
  app.put('/:id', { config }, document.guarded((request: Asking, { version }) => write(request, version), { create, retries: 0 }))
  app.delete('/:id', { config }, document.guarded(async ({ params }: Asking) => rows.delete(params.id), { answer: (isRemoved, { params }, reply) => { t.equal(isRemoved, true); return reply.code(204).header('x-removed', params.id).send() } }))
  app.put('/other/:id', { config: { etag: defineEtag({ source: 'version', load: () => ({ version: 1 }) }) } }, document.guarded((request: Asking, { version }) => write(request, version)))

  const put = await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"1"' } })
  t.match([put.statusCode, put.headers.etag, put.json()], [200, '"2"', { version: 2 }])
  t.equal((await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"1"' } })).statusCode, 412)
  t.equal((await app.inject({ method: 'PUT', url: '/2' })).headers.etag, '"1"')
  const removed = await app.inject({ method: 'DELETE', url: '/2', headers: { 'if-match': '"1"' } })
  t.match([removed.statusCode, removed.headers['x-removed']], [204, '2'])
  t.match((await app.inject({ method: 'PUT', url: '/other/1' })).json(), { statusCode: 500, code: 'FST_ETAG_OTHER_DEFINITION' })
})

t.test('what guarded cannot make a handler of is refused by name, before there is a route', async t => {
  const { guarded } = defineEtag({ source: 'version', load })
  const write = async (): Promise<null> => null
  for (const [given, options, message] of [
    [undefined, {}, /^guarded: it takes the function that writes/], [{}, {}, /^guarded: it takes the function/], [write, null, /^guarded: its options are an object/],
    [write, { create: null }, /^guarded: it takes the function that writes, and create must be one too/], [write, { answer: 'x' }, /^guarded: answer must be a function/],
    [write, { retries: -1 }, /^guarded: retries must be a whole number/], [write, { retries: '2' }, /^guarded: retries/]
  ] as const) {
    t.throws(() => guarded(given as never, options as never), { code: 'FST_ETAG_INVALID_OPTION', message })
  }
})
