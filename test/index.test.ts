import t from 'tap'
import Fastify from 'fastify'
import etagPlugin from '../lib/index.js'

t.test('the plugin is its own default and its own named export', async t => {
  t.equal(etagPlugin.default, etagPlugin)
  t.equal(etagPlugin.etagPlugin, etagPlugin)
  t.equal(etagPlugin.default.defineEtag, etagPlugin.defineEtag)
  t.equal(etagPlugin.default.documentPreconditions, etagPlugin.documentPreconditions)
  t.ok(etagPlugin.isConflict({ code: '40001' }))
  t.ok(etagPlugin.isDuplicateKey({ code: '23505' }))
  for (const profile of ['restheart', 'netbox', 'dotypos'] as const) t.equal(etagPlugin[profile], etagPlugin.default[profile])
})

t.test('it goes by its name in Fastify', async t => {
  const app = Fastify()
  await app.register(etagPlugin.etagPlugin)
  t.ok(app.hasPlugin('fastify-etag-policy'))
  t.ok(app.hasRequestDecorator('precondition'))
})
