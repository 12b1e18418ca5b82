import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions, type FastifyRequest } from 'fastify'
import { Type as Type1 } from 'typebox'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { TypeBoxTypeProvider as TypeBox1Provider } from 'type-provider-typebox6'
import etagPlugin, { defineEtag, etagKeywords, EtagLastModified, EtagState, EtagVersion, type EtagPluginOptions } from '../lib/index.js'

const Document = Type.Object({
  id: Type.String(),
  title: Type.String(),
  version: Type.Integer({ 'x-etag': 'version' }),
  updatedAt: Type.String({ format: 'date-time', 'x-etag': 'last-modified' })
}, { $id: 'Document', 'x-etag': { policy: 'REQUIRED' } })

const Typed = EtagState(Type.Object({
  id: Type.String(),
  title: Type.String(),
  version: EtagVersion(Type.Integer()),
  updatedAt: EtagLastModified(Type.String())
}), { policy: 'REQUIRED' })

const Input = Type.Object({ title: Type.String() })
const Params = Type.Object({ id: Type.String() })

interface Row { id: string, title: string, version: number, updatedAt: string }
const row = (): Row => ({ id: '7', title: 'First', version: 3, updatedAt: '2026-02-04T10:00:00.123456Z' })

async function started (build: (app: FastifyInstance) => unknown, options: EtagPluginOptions = {}, server: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(etagPlugin, options)
  await build(app)
  await app.ready()
  return app
}

const refusedTo = async (build: (app: FastifyInstance) => unknown, server: FastifyServerOptions = {}): Promise<string> =>
  started(build, {}, server).then(() => 'started', ({ code, message }) => `${code}: ${message}`)

t.test('an annotated answer needs no config to be read, and is 304 without load too', async t => {
  const app = await started(app => app.get('/documents/:id', { schema: { response: { 200: Document } } }, async () => row()))
  const first = await app.inject('/documents/7')
  t.equal(first.headers.etag, '"3"')
  t.equal(first.headers['last-modified'], 'Wed, 04 Feb 2026 10:00:00 GMT')
  t.equal((await app.inject({ url: '/documents/7', headers: { 'if-none-match': '"3"' } })).statusCode, 304)
  t.equal((await app.inject({ method: 'HEAD', url: '/documents/7' })).headers.etag, '"3"')
})

const ANNOTATED: ReadonlyArray<readonly [what: string, schema: typeof Document]> = [['as plain keywords', Document], ['by the constructors', Typed]]

for (const [what, schema] of ANNOTATED) {
  t.test(`a write inherits source and policy of its answer, and adds load; a DELETE names the schema: annotated ${what}`, async t => {
    let stored: Row | null = row()
    const app = await started(async root => {
      const app = root.withTypeProvider<TypeBoxTypeProvider>()
      const document = defineEtag({ schema, load: (request: FastifyRequest<{ Params: { id: string } }>) => request.params.id === '7' ? stored : null })
      app.get('/documents/:id', { config: { etag: document }, schema: { params: Params, response: { 200: schema } } }, request => document.of(request).load())
      app.put('/documents/:id', { config: { etag: document }, schema: { params: Params, body: Input, response: { 200: schema } } }, request =>
        document.of(request).guard(async ({ version }) => {
          if (stored === null || stored.version !== version) return null
          stored = { ...stored, ...request.body, version: version + 1 }
          return stored
        }))
      app.delete('/documents/:id', { config: { etag: document }, schema: { params: Params } }, async (request, reply) => {
        await document.of(request).guard(async ({ version }) => {
          if (stored?.version !== version) return null
          stored = null
          return true
        })
        return reply.code(204).send()
      })
      t.equal(document.tag(row()), '"3"')
    })
    const send = (method: 'PUT' | 'DELETE', headers = {}) => app.inject({ method, url: '/documents/7', headers, ...(method === 'PUT' && { payload: { title: 'Second' } }) })
    for (const method of ['PUT', 'DELETE'] as const) t.match((await send(method)).json(), { status: 428, level: 'schema', policy: 'REQUIRED', currentEtag: '"3"' }, method)
    const written = await send('PUT', { 'if-match': '"3"' })
    t.equal(written.headers.etag, '"4"')
    t.equal((await send('PUT', { 'if-match': '"3"' })).statusCode, 412)
    t.equal((await send('DELETE', { 'if-match': '"4"' })).statusCode, 204)
  })
}

