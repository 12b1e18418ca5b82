import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'

// these applications are made before the package is loaded
const early = Fastify()
const earlyAlone = Fastify()

const openapi = { openapi: '3.1.0', info: { title: 'Any', version: '1' } } as const
const etag = { source: 'version', load: () => ({ id: '1', version: 1 }), create: 'never' } as const
const params = { type: 'object', properties: { id: { type: 'string' } } }

type Order = 'before' | 'after'

type Options = Omit<FastifyDynamicSwaggerOptions, 'transform'> & { transform?: FastifyDynamicSwaggerOptions['transform'] | null }

async function application (order: Order, given: Options, app: FastifyInstance = Fastify()): Promise<FastifyInstance> {
  const { default: etagPlugin } = await import('../../lib/index.js')
  const options = given as FastifyDynamicSwaggerOptions
  if (order === 'before') await app.register(swagger, options)
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  if (order === 'after') await app.register(swagger, options)
  return app
}

async function documentOf (app: FastifyInstance): Promise<any> {
  await app.ready()
  return JSON.parse(JSON.stringify(app.swagger()))
}

const headerNames = ({ parameters = [] }: any): string[] => parameters.filter((one: any) => one.in === 'header').map(({ name }: any) => name)
const statuses = ({ responses }: any): string[] => Object.keys(responses)

const PUT = ['200', '400', '404', '409', '412', '428']

