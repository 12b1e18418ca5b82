import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type InjectOptions } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../lib/index.js'
import { versionOf } from '../lib/request-guard.js'

interface State { readonly version: number }

/** A route whose loads find one version after the other, and how often it was asked for one. */
async function routeOf (handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>, etag: EtagRouteOptions = {}): Promise<{ app: FastifyInstance, loads: () => number }> {
  const app = Fastify()
  let loads = 0
  await app.register(etagPlugin, { source: 'version' })
  app.put('/', { config: { etag: { load: (): State => ({ version: ++loads }), ...etag } } }, handler)
  return { app, loads: () => loads }
}

const put = (headers: Record<string, string> = {}): InjectOptions => ({ method: 'PUT', url: '/', headers })

t.test('after a guarded write the state is loaded anew', async t => {
  const seen: unknown[] = []
  const { app } = await routeOf(async ({ precondition }) => {
    const row = await precondition.guard(async () => ({ version: 2 }))
    seen.push(precondition.current, await precondition.load())
    return row
  })
  t.equal((await app.inject(put({ 'if-match': '"1"' }))).statusCode, 200)
  t.same(seen, [undefined, { version: 2 }])
})

t.test('a load that is asked for while a guard ends finds the state of after it', async t => {
  const { app } = await routeOf(async ({ precondition }) => {
    const [, loaded] = await Promise.all([precondition.guard(async () => ({ version: 5 })), precondition.load()])
    return { version: 5, loaded }
  })
  t.ok((await app.inject(put())).json().loaded)
})

t.test('rows that a guard returns in a list label nothing, and a single one does', async t => {
  const source = (state: object): string => Array.isArray(state) ? 'list' : 'row'
  for (const [result, etag] of [[[{ version: 2 }], undefined], [{ version: 2 }, '"row"'], [{ rowCount: 1, command: 'UPDATE' }, undefined]] as const) {
    const { app } = await routeOf(async ({ precondition }, reply) => { await precondition.guard(async () => result); return reply.code(204).send() }, { source })
    t.equal((await app.inject(put())).headers.etag, etag)
  }
})

t.test('a row with the members of a count is written and labels the answer, where the source is a field', async t => {
  const { app } = await routeOf(async ({ precondition }, reply) => { await precondition.guard(async () => ({ version: 2, rowsAffected: 0 })); return reply.code(204).send() })
  const response = await app.inject(put({ 'if-match': '"1"' }))
  t.match([response.statusCode, response.headers.etag], [204, '"2"'])
  const dated = await routeOf(async ({ precondition }) => precondition.guard(async () => ({ version: new Date(), rowsAffected: 0 })))
  t.equal((await dated.app.inject(put({ 'if-match': '"1"' }))).statusCode, 412, 'a version that cannot be one makes no state of it')
})

t.test('a refusal that the callback throws is no error of the store, whatever the route knows of those', async t => {
  const { app, loads } = await routeOf(({ precondition }) => precondition.guard(async () => { throw await precondition.failed() }), { isConflict: () => true })
  t.equal((await app.inject(put({ 'if-match': '"1"' }))).statusCode, 412)
  t.equal(loads(), 2)
})

t.test('failed() says which condition is false now, and why', async t => {
  const { app } = await routeOf(async ({ precondition }) => { throw await precondition.failed() })
  t.match((await app.inject(put({ 'if-none-match': '"2"' }))).json(), { status: 412, field: 'If-None-Match', reason: 'exists' })
  t.match((await routeOf(async ({ precondition }) => { throw await precondition.failed() }).then(({ app }) => app.inject(put({ 'if-none-match': '"7"' })))).json(),
    { status: 412, field: 'If-None-Match', reason: 'changed' })
})

t.test('options that are null are none, and a callback that is none is refused', async t => {
  const { app } = await routeOf(({ precondition }) => precondition.guard(async () => ({ version: 2 }), null as never))
  t.equal((await app.inject(put())).statusCode, 200)
  const none = await routeOf(({ precondition }) => precondition.guard(undefined as never))
  t.match((await none.app.inject(put())).json(), { statusCode: 500, code: 'FST_ETAG_INVALID_OPTION' })
})

t.test('a version is whatever the store has, null too, but not nothing', async t => {
  for (const version of [1, '', 0, null, false]) t.equal(versionOf({ version, etag: undefined, lastModified: undefined }), version)
  t.throws(() => versionOf({ version: undefined, etag: undefined, lastModified: undefined }), { code: 'FST_ETAG_INVALID_VERSION', message: /load it with the state/ })
})

t.test('a guard inside the callback of a guard is refused, however its state was loaded', async t => {
  for (const load of [() => ({ version: 3 }), async () => ({ version: 3 })]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version' })
    const codes: string[] = []
    let writes = 0
    app.put('/', { config: { etag: { load } } }, async ({ precondition }) => precondition.guard(async () => {
      await precondition.guard(async () => { writes++; return { version: 9 } }).catch((error: { code: string }) => { codes.push(error.code) })
      writes++
      return { version: 4 }
    }))
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"3"' } })).statusCode, 200)
    t.same([codes, writes], [['FST_ETAG_GUARDED_TWICE'], 1])
  }
})