t.test('the nearest policy wins: route over schema, schema over scope; a POST is under that of its route alone', async t => {
  const levels: unknown[] = []
  const app = await started(app => {
    const load = (): Row => row()
    const schema = { response: { 200: Document } }
    const handler = async (request: FastifyRequest): Promise<Row> => { levels.push(request.precondition.decision.level); return row() }
    app.put('/schema', { config: { etag: { load } }, schema }, handler)
    app.put('/route', { config: { etag: { load, policy: 'OPTIONAL' } }, schema }, handler)
    app.post('/post', { schema: { response: { 201: Document } } }, async (request, reply) => { reply.code(201); return handler(request) })
  }, { policy: 'OPTIONAL', unguarded: 'off' })
  t.equal((await app.inject({ method: 'PUT', url: '/schema' })).statusCode, 428)
  t.equal((await app.inject({ method: 'PUT', url: '/route' })).statusCode, 200)
  const made = await app.inject({ method: 'POST', url: '/post' })
  t.equal(made.statusCode, 201)
  t.equal(made.headers.etag, '"3"')
  t.strictSame(levels, ['route', 'schema'])
})

t.test('shared schemas, envelopes and lists are found behind references', async t => {
  const app = await started(app => {
    app.addSchema(Document)
    const ref = Type.Ref('Document')
    app.get('/one', { schema: { response: { 200: ref } } }, async () => row())
    app.get('/data', { schema: { response: { 200: { type: 'object', properties: { data: { $ref: 'Document#' } } } } } }, async () => ({ data: row() }))
    app.get('/list', { schema: { response: { 200: Type.Array(ref) } } }, async () => [row()])
    app.get('/page', { schema: { response: { 200: { type: 'object', properties: { total: { type: 'integer' }, items: { type: 'array', items: ref } } } } } }, async () => ({ total: 1, items: [row()] }))
    app.get('/both', { schema: { response: { 200: { type: 'object', properties: { one: ref, other: ref } } } } }, async () => ({ one: row(), other: row() }))
    app.get('/off', { config: { etag: false }, schema: { response: { 200: ref } } }, async () => row())
    const data = defineEtag({ schema: Document, load: () => row() })
    app.put('/data', { config: { etag: data }, schema: { response: { 200: { type: 'object', properties: { data: { $ref: 'Document#' } } } } } }, async request =>
      ({ data: await data.of(request).guard(async ({ version, current }) => ({ ...current, version: version + 1 })) }))
  })
  const tagOf = async (url: string) => (await app.inject(url)).headers.etag
  t.equal(await tagOf('/one'), '"3"')
  t.equal(await tagOf('/data'), '"3"')
  t.match(await tagOf('/list'), /^"[A-Za-z0-9_-]{43}"$/)
  t.equal(await tagOf('/page'), await tagOf('/list'))
  t.equal(await tagOf('/both'), undefined)
  t.equal(await tagOf('/off'), undefined)
  t.equal((await app.inject({ method: 'PUT', url: '/data', headers: { 'if-match': '"3"' } })).headers.etag, '"4"')
})

t.test('an annotated schema may validate requests: inline by itself, by reference with etagKeywords', async t => {
  const schema = { body: Document, querystring: Type.Object({ since: Type.Optional(Type.Integer({ 'x-etag': 'version' })) }) }
  const inline = await started(app => app.post('/', { schema }, async request => request.body))
  t.equal((await inline.inject({ method: 'POST', url: '/', payload: row() })).statusCode, 200)
  t.equal((await inline.inject({ method: 'POST', url: '/', payload: { ...row(), version: 'x' } })).statusCode, 400)

  const byReference = (body: object) => (app: FastifyInstance) => {
    app.addSchema(Document)
    app.addSchema({ $id: 'Wrapped', type: 'object', properties: { document: { $ref: 'Document#' } } })
    app.addSchema({ $id: 'Plain', type: 'object', properties: { self: { $ref: 'Plain#' } } })
    app.post('/', { schema: { body } }, async request => request.body)
  }
  const nested = { type: 'object', properties: { a: { allOf: [{ $ref: 'Wrapped#' }] } } }
  for (const body of [{ $ref: 'Document#' }, nested]) {
    t.equal(await refusedTo(byReference(body)),
      'FST_ETAG_KEYWORD_MISSING: POST /, schema.body refers to a schema with x-etag, which Ajv does not know: write Fastify({ ajv: { plugins: [etagKeywords] } })')
    for (const ajv of [{ plugins: [etagKeywords] }, { customOptions: { keywords: ['x-etag'] } }, { customOptions: { strict: false } }, { customOptions: { strictSchema: false } }] as never[]) {
      t.equal(await refusedTo(byReference(body), { ajv }), 'started', JSON.stringify(ajv))
    }
  }
  t.equal(await refusedTo(byReference({ $ref: 'Plain#' })), 'started')
  t.equal(await refusedTo(app => app.setValidatorCompiler(() => () => true) && byReference({ $ref: 'Document#' })(app)), 'started')
  // where nobody can be sure, Ajv speaks for itself
  t.match(await refusedTo(byReference({ $ref: 'Document#' }), { ajv: { plugins: [ajv => ajv] } }), /^FST_ERR_SCH_VALIDATION_BUILD.*unknown keyword: "x-etag"/)
})

