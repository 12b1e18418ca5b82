import t from 'tap'
import Fastify, { type FastifyRequest } from 'fastify'
import etagPlugin, { defineEtag } from '../lib/index.js'

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

  const put = await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"1"' } })
  t.match([put.statusCode, put.headers.etag, put.json()], [200, '"2"', { version: 2 }])
  t.equal((await app.inject({ method: 'PUT', url: '/1', headers: { 'if-match': '"1"' } })).statusCode, 412)
  t.equal((await app.inject({ method: 'PUT', url: '/2' })).headers.etag, '"1"')
  const removed = await app.inject({ method: 'DELETE', url: '/2', headers: { 'if-match': '"1"' } })
  t.match([removed.statusCode, removed.headers['x-removed']], [204, '2'])
})

t.test('on a route of another definition, or of none, such a handler stops the start, and one that is wrapped refuses each request', async t => {
  const declared = { source: 'version', load: () => ({ version: 1 }) } as const
  const [document, other] = [defineEtag(declared), defineEtag(declared)]
  const guarded = document.guarded(async () => ({ version: 2 }))
  const refused = { code: 'FST_ETAG_OTHER_DEFINITION', message: /the one in config\.etag of PUT, PATCH \/other/ }
  for (const config of [{ etag: other }, { etag: declared }, { etag: {} }, {}, undefined]) {
    const app = Fastify()
    await app.register(etagPlugin)
    app.route({ method: ['PUT', 'PATCH'], url: '/other', ...config && { config }, handler: guarded })
    await t.rejects(async () => app.ready(), refused)
  }
  const without = Fastify()
  await without.register(async scope => { scope.route({ method: ['PUT', 'PATCH'], url: '/other', handler: guarded }) })
  await without.register(async scope => { await scope.register(etagPlugin) })
  await t.rejects(async () => without.ready(), refused)
  const app = Fastify()
  await app.register(etagPlugin)
  app.put('/own', { config: { etag: { ...document, policy: 'OPTIONAL' } } }, guarded)
  app.addHook('onRoute', options => { if (options.url === '/replaced') options.handler = async () => 'replaced' })
  app.addHook('onRoute', options => { if (options.url === '/off-later') options.config = { ...options.config, etag: false } as object })
  app.put('/off', { config: { etag: false } }, guarded)
  app.put('/off-later', guarded)
  app.put('/replaced', guarded)
  app.put('/wrapped', { config: { etag: other } }, async (request, reply) => guarded(request, reply))
  t.equal((await app.inject({ method: 'PUT', url: '/own' })).statusCode, 200)
  for (const url of ['/off', '/off-later']) t.match((await app.inject({ method: 'PUT', url })).json(), { statusCode: 500, code: 'FST_ETAG_NOT_CONFIGURED' }, url)
  t.equal((await app.inject({ method: 'PUT', url: '/replaced' })).body, 'replaced')
  t.match((await app.inject({ method: 'PUT', url: '/wrapped', headers: { 'if-match': '"1"' } })).json(), { statusCode: 500, code: 'FST_ETAG_OTHER_DEFINITION' })
})

t.test('what guarded cannot make a handler of is refused by name, before there is a route', async t => {
  const { guarded } = defineEtag({ source: 'version', load: () => ({ version: 1 }) })
  const write = async (): Promise<null> => null
  for (const [given, options, message] of [
    [undefined, {}, /^guarded: it takes the function that writes/], [{}, {}, /^guarded: it takes the function/], [write, null, /^guarded: its options are an object/],
    [write, { create: null }, /^guarded: it takes the function that writes, and create must be one too/], [write, { answer: 'x' }, /^guarded: answer must be a function/],
    [write, { retries: -1 }, /^guarded: retries must be a whole number/], [write, { retries: '2' }, /^guarded: retries/]
  ] as const) {
    t.throws(() => guarded(given as never, options as never), { code: 'FST_ETAG_INVALID_OPTION', message })
  }
})
