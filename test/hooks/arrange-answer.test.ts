import t from 'tap'
import { arrangeAnswer } from '../../lib/hooks/arrange-answer.js'
import { resolveRoute } from '../../lib/route.js'
import type { RouteOptions } from 'fastify'

const facts = { hasDefaultErrorHandler: true, isCompressed: false }
const names = ({ onSend }: RouteOptions): readonly string[] => [onSend ?? []].flat().map(({ name }) => name)
async function own (): Promise<void> {}
async function headRouteOnSendHandler (): Promise<void> {}

function optionsOf (onSend: RouteOptions['onSend']): RouteOptions {
  return { method: 'GET', url: '/', handler: async () => {}, ...(onSend !== undefined && { onSend }) }
}

t.test('ours are one where nothing stands between them, and ahead of the hook that measures a body for HEAD', async t => {
  const route = resolveRoute({ url: '/', methods: ['GET'], etag: {} }, [])
  const cases = [
    [undefined, ['answer']],
    [headRouteOnSendHandler, ['answer', 'headRouteOnSendHandler', 'dropContentLength']],
    [own, ['unwrapResponse', 'answerRefusal', 'own', 'unwrapResponse', 'finishAnswer']]
  ] as const
  for (const [onSend, expected] of cases) {
    const options = optionsOf(onSend)
    const arrange = arrangeAnswer(options, route, facts, () => false)
    t.same(arrange(), { isAlone: onSend !== own })
    t.same(names(options), expected)
    arrange()
    t.same(names(options), expected, 'twice is once')
  }
})

t.test('a body is noted ahead of each hook that may code it, where it is what names the state', async t => {
  const options = optionsOf(own)
  arrangeAnswer(options, resolveRoute({ url: '/', methods: ['GET'], etag: { source: { digest: 'sha256' } } }, []), facts, () => false)()
  t.same(names(options), ['unwrapResponse', 'answerRefusal', 'noteBody', 'own', 'unwrapResponse', 'finishAnswer'])
})

t.test('a route that only refuses what it cannot compare shows nothing', async t => {
  const options = optionsOf(own)
  options.method = 'PUT'
  arrangeAnswer(options, resolveRoute({ url: '/', methods: ['PUT'], etag: undefined }, []), facts, () => false)()
  t.same(names(options), ['answerRefusal', 'own'])
})