for (const order of ['before', 'after'] as const) {
  t.test(`swagger registered ${order}`, async t => {
    const { documentPreconditions } = (await import('../../lib/index.js')).default

    t.test('a transform of the user sees what is documented, and what it changes holds', async t => {
      const app = await application(order, { openapi, transform: ({ schema, url }) => ({ schema: { ...schema, description: 'Mine' }, url: `/v1${url}` }) })
      app.put('/:id', { config: { etag }, schema: { params } }, async () => ({}))
      app.put('/untold', { config: { etag } }, async () => ({}))
      const { paths } = await documentOf(app)
      t.strictSame(Object.keys(paths), ['/v1/{id}', '/v1/untold'])
      for (const { put } of Object.values<any>(paths)) {
        t.equal(put.description, 'Mine')
        t.strictSame(headerNames(put), ['If-Match'])
        t.strictSame(statuses(put), PUT)
      }
    })

    t.test('through the wrapper it sees each route as it was declared, and nothing is told twice', async t => {
      const seen: unknown[] = []
      const app = await application(order, {
        openapi,
        transform: documentPreconditions(({ schema, url }) => { seen.push(schema); return { schema: { ...schema, description: 'Mine' }, url: `/v1${url}` } })
      })
      const schema = { params }
      app.put('/:id', { config: { etag }, schema }, async () => ({}))
      app.put('/untold', { config: { etag } }, async () => ({}))
      app.get('/plain', async () => ({}))
      const { paths } = await documentOf(app)
      t.equal(seen[0], schema)
      t.strictSame(seen.slice(1), [undefined, undefined])
      t.strictSame(Object.keys(paths), ['/v1/{id}', '/v1/untold', '/v1/plain'])
      for (const url of ['/v1/{id}', '/v1/untold']) {
        t.equal(paths[url].put.description, 'Mine')
        t.strictSame(headerNames(paths[url].put), ['If-Match'])
        t.strictSame(statuses(paths[url].put), PUT)
      }
      t.strictSame(paths['/v1/plain'].get, { description: 'Mine', responses: { 200: { description: 'Default Response' } } })
    })

    t.test('the wrapper without a transform, or with one that returns nothing, documents as nothing would', async t => {
      const documents = []
      for (const transform of [null, documentPreconditions(), documentPreconditions(() => ({})), documentPreconditions(documentPreconditions())]) {
        const app = await application(order, { openapi, transform })
        app.get('/:id', { config: { etag }, schema: { params } }, async () => ({}))
        app.get('/untold', { config: { etag } }, async () => ({}))
        app.get('/plain', async () => ({}))
        documents.push(await documentOf(app))
      }
      for (const document of documents) t.strictSame(document, documents[0])
    })

    t.test('a HEAD route is documented, and one with an operationId, of which swagger keeps a copy, through the wrapper', async t => {
      for (const [transform, documentsCopy] of [[null, false], [documentPreconditions(), true]] as const) {
        const app = await application(order, { openapi, exposeHeadRoutes: true, transform })
        const config = Object.freeze({ etag })
        app.get('/named', { config, schema: { operationId: 'read' } }, async () => ({}))
        app.get('/other', { config, schema: { operationId: 'other' } }, async () => ({}))
        app.get('/nameless', { config }, async () => ({}))
        const { paths } = await documentOf(app)
        t.equal(paths['/named'].head.operationId, 'read-head')
        for (const url of ['/named', '/other']) t.strictSame(headerNames(paths[url].head), documentsCopy ? ['If-None-Match'] : [])
        t.strictSame(headerNames(paths['/nameless'].head), ['If-None-Match'])
      }
    })

    t.test('the transform of a route is used in place of the other, wrapped or not', async t => {
      const app = await application(order, { openapi, transform: () => { throw new Error('never') } })
      const mine = ({ schema, url }: any): any => ({ schema: { ...schema, summary: 'Mine' }, url })
      app.put('/plain', { config: { etag, swaggerTransform: mine } }, async () => ({}))
      app.put('/wrapped', { config: { etag, swaggerTransform: documentPreconditions(mine) } }, async () => ({}))
      app.put('/none', { config: { etag, swaggerTransform: false } }, async () => ({}))
      const { paths } = await documentOf(app)
      for (const url of ['/plain', '/wrapped', '/none']) {
        t.equal(paths[url].put.summary, url === '/none' ? undefined : 'Mine')
        t.strictSame(statuses(paths[url].put), PUT, url)
      }
    })

    t.test('what is hidden stays hidden', async t => {
      for (const transform of [null, documentPreconditions()]) {
        const app = await application(order, { openapi, transform, hideUntagged: true })
        app.put('/hide', { config: { etag }, schema: { hide: true, tags: ['a'] } }, async () => ({}))
        app.put('/tag', { config: { etag }, schema: { tags: ['X-HIDDEN'] } }, async () => ({}))
        app.put('/untagged', { config: { etag }, schema: { params } }, async () => ({}))
        app.put('/untold', { config: { etag } }, async () => ({}))
        app.put('/shown', { config: { etag }, schema: { tags: ['a'] } }, async () => ({}))
        t.strictSame(Object.keys((await documentOf(app)).paths), ['/shown'])
      }
    })

    t.test('zod: the wrapper documents what its transform has made JSON Schema, and validation is that of zod', async t => {
      const app = await application(order, { openapi, transform: documentPreconditions(jsonSchemaTransform), transformObject: jsonSchemaTransformObject, exposeHeadRoutes: true })
      app.setValidatorCompiler(validatorCompiler)
      app.setSerializerCompiler(serializerCompiler)
      const Document = z.object({ id: z.string(), version: z.number() })
      const zod = { params: z.object({ id: z.string() }), headers: z.object({ 'if-none-match': z.string().max(9).optional() }), response: { 200: Document, 404: z.object({ message: z.string() }) } }
      app.get('/:id', { config: { etag }, schema: { ...zod, operationId: 'read' } }, async () => ({ id: '1', version: 1 }))
      app.put('/:id', { config: { etag }, schema: { params: zod.params, body: z.object({ title: z.string().min(1) }), response: { 200: Document } } }, async () => ({ id: '1', version: 2 }))
      app.put('/untold', { config: { etag } }, async () => ({}))
      const { paths, components } = await documentOf(app)
      const { validate } = await import('@readme/openapi-parser')
      t.match(await validate(structuredClone(app.swagger() as any)), { valid: true })
      t.strictSame(headerNames(paths['/{id}'].get), ['if-none-match'])
      t.strictSame(headerNames(paths['/{id}'].head), ['if-none-match'])
      t.strictSame(statuses(paths['/{id}'].get), ['200', '304', '404'])
      t.match(paths['/{id}'].get.responses, { 200: { headers: { ETag: {} }, content: { 'application/json': { schema: { properties: { version: {} } } } } }, 404: { content: { 'application/json': {} } } })
      for (const url of ['/{id}', '/untold']) t.strictSame(statuses(paths[url].put), PUT)
      t.strictSame(Object.values<any>(components.schemas).map(({ title }) => title), ['EtagProblem'])

      const put = async (headers: object, title: string): Promise<number> =>
        (await app.inject({ method: 'PUT', url: '/1', headers: { ...headers }, payload: { title } })).statusCode
      t.strictSame([await put({}, 'a'), await put({}, ''), await put({ 'if-match': '"0"' }, 'a'), await put({ 'if-match': '"1"' }, 'a')], [428, 400, 412, 200])
    })

    t.test('zod: without the wrapper the document is that of an application without preconditions', async t => {
      const app = await application(order, { openapi, transform: jsonSchemaTransform })
      app.setValidatorCompiler(validatorCompiler)
      app.setSerializerCompiler(serializerCompiler)
      app.put('/:id', { config: { etag }, schema: { params: z.object({ id: z.string() }) } }, async () => ({}))
      app.put('/untold', { config: { etag } }, async () => ({}))
      const { paths } = await documentOf(app)
      for (const url of ['/{id}', '/untold']) t.strictSame(statuses(paths[url].put), ['200'])
    })

    t.test('fields that a shared schema declares are not told twice', async t => {
      for (const transform of [null, documentPreconditions()]) {
        const app = await application(order, { openapi, transform })
        app.addSchema({ $id: 'conditions', type: 'object', properties: { 'if-none-match': { type: 'string' } } })
        app.get('/', { config: { etag: { ...etag, lastModified: 'at' } }, schema: { headers: { $ref: 'conditions#' } } }, async () => ({}))
        t.strictSame(headerNames((await documentOf(app)).paths['/'].get).sort(), ['If-Modified-Since', 'if-none-match'])
      }
    })

    t.test('a schema that is shared as EtagProblem is the one that refusals have', async t => {
      const app = await application(order, { openapi, refResolver: { buildLocalReference: json => String(json.$id) } })
      app.addSchema({ $id: 'EtagProblem', type: 'object', properties: { mine: { type: 'string' } } })
      app.put('/', { config: { etag } }, async () => ({}))
      const { components, paths } = await documentOf(app)
      t.match(components.schemas, { EtagProblem: { properties: { mine: {} } } })
      t.match(paths['/'].put.responses[412].content, { 'application/problem+json': { schema: { $ref: '#/components/schemas/EtagProblem' } } })
    })

    t.test('Swagger 2.0 through the wrapper is as it would be without us', async t => {
      const app = await application(order, { swagger: { info: { title: 'Any', version: '1' } }, transform: documentPreconditions() })
      app.put('/', { config: { etag } }, async () => ({}))
      t.strictSame((await documentOf(app)).paths['/'].put, { responses: { 200: { description: 'Default Response' } } })
    })

    t.test('one operation tells of all methods of its route', async t => {
      const app = await application(order, { openapi })
      app.route({ method: ['GET', 'PUT'], url: '/', config: { etag }, handler: async () => ({}) })
      const { get, put } = (await documentOf(app)).paths['/']
      t.strictSame(get, put)
      t.strictSame(headerNames(put), ['If-None-Match', 'If-Match'])
      t.notOk(put.parameters.some(({ required }: any) => required))
      t.strictSame(statuses(put), ['200', '304', '400', '404', '409', '412', '428'])
    })
  })
}

