import t from 'tap'
import { READING } from '../../lib/testing/reading.js'
import { findEach, reportOf, type Row } from './planted.js'

findEach(t, [
  ['a resource that is not there', 'not-there', {}, { read: '/rows/none' }],
  ['a read that its caller may not make', 'not-there', {
    prepare: app => { app.addHook('onRequest', async (request, reply) => request.headers.authorization === undefined ? reply.code(401).send() : undefined) }
  }],
  ['a service without the plugin', 'no-tag', {
    plugin: false,
    get: (_precondition, table, request) => table.find(request.params.id),
    put: (_precondition, table, id, text) => table.update(id, text, () => true),
    remove: (_precondition, table, id) => table.remove(id, () => true)
  }],
  ['a state that is named by its date alone', 'no-tag', { etag: { source: () => null, lastModified: 'updatedAt' } }],
  ['a read that answers 200 to the tag it has', 'no-304', {
    getEtag: false,
    prepare: app => {
      app.addHook('preSerialization', async (request, reply, payload) => { if (request.method === 'GET') reply.header('etag', `"${(payload as Row).version}"`) })
    },
    get: (_precondition, table, request) => table.find(request.params.id)
  }]
])

t.test('where no tag comes nothing else is checked of writes, creates and removes', async t => {
  const { checks } = await reportOf({ etag: { source: () => null } })
  t.same(new Set(checks.slice(1).map(({ outcome, because }) => `${outcome}: ${because}`)), new Set(['not checked: since no-tag']))
  t.equal(READING.length, 2)
})
