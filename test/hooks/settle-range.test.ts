import t from 'tap'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'

const AT = '2026-01-02T03:04:05Z'
const DATE = 'Fri, 02 Jan 2026 03:04:05 GMT'
const row = { version: 3, at: AT }

/** A route that honours whatever Range it finds, and what it found. */
async function partsOf (etag: EtagRouteOptions, handle: (request: FastifyRequest, reply: FastifyReply) => unknown = () => {}) {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', lastModified: 'at' })
  const found: Array<{ readonly range: boolean, readonly ifRange: boolean }> = []
  app.get('/', { config: { etag } }, async (request, reply) => {
    await handle(request, reply)
    const { range, 'if-range': ifRange } = request.headers
    found.push({ range: range !== undefined, ifRange: ifRange !== undefined })
    if (range === undefined) return reply.send({ ...row })
    return reply.code(206).header('content-range', 'bytes 0-0/9').type('text/plain').send('{')
  })
  return async (headers: Record<string, string>) => {
    found.length = 0
    const response = await app.inject({ url: '/', headers: { range: 'bytes=0-0', ...headers } })
    return { status: response.statusCode, ...found[0], response }
  }
}

t.test('where the state is known a handler finds the Range that holds, and no other', async t => {
  const ask = await partsOf({ load: () => row })
  const table: ReadonlyArray<readonly [ifRange: string, holds: boolean]> = [
    ['"3"', true],
    ['"2"', false],
    ['W/"3"', false],
    ['"3", "3"', false],
    ['*', false],
    ['', false],
    ['"3;gzip"', false],
    [DATE, true],
    ['Fri, 02 Jan 2026 03:04:04 GMT', false],
    ['Fri, 02 Jan 2026 03:04:06 GMT', false]
  ]
  for (const [ifRange, holds] of table) {
    t.match(await ask({ 'if-range': ifRange }), holds ? { status: 206, range: true, ifRange: false } : { status: 200, range: false }, JSON.stringify(ifRange))
  }
  t.match(await ask({}), { status: 206, range: true })
  t.match(await ask({ 'if-none-match': '"3"', 'if-range': '"3"' }), { status: 304 })
})

t.test('a date holds for nobody while its second is not over', async t => {
  const at = new Date(Math.floor(Date.now() / 1000) * 1000)
  const ask = await partsOf({ load: () => ({ version: 3, at: new Date(at.getTime() + 60_000) }) })
  t.match(await ask({ 'if-range': new Date(at.getTime() + 60_000).toUTCString() }), { status: 200, range: false })
})

t.test('where the state is not known what can hold for none is taken off, and a part of another state is refused', async t => {
  const ask = await partsOf({}, (_request, reply) => { reply.header('etag', '"3"').header('last-modified', DATE) })
  const table: ReadonlyArray<readonly [ifRange: string, status: number]> = [
    ['"3"', 206],
    ['W/"3"', 200],
    ['"zzz", W/"3"', 200],
    ['"2"', 412],
    [DATE, 206],
    ['Fri, 02 Jan 2026 03:04:06 GMT', 412]
  ]
  for (const [ifRange, status] of table) {
    const { response } = await ask({ 'if-range': ifRange })
    t.equal(response.statusCode, status, ifRange)
    if (status === 412) t.match(response.json(), { field: 'If-Range', reason: 'changed', currentEtag: '"3"' })
  }
  t.match(await (await partsOf({}))({ 'if-range': '"3"' }), { status: 412 }, 'a part without validators is of no known state')
})

t.test('mayUseRange tells a handler, of the state that it loaded or named', async t => {
  const said: boolean[] = []
  const note = (request: FastifyRequest): void => { said.push(request.precondition.mayUseRange) }
  const ask = await partsOf({ load: () => row }, async request => {
    note(request)
    await request.precondition.load()
    note(request)
  })
  t.match(await ask({}), { status: 206 })
  t.match(await ask({ 'if-range': '"3"' }), { status: 206 })
  t.match(await ask({ 'if-range': '"2"' }), { status: 200 })
  t.same(said, [true, true, true, true, false, false])

  said.length = 0
  const naming = await partsOf({}, (request, reply) => {
    note(request)
    reply.validators(row)
    note(request)
  })
  t.match(await naming({ 'if-range': '"3"' }), { status: 206 })
  t.same(said, [false, true])
})

t.test('a part of the state that was decided about goes out with whatever tag its handler sets, and one of another state does not', async t => {
  const own = await partsOf({ load: () => row }, (_request, reply) => { reply.header('etag', 'W/"own"') })
  t.match(await own({ 'if-range': '"3"' }), { status: 206 })
  const moved = await partsOf({ load: () => row }, (_request, reply) => { reply.validators({ ...row, version: 4 }) })
  t.match(await moved({ 'if-range': '"3"' }), { status: 412 })
})

t.test('what was decided is taken off a read, and a date that nothing was compared with is left to who sends the answer', async t => {
  const found: unknown[] = []
  for (const lastModified of [undefined, 'at']) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', ...(lastModified !== undefined && { lastModified }) })
    app.get('/', { config: { etag: { load: () => row } } }, async ({ headers }) => {
      found.push([headers['if-match'], headers['if-unmodified-since']])
      return row
    })
    await app.inject({ url: '/', headers: { 'if-match': '"3"', 'if-unmodified-since': DATE } })
    await app.inject({ url: '/', headers: { 'if-unmodified-since': DATE } })
  }
  t.strictSame(found, [[undefined, undefined], [undefined, DATE], [undefined, undefined], [undefined, undefined]])
})

t.test('only a GET that says Range asks for a part', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const said: unknown[] = []
  const config = { etag: { load: () => row } }
  app.route({ method: ['GET', 'HEAD', 'PUT'], url: '/', config, handler: async request => { said.push(request.precondition.mayUseRange); return { ...row } } })
  await app.inject('/')
  for (const method of ['GET', 'HEAD', 'PUT'] as const) await app.inject({ method, url: '/', headers: { range: 'bytes=0-0' } })
  await app.inject({ url: '/', headers: { 'if-range': '"3"' } })
  t.same(said, [false, true, false, false, false])
})
