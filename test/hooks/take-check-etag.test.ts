import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../../lib/index.js'
import { declaresCheckEtag } from '../../lib/hooks/take-check-etag.js'

t.test('a schema declares the parameter by that name alone, under querystring or query', async t => {
  const declared = { properties: { checkEtag: { type: 'string' } } }
  for (const key of ['querystring', 'query']) t.equal(declaresCheckEtag({ schema: { [key]: declared } } as never), true, key)
  for (const schema of [undefined, {}, { querystring: {} }, { querystring: { properties: {} } }, { querystring: { properties: { checketag: {} } } }, { body: declared }]) {
    t.equal(declaresCheckEtag({ schema } as never), false, JSON.stringify(schema))
  }
})

t.test('a parser of the caller may give a query that is no object, or that cannot be changed', async t => {
  for (const query of [null, undefined, 'a=1', Object.freeze({ checkEtag: '' })]) {
    const app = Fastify({ routerOptions: { querystringParser: () => query as never } })
    await app.register(etagPlugin, { checkEtagParam: true, source: 'version' })
    app.get('/', { config: { etag: { load: () => ({ version: 1 }) } } }, async () => ({}))
    t.equal((await app.inject('/?checkEtag')).statusCode, 200, String(query))
  }
})

t.test('it is taken off the query after the hooks of the caller, where it is enabled, and nothing else is', async t => {
  for (const checkEtagParam of [true, false]) {
    const app = Fastify()
    await app.register(etagPlugin, { checkEtagParam, source: 'version' })
    let before: unknown
    app.get('/', {
      config: { etag: { load: () => ({ version: 1 }) } },
      preValidation: async request => { before = { ...request.query as object } }
    }, async request => ({ query: request.query }))
    const { query } = (await app.inject('/?a=1&checkEtag=x&b')).json()
    t.strictSame(before, { a: '1', checkEtag: 'x', b: '' })
    t.strictSame(query, checkEtagParam ? { a: '1', b: '' } : { a: '1', checkEtag: 'x', b: '' })
  }
})
