import t from 'tap'
import Fastify from 'fastify'
import { kRoute, routeOf } from '../../lib/hooks/route-of.js'
import { resolveRoute } from '../../lib/route.js'

t.test('the settings of a route are found in its config, and a route without them is named', async t => {
  const app = Fastify()
  const route = resolveRoute({ url: '/', methods: ['GET'], etag: { source: 'version' } }, [])
  app.get('/', { config: { [kRoute]: route } }, async request => { t.equal(routeOf(request), route); return {} })
  app.get('/plain/:id', async request => routeOf(request))
  t.equal((await app.inject('/')).statusCode, 200)
  t.match((await app.inject('/plain/1')).json(), { code: 'FST_ETAG_NOT_CONFIGURED', message: 'GET /plain/:id has no precondition: give the route config.etag' })
})
