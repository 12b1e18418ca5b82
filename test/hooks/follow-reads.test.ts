import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import etagPlugin from '../../lib/index.js'

const source = { digest: 'sha256' }
const load = (): object => ({ a: 1, hidden: true })
const handler = async (): Promise<object> => load()
const response = { 200: { type: 'object', properties: { a: { type: 'number' } } } }
const config = { etag: { load } }

async function start (declare: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source })
  declare(app)
  await app.ready()
  return app
}

t.test('a write compares the digest of what GET of its url answers with', async t => {
  const places = [
    ['/d/:id', '/d/:id', '/d/7'],
    ['/d/:id', '/d/:documentId', '/d/7'],
    ['/d/:id(^\\d+)', '/d/:key(^\\d+)', '/d/7'],
    ['/d/:a-:b', '/d/:c-:d', '/d/1-2']
  ] as const
  for (const [read, write, url] of places) {
    const app = await start(app => {
      // whichever comes first
      app.put(write, { config }, async request => request.precondition.guard(async () => ({ a: 2, hidden: false })))
      app.get(read, { config: { etag: {} }, schema: { response } }, handler)
    })
    const { etag } = (await app.inject(url)).headers
    const written = await app.inject({ method: 'PUT', url, headers: { 'if-match': String(etag) } })
    t.equal(written.statusCode, 200, `${read} and ${write}`)
    t.not(written.headers.etag, etag)
    t.equal((await app.inject({ method: 'PUT', url, headers: { 'if-match': String(written.headers.etag) } })).statusCode, 412)
  }
})

t.test('each version of an API has its own GET', async t => {
  const app = await start(app => {
    for (const version of ['1.0.0', '2.0.0']) {
      const properties = version === '1.0.0' ? { a: { type: 'number' } } : { hidden: { type: 'boolean' } }
      app.get('/', { config: { etag: {} }, constraints: { version }, schema: { response: { 200: { type: 'object', properties } } } }, handler)
      app.put('/', { config, constraints: { version } }, async request => request.precondition.guard(async () => load()))
    }
  })
  for (const version of ['1.0.0', '2.0.0']) {
    const headers = { 'accept-version': version }
    const { etag } = (await app.inject({ url: '/', headers })).headers
    t.ok(String(etag).endsWith(`;identity;${version}"`), String(etag))
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { ...headers, 'if-match': String(etag) } })).statusCode, 200)
    const other = version === '1.0.0' ? '2.0.0' : '1.0.0'
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'accept-version': other, 'if-match': String(etag) } })).statusCode, 412)
  }
})

t.test('a write without such a GET stops the start, unless it loads nothing', async t => {
  const wrong: ReadonlyArray<(app: FastifyInstance) => void> = [
    () => {},
    app => app.get('/other', { config: { etag: {} } }, handler),
    app => app.get('/', handler),
    app => app.get('/', { config: { etag: { source: 'a' } } }, handler),
    app => app.get('/', { config: { etag: { source: { digest: 'sha1' } } } }, handler),
    app => app.get('/', { config: { etag: {} }, constraints: { version: '1.0.0' } }, handler)
  ]
  for (const [index, declare] of wrong.entries()) {
    await t.rejects(start(app => {
      declare(app)
      app.put('/', { config }, handler)
    }), { code: 'FST_ETAG_READ_MISSING', message: /^PUT \/ compares digests of what GET/ }, `case ${index}`)
  }
  await start(app => app.put('/', { config: { etag: {} } }, handler))
  await start(app => app.get('/', { config }, handler))
})

t.test('a digest is made in the scope of the GET, whatever schemas and compilers that of the write has', async t => {
  const note = (...fields: readonly string[]) => ({ $id: 'note', type: 'object', properties: Object.fromEntries(fields.map(field => [field, { type: 'string' }])) })
  const scopes: ReadonlyArray<readonly [what: string, declare: (scope: FastifyInstance) => void]> = [
    ['another schema by that name', scope => { scope.addSchema(note('id')) }],
    ['no schema by that name', () => {}],
    ['a compiler of its own', scope => { scope.setSerializerCompiler(() => () => 'always the same') }]
  ]
  for (const [what, declare] of scopes) {
    let state = { id: '1', text: 'one' }
    let written = 0
    const etag = { load: () => state }
    const app = await start(app => {
      app.register(async scope => {
        scope.addSchema(note('id', 'text'))
        scope.get('/', { config: { etag }, schema: { response: { 200: { $ref: 'note#' } } } }, async () => state)
      })
      app.register(async scope => {
        declare(scope)
        scope.put('/', { config: { etag } }, request => request.precondition.guard(async () => { state = { id: '1', text: `two ${++written}` }; return { ...state } }))
      })
    })
    const { etag: tag } = (await app.inject('/')).headers
    for (const status of [200, 412]) {
      t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': String(tag) } })).statusCode, status, what)
    }
    t.equal(written, 1)
  }
})

t.test('a hook of the scope may ask for the state before any hook of the route', async t => {
  const app = await start(app => {
    app.addHook('onRequest', async request => { if (request.method === 'PUT') await request.precondition.load() })
    app.get('/', { config, schema: { response } }, handler)
    app.put('/', { config }, async request => request.precondition.guard(async () => load()))
  })
  const { etag } = (await app.inject('/')).headers
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': String(etag) } })).statusCode, 200)
})

t.test('the answer to a write has the digest of what was written, and none of anything else', async t => {
  const app = await start(app => {
    app.get('/', { config, schema: { response } }, handler)
    app.put('/', { config }, async request => { request.precondition.waive('shown'); return { done: true } })
    app.post('/', { config: { etag: {} } }, async (_request, reply) => reply.code(201).send({ made: 1 }))
  })
  for (const method of ['PUT', 'POST'] as const) t.notOk((await app.inject({ method, url: '/' })).headers.etag, method)
})
