import t from 'tap'
import type { FastifyRequest } from 'fastify'
import { RequestFacts } from '../lib/request-facts.js'
import { resolveRoute } from '../lib/route.js'

t.test('the state, what is decided and the label of one request know of each other, and of what its handler does', async t => {
  const route = resolveRoute({ url: '/', methods: ['PUT'], etag: { source: 'version', load: () => ({ version: 3 }) } }, [])
  const request = { method: 'PUT', url: '/', raw: { rawHeaders: ['If-Match', '"3"'], headers: {} } } as unknown as FastifyRequest
  const handled = { attempts: 0, isGuarded: false, waived: undefined as string | undefined }
  const { state, judgement, label } = new RequestFacts(route, request, handled)
  t.equal(state.ask(), undefined)
  t.equal(judgement.settle(), undefined)
  label.name({ version: 8 })
  label.find(undefined, undefined)
  t.equal(label.found?.version, 8)
  Object.assign(handled, { attempts: 2, isGuarded: true, waived: 'one writer' })
  t.match(judgement.decision, { loads: 1, attempts: 2, guarded: true, waived: 'one writer', outcome: 'proceed' })
})
