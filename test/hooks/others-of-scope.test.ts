import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { mayChangeAnswers, mayCode } from '../../lib/hooks/others-of-scope.js'

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
  const of = (hooks: unknown, serialiser: unknown = null): boolean =>
    mayChangeAnswers({ [Symbol('fastify.hooks')]: hooks, [Symbol('fastify.replySerializerDefault')]: serialiser } as unknown as FastifyInstance)
  t.equal(mayChangeAnswers({} as FastifyInstance), true)
  for (const hooks of [undefined, null, {}, { onSend: [] }, { preSerialization: [] }, { onSend: new Set(), preSerialization: [] }]) t.equal(of(hooks), true)
  t.equal(of({ onSend: [], preSerialization: [] }), false)
  for (const serialiser of [undefined, () => 'text']) t.equal(of({ onSend: [], preSerialization: [] }, serialiser === undefined ? 0 : serialiser), true)
  t.equal(mayChangeAnswers({ [Symbol('fastify.hooks')]: { onSend: [], preSerialization: [] } } as unknown as FastifyInstance), true)
})

t.test('a serialiser of a scope may code its answers, and one of a reply that answer', async t => {
  const app = Fastify()
  const coded: boolean[] = []
  app.get('/', (_request, reply) => {
    coded.push(mayCode(reply))
    reply.serializer(() => 'text')
    coded.push(mayCode(reply))
    reply.send({})
  })
  app.register(async scope => {
    scope.setReplySerializer(() => 'text')
    scope.register(async inner => { inner.after(() => { t.equal(mayChangeAnswers(inner), true) }) })
  })
  t.equal(mayCode({} as FastifyReply), true, 'of another make')
  await app.inject('/')
  t.same(coded, [false, true])
  t.equal(mayCode({} as FastifyReply), true)
  t.equal(mayChangeAnswers(app), false)
})
