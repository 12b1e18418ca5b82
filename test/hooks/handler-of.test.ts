import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type * as HandlerOf from '../../lib/hooks/handler-of.js'

const PATH = '../../lib/hooks/handler-of.js'

/** What is found while two routes are asked, and what the options of each say. */
async function found (app: FastifyInstance, handlerOf: (typeof HandlerOf)['handlerOf']): Promise<unknown[][]> {
  const pairs: unknown[][] = []
  app.addHook('preHandler', async request => { pairs.push([handlerOf(request), request.routeOptions.handler]) })
  app.get('/', async () => 'one')
  app.get('/other', async () => 'other')
  for (const url of ['/', '/other', '/none']) await app.inject(url)
  return pairs
}

t.test('the handler is the one that the options of the route have', async t => {
  const { handlerOf } = t.mockRequire(PATH) as typeof HandlerOf
  const pairs = await found(Fastify(), handlerOf)
  t.equal(pairs.length, 3)
  for (const [handler, expected] of pairs) t.equal(handler, expected)
  t.not(pairs[0]![0], pairs[1]![0])
})

t.test('where a request has it nowhere else, its options are asked', async t => {
  const { handlerOf } = t.mockRequire(PATH) as typeof HandlerOf
  const handler = (): void => {}
  t.equal(handlerOf({ routeOptions: { handler } } as unknown as FastifyRequest), handler)
  await found(Fastify(), handlerOf)
  t.equal(handlerOf({ [Symbol('fastify.context')]: {}, routeOptions: { handler } } as unknown as FastifyRequest), handler, 'of another copy of Fastify')
})
