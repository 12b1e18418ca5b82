import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import { mayChangeAnswers } from '../../lib/hooks/others-of-scope.js'

const pass = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => payload

t.test('a scope has the hooks of those that it is in, and of no other', async t => {
  for (const stage of ['onSend', 'preSerialization'] as const) {
    const app = Fastify()
    const seen: Record<string, boolean> = {}
    app.addHook('onRequest', async () => {})
    app.register(async scope => {
      scope.addHook(stage as 'onSend', pass)
      scope.register(async inner => { inner.after(() => { seen.inner = mayChangeAnswers(inner) }) })
      scope.after(() => { seen.with = mayChangeAnswers(scope) })
    })
    app.register(async scope => { scope.after(() => { seen.without = mayChangeAnswers(scope) }) })
    await app.ready()
    t.same({ ...seen, root: mayChangeAnswers(app) }, { inner: true, with: true, without: false, root: false }, stage)
  }
})

t.test('where hooks are not where they were, there may be some', async t => {
  const of = (hooks: unknown): boolean => mayChangeAnswers({ [Symbol('fastify.hooks')]: hooks } as unknown as FastifyInstance)
  t.equal(mayChangeAnswers({} as FastifyInstance), true)
  for (const hooks of [undefined, null, {}, { onSend: [] }, { preSerialization: [] }, { onSend: new Set(), preSerialization: [] }]) t.equal(of(hooks), true)
  t.equal(of({ onSend: [], preSerialization: [] }), false)
})
