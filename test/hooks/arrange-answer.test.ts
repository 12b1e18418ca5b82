import t from 'tap'
import compress from '@fastify/compress'
import Fastify, { type RouteOptions } from 'fastify'
import { arrangeAnswer } from '../../lib/hooks/arrange-answer.js'
import { resolveRoute } from '../../lib/route.js'
import type { AnswerFacts } from '../../lib/hooks/answer-facts.js'
import type { AnswerHook } from '../../lib/hooks/answer.js'
import type { EtagRouteOptions } from '../../lib/index.js'

async function own (): Promise<void> {}
async function headRouteOnSendHandler (): Promise<void> {}
const pass: AnswerHook = (_request, _reply, _payload, done) => { done() }
const hookNamed = (name: string): AnswerHook => ({ [name]: (...given: Parameters<AnswerHook>) => pass(...given) })[name]!

interface Given {
  readonly onSend?: RouteOptions['onSend']
  readonly etag?: EtagRouteOptions
  readonly more?: Partial<RouteOptions>
  readonly scope?: ReturnType<typeof Fastify>
  readonly mayBeDirect?: boolean
}

/** The hooks of a route by their names, and what is known of its answers by then. */
function arrange ({ onSend, etag, more = {}, scope = Fastify(), mayBeDirect = false }: Given): { names: () => readonly string[], facts: AnswerFacts } {
  const options: RouteOptions = { method: 'GET', url: '/', handler: async () => {}, ...more, ...(onSend !== undefined && { onSend }) }
  const facts: AnswerFacts = { hasDefaultErrorHandler: false, isCompressed: false, isMeasured: false, hasOnlyValidators: false, isUnseen: false, isDirect: false }
  const route = resolveRoute({ url: '/', methods: [options.method].flat(), etag }, [])
  const hooks = { unwrap: hookNamed('unwrap'), refuse: hookNamed('refuse'), finish: hookNamed('finish'), inOne: hookNamed('inOne') }
  arrangeAnswer(options, { scope, route, hooks, facts, mayBeDirect })
  return { names: () => (options.onSend as ReadonlyArray<{ name: string }>).map(({ name }) => name), facts }
}

t.test('ours are one where nothing stands between them, and ahead of the hook that measures a body for HEAD', async t => {
  const cases = [
    [undefined, ['inOne'], true],
    [headRouteOnSendHandler, ['inOne', 'headRouteOnSendHandler', 'dropContentLength'], true],
    [own, ['unwrap', 'refuse', 'own', 'unwrap', 'finish'], false]
  ] as const
  for (const [onSend, expected, hasOnlyValidators] of cases) {
    const { names, facts } = arrange({ onSend: onSend as RouteOptions['onSend'], etag: {} })
    t.same(names(), expected)
    t.same(facts, { hasDefaultErrorHandler: true, isCompressed: false, isMeasured: onSend === headRouteOnSendHandler, hasOnlyValidators, isUnseen: onSend !== own, isDirect: false })
    t.same(names(), expected, 'twice is once')
  }
})

t.test('a body is noted ahead of each hook that may code it, where it is what names the state', async t => {
  t.same(arrange({ onSend: own as never, etag: { source: { digest: 'sha256' } } }).names(), ['unwrap', 'refuse', 'noteBody', 'own', 'unwrap', 'finish'])
})

t.test('a route that only refuses what it cannot compare shows nothing', async t => {
  t.same(arrange({ onSend: own as never, more: { method: 'PUT' } }).names(), ['refuse', 'own'])
})

t.test('there is no hook where nobody else sees an answer', async t => {
  const { names, facts } = arrange({ etag: {}, mayBeDirect: true })
  t.same(names(), [])
  t.same(facts, { hasDefaultErrorHandler: true, isCompressed: false, isMeasured: false, hasOnlyValidators: true, isUnseen: true, isDirect: true })
  t.same(arrange({ etag: { headers: { 'cache-control': 'private' } }, mayBeDirect: true }).facts.hasOnlyValidators, false)
})

t.test('there is one wherever somebody does, or an error handler answers', async t => {
  const between = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => payload
  const hooked = async (stage: 'onSend' | 'preSerialization'): Promise<ReturnType<typeof Fastify>> => {
    const app = Fastify()
    await app.addHook(stage as 'onSend', between as never)
    return app
  }
  const others: Record<string, Given> = {
    'a route that may not': { mayBeDirect: false },
    'an onSend of the route': { onSend: own as never },
    'the hook of a HEAD route': { onSend: headRouteOnSendHandler as never },
    'a preSerialization of the route': { more: { preSerialization: between as never } },
    'an onSend of the scope': { scope: await hooked('onSend') },
    'a preSerialization of the scope': { scope: await hooked('preSerialization') },
    'an error handler of the route': { more: { errorHandler: () => {} } },
    'an error handler of the scope': { scope: Fastify().setErrorHandler(() => {}) }
  }
  for (const [what, given] of Object.entries(others)) {
    const { names, facts } = arrange({ etag: {}, mayBeDirect: true, ...given })
    t.not(names().length, 0, what)
    t.equal(facts.isDirect, false, what)
    t.equal(facts.hasDefaultErrorHandler, !what.includes('error handler'), what)
  }
})

t.test('a plugin that codes answers is noticed', async t => {
  const app = Fastify()
  await app.register(compress)
  const { names, facts } = arrange({ etag: {}, scope: app })
  t.same(names(), ['inOne'])
  t.match(facts, { isCompressed: true, hasOnlyValidators: false, isDirect: false })
})
