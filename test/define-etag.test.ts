import t from 'tap'
import Fastify from 'fastify'
import etagPlugin, { defineEtag } from '../lib/index.js'

const load = (): { version: number } => ({ version: 1 })

t.test('of gives the very precondition of the request', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load })
  app.get('/', { config: { etag: document } }, async request => {
    t.equal(document.of(request), request.precondition)
    return document.of(request).load()
  })
  t.same((await app.inject('/')).json(), { version: 1 })
})

t.test('of refuses a request to a route with another definition, and one to a route without any', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const mine = defineEtag({ source: 'version', load })
  const other = defineEtag({ source: 'version', load })
  app.get('/other', { config: { etag: other } }, async request => mine.of(request).load())
  app.get('/plain', async request => mine.of(request).load())
  t.match((await app.inject('/other')).json(), { statusCode: 500, code: 'FST_ETAG_OTHER_DEFINITION', message: /GET \/other/ })
  t.match((await app.inject('/plain')).json(), { statusCode: 500, code: 'FST_ETAG_NOT_CONFIGURED' })
})

t.test('a definition keeps its identity when a route spreads it to say more', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const document = defineEtag({ source: 'version', load })
  app.put('/', { config: { etag: { ...document, policy: 'REQUIRED' } } }, async request => document.of(request).load())
  t.equal((await app.inject({ method: 'PUT', url: '/' })).statusCode, 428)
  t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 200)
})

t.test('tag is the field value of the tag of any state', async t => {
  t.equal(defineEtag({ source: 'version', load }).tag({ version: 3 }), '"3"')
  t.equal(defineEtag({ source: { field: 'meta.rev' } }).tag({ meta: { rev: 'a b' } }), '"a%20b"')
  t.equal(defineEtag({ source: (state: { id: number }) => `W/"${state.id}"` }).tag({ id: 7 }), 'W/"7"')
  t.equal(defineEtag({ source: () => null }).tag({}), undefined)
  t.equal(defineEtag({ source: 'version', weak: true, load }).tag({ version: 3 }), 'W/"3"')
  t.throws(() => defineEtag({ lastModified: 'updatedAt' }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' })
  t.throws(() => defineEtag({ source: { digest: 'sha1' } }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' }, 'a digest is of what a GET answers with')
  t.throws(() => defineEtag({ schema: { $ref: 'Document' } }).tag({}), { code: 'FST_ETAG_SOURCE_MISSING' }, 'what is shared is not known yet')
})