t.test('what contradicts itself, or comes too late, stops the start by name', async t => {
  const handler = async (): Promise<Row> => row()
  const schema = { response: { 200: Document } }
  const load = (): Row => row()
  const table: ReadonlyArray<readonly [what: string, build: (app: FastifyInstance) => unknown, refusal: RegExp | string]> = [
    ['another source', app => app.get('/', { config: { etag: { source: 'id' } }, schema }, handler), /^FST_ETAG_INVALID_ANNOTATION: GET \/: config.etag and its schema contradict each other: source is/],
    ['a required write without load', app => app.put('/', { schema }, handler), 'FST_ETAG_LOAD_MISSING: PUT / needs a load: the policy REQUIRED of its schema makes PUT name the version that it changes'],
    ['a policy without a version', app => app.put('/', { config: { etag: { load } }, schema: { response: { 200: { type: 'object', 'x-etag': { policy: 'REQUIRED' } } } } }, handler), /^FST_ETAG_SOURCE_MISSING: PUT \/ needs a source: the policy REQUIRED of its schema/],
    ['two versions', app => app.get('/', { schema: { response: { 200: Type.Object({ a: Document.properties.version, b: Document.properties.version }) } } }, handler), 'FST_ETAG_INVALID_ANNOTATION: GET /, schema.response.200: version stands on a and b'],
    ['a write of several states', app => app.put('/', { schema: { response: { 200: Type.Object({ a: Document, b: Document }) } } }, handler), 'FST_ETAG_INVALID_ANNOTATION: PUT /: its answer has several states that have x-etag, at a and b: say config.etag with a source or schema, or config: { etag: false }'],
    ['the same with a load alone', app => app.put('/', { config: { etag: { load } }, schema: { response: { 200: Type.Object({ a: Document, b: Document }) } } }, handler), /^FST_ETAG_INVALID_ANNOTATION: PUT \/: its answer has several states/],
    ['the same that comes late', app => { app.put('/', { schema: { response: { 200: Type.Object({ a: Type.Ref('Document'), b: Type.Ref('Document') }) } } }, handler); app.addSchema(Document) }, /^FST_ETAG_INVALID_ANNOTATION: PUT \/: its answer has several states/],
    ['a POST of several states', app => app.post('/', { schema: { response: { 200: Type.Object({ a: Document, b: Document }) } } }, handler), 'started'],
    ['a write that has it where it is not looked for', app => app.put('/', { schema: { response: { 200: { type: 'object', additionalProperties: Document } } } }, handler), /x-etag where it says nothing of one state/],
    ['a definition that refers to what nobody adds', app => app.delete('/', { config: { etag: { schema: { $ref: 'Typo#' }, load } } }, handler), 'FST_ETAG_INVALID_ANNOTATION: DELETE /, config.etag.schema: nobody has added the schema Typo#'],
    ['a definition that refers to what is added later', app => { app.delete('/', { config: { etag: { schema: { $ref: 'Document#' }, load } } }, handler); app.addSchema(Document) }, /^FST_ETAG_LATE_SCHEMA/],
    ['an answer that a later hook annotates', app => { app.addHook('onRoute', options => { options.schema = { response: { 200: Document } } }); app.put('/', handler) }, /^FST_ETAG_LATE_SCHEMA/],
    ['a write of several states that is switched off', app => app.put('/', { config: { etag: false }, schema: { response: { 200: Type.Object({ a: Document, b: Document }) } } }, handler), 'started'],
    ['a schema that is added after its route', app => { app.get('/', { schema: { response: { 200: { $ref: 'Document#' } } } }, handler); app.addSchema(Document) }, /^FST_ETAG_LATE_SCHEMA: GET \/ refers to a schema that was added after the route and has x-etag/],
    ['the same where the route has config', async app => { app.get('/', { config: { etag: {} }, schema: { response: { 200: { $ref: 'Document#' } } } }, handler); app.addSchema(Document) }, /^FST_ETAG_LATE_SCHEMA/],
    ['a schema without annotation that is added after', app => { app.get('/', { schema: { response: { 200: { $ref: 'Plain#' } } } }, handler); app.addSchema({ $id: 'Plain', type: 'object' }) }, 'started']
  ]
  for (const [what, build, refusal] of table) t.match(await refusedTo(build), refusal, what)
})

