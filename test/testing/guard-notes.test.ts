import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin from '../../lib/index.js'
import { CHECKPOINTS } from '../../lib/checkpoint.js'
import { noteGuard } from '../../lib/testing/guard-notes.js'
import { endOf } from './planted.js'

type Handler = (request: FastifyRequest) => Promise<unknown>

async function build (handler: Handler): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', unguarded: 'off' })
  app.put('/', { config: { etag: { load: () => ({ version: 1 }) } } }, handler)
  app.put('/plain', async () => ({ version: 2 }))
  return app
}

async function put (app: FastifyInstance, mark: Readonly<Record<string, string>>, url = '/'): Promise<number> {
  return (await app.inject({ method: 'PUT', url, headers: { 'if-match': '"1"', ...mark } })).statusCode
}

const forgets: Handler = async () => ({ version: 2 })

t.afterEach(() => { if (CHECKPOINTS.hasSubscribers) throw new Error('somebody is still subscribed') })

t.test('a handler guards its write by guard, expected or waive, and by nothing else', async t => {
  const table: ReadonlyArray<readonly [Handler, boolean]> = [
    [async ({ precondition }) => precondition.guard(async () => ({ version: 2 })), false],
    [async ({ precondition }) => ({ version: precondition.expected.version + 1 }), false],
    [async ({ precondition }) => { precondition.waive('appends commute'); return { version: 2 } }, false],
    [async ({ precondition }) => precondition.load(), true],
    [forgets, true]
  ]
  for (const [handler, isUnguarded] of table) {
    const app = await build(handler)
    t.same(await noteGuard(mark => put(app, mark)), { answer: 200, isUnguarded }, String(handler))
  }
})

t.test('the write of somebody else meanwhile is not taken for it', async t => {
  const [app, other] = [await build(async ({ precondition }) => precondition.guard(async () => ({ version: 2 }))), await build(forgets)]
  const [{ isUnguarded }] = await Promise.all([noteGuard(mark => put(app, mark)), put(other, {}), put(other, {})])
  t.equal(isUnguarded, false)
})

t.test('where the handler cannot be followed nothing is said of its guard', async t => {
  const app = await build(forgets)
  t.match(await endOf(noteGuard(mark => put(app, mark, '/plain'))), /^not checked: only what a Fastify instance/)
})