t.test('the schema that a request finds is the one that was declared', async t => {
  const app = await application('before', { openapi })
  const schema = { params }
  app.get('/:id', { config: { etag }, schema }, async request => { t.equal(request.routeOptions.schema, schema); return {} })
  app.get('/untold', { config: { etag } }, async request => { t.equal(request.routeOptions.schema, undefined); return {} })
  await app.ready()
  for (const url of ['/1', '/untold']) t.equal((await app.inject(url)).statusCode, 200)
})

t.test('where nobody documents, nothing is shared and no route is changed', async t => {
  const { default: etagPlugin } = await import('../../lib/index.js')
  const app = Fastify()
  await app.register(etagPlugin)
  const routes: Array<{ schema?: unknown }> = []
  app.addHook('onRoute', options => { routes.push(options) })
  app.get('/', { config: { etag } }, async () => ({}))
  await app.ready()
  t.strictSame(routes.map(({ schema }) => schema), [undefined, undefined])
  t.strictSame(app.getSchemas(), {})
})

t.test('swagger in a scope documents the routes of that scope', async t => {
  const { default: etagPlugin } = await import('../../lib/index.js')
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  app.put('/outer', { config: { etag } }, async () => ({}))
  let inner: FastifyInstance | undefined
  await app.register(async scope => {
    inner = scope
    await scope.register(swagger, { openapi })
    scope.put('/inner', { config: { etag } }, async () => ({}))
    await scope.register(async deep => {
      await deep.register(etagPlugin, { missing: 409 })
      deep.put('/deep', { config: { etag } }, async () => ({}))
    })
  })
  await app.ready()
  const { paths, components } = JSON.parse(JSON.stringify(inner!.swagger()))
  t.strictSame(Object.keys(paths), ['/inner', '/deep'])
  t.strictSame(statuses(paths['/inner'].put), PUT)
  t.strictSame(statuses(paths['/deep'].put), PUT.slice(0, -1))
  t.equal(Object.keys(components.schemas).length, 1)
  t.strictSame(app.getSchemas(), {})
})

t.test('an application that was made before the package was loaded documents itself, whatever was registered first', async t => {
  for (const [app, order] of [[early, 'before'], [earlyAlone, 'after']] as const) {
    await application(order, { openapi }, app)
    app.put('/', { config: { etag } }, async () => ({}))
    const { paths, components } = await documentOf(app)
    t.strictSame(statuses(paths['/'].put), PUT, order)
    t.match(Object.values(components.schemas), [{ title: 'EtagProblem' }], order)
  }
})

t.test('a config that a later route takes over from an earlier one belongs to each', async t => {
  const { default: etagPlugin } = await import('../../lib/index.js')
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED' })
  app.addHook('onRoute', function (options) {
    if (options.url === '/first') this.route({ ...options, url: '/second', method: 'DELETE', config: options.config! })
  })
  app.put('/first', { config: { etag } }, async () => ({}))
  t.equal((await app.inject({ method: 'DELETE', url: '/second' })).json().detail.split(' ').slice(0, 2).join(' '), 'DELETE /second')
  t.equal((await app.inject({ method: 'PUT', url: '/first' })).json().detail.split(' ').slice(0, 2).join(' '), 'PUT /first')
})