t.test('an annotated route that the plugin does not serve stops the start', async t => {
  const schema = { response: { 200: Document } }
  const never = Fastify()
  never.get('/', { schema }, async () => row())
  await t.rejects(async () => { await never.ready() }, { code: 'FST_ETAG_NOT_REGISTERED', message: /^GET \/ asks for ETags, by config.etag or an annotated schema/ })

  const early = Fastify()
  early.get('/', { schema }, async () => row())
  await t.rejects(async () => { await early.register(etagPlugin) }, { code: 'FST_ETAG_TOO_EARLY' })
})

t.test('where the plugin is not, the keyword may mean something else', async t => {
  for (const said of ['strong', false, 7]) {
    const app = Fastify()
    app.put('/', { schema: { response: { 200: { type: 'object', properties: { a: { type: 'string', 'x-etag': said } } } } } }, async () => ({}))
    await app.ready()
    t.pass(String(said))
  }
})

t.test('a later hook may switch off what it asks for', async t => {
  const app = Fastify()
  app.addHook('onRoute', options => { options.config = { etag: false } })
  app.put('/', { config: { etag: { source: 'version' } }, schema: { response: { 200: Document } } }, async () => row())
  await app.ready()
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 200)
})

t.test('an envelope is of what is sent: what load and guard give is the state itself, whatever fields it has', async t => {
  const Own = EtagState(Type.Object({ id: Type.String(), version: EtagVersion(Type.Integer()), data: Type.Unknown() }), { policy: 'REQUIRED' })
  const stored = { id: '7', version: 3, data: { version: 1 } as unknown }
  const app = await started(app => {
    const own = defineEtag({ schema: Own, load: () => ({ ...stored }) })
    const options = { config: { etag: own }, schema: { response: { 200: Type.Object({ data: Type.Union([Own, Type.Null()]), version: Type.Optional(Type.Integer()) }) } } }
    app.get('/', options, async request => ({ data: await own.of(request).load() }))
    app.put('/', options, async request => ({
      data: await own.of(request).guard(async ({ version }) => {
        if (stored.version !== version) return null
        stored.version++
        return { ...stored }
      })
    }))
    app.get('/none', { schema: options.schema }, async () => ({ data: null, version: 99 }))
  })
  t.equal((await app.inject('/')).headers.etag, '"3"')
  t.equal((await app.inject({ url: '/', headers: { 'if-none-match': '"3"' } })).statusCode, 304)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 412)
  const written = await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })
  t.equal(written.headers.etag, '"4"')
  t.equal(written.statusCode, 200)
  t.equal((await app.inject('/none')).headers.etag, undefined)
})

t.test('schemas of TypeBox 1 are read as those of 0.34', async t => {
  const Entry = EtagState(Type1.Object({ id: Type1.String(), version: EtagVersion(Type1.Integer()) }), { policy: 'REQUIRED' })
  const app = await started(root => {
    const app = root.withTypeProvider<TypeBox1Provider>()
    const entry = defineEtag({ schema: Entry, load: () => ({ id: '7', version: 3 }) })
    app.get('/', { schema: { response: { 200: Entry } } }, async () => ({ id: '7', version: 3 }))
    app.put('/', { config: { etag: entry }, schema: { body: Type1.Object({ version: EtagVersion(Type1.Integer()) }), response: { 200: Entry } } }, request =>
      entry.of(request).guard(async ({ version, current }) => ({ ...current, version: version + 1 })))
  })
  t.equal((await app.inject('/')).headers.etag, '"3"')
  t.equal((await app.inject({ method: 'PUT', url: '/', payload: { version: 1 } })).statusCode, 428)
  t.equal((await app.inject({ method: 'PUT', url: '/', payload: { version: 'x' } })).statusCode, 400)
  t.equal((await app.inject({ method: 'PUT', url: '/', payload: { version: 1 }, headers: { 'if-match': '"3"' } })).headers.etag, '"4"')
})
