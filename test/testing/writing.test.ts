import t from 'tap'
import fastifyEtag from '@fastify/etag'
import { findEach, guardedPut, notChecked, passEach, reportOf, type Precondition, type Row, type Table } from './planted.js'

const modulo = (count: number) => (precondition: Precondition, table: Table, id: string, text: string): Promise<Row> =>
  precondition.guard(({ version }) => table.update(id, text, row => row.version === version, row => (row.version + 1) % count), { create: () => table.insert(id, text) })

findEach(t, [
  ['a body that the route does not accept', 'write-failed', {
    put: async (precondition, table, id, text, reply) => text.includes('turn') ? reply.code(400).send({ message: 'no turns' }) : guardedPut(precondition, table, id, text)
  }],
  ['a weak tag, which If-Match never matches', 'other-projection', { etag: { source: (row: Row) => `W/"${row.version}"` } }],
  ['a tag that comes back after three writes', 'version-comes-back', { put: modulo(3) }],
  ['an answer to a write without its tag', 'no-label', { etag: { answer: false } }],
  ['an answer with a tag that no read gives', 'wrong-label', {
    put: async (precondition, table, id, text, reply) => {
      const row = await guardedPut(precondition, table, id, text)
      reply.validators({ version: `${row.version}-written` })
      return row
    }
  }],
  ["a guard that is forgotten under unguarded: 'error'", 'unguarded', {
    options: { unguarded: 'error' }, put: (_precondition, table, id, text) => table.update(id, text, () => true)
  }],
  ['a service that has tags of another plugin only', 'stale-accepted', {
    plugin: false,
    prepare: async app => { await app.register(fastifyEtag) },
    get: (_precondition, table, request) => table.find(request.params.id),
    put: (_precondition, table, id, text) => table.update(id, text, () => true)
  }, { remove: undefined }],
  ['an error handler that turns 412 into 400', 'stale-answer', {
    prepare: app => {
      app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
        const { statusCode = 500 } = error
        return reply.code(statusCode === 412 ? 400 : statusCode).send({ message: error.message })
      })
    }
  }],
  ['a refusal that tells the tag of the client as the current one', 'stale-answer', {
    plugin: false,
    prepare: async app => {
      await app.register(fastifyEtag)
      app.addHook('preSerialization', async (_request, reply, payload) => { reply.header('etag', `"${(payload as Row).version}"`) })
    },
    get: (_precondition, table, request) => table.find(request.params.id),
    put: async (_precondition, table, id, text, reply) => {
      const tag = reply.request.headers['if-match']
      if (tag === undefined) return reply.code(428).send()
      const row = await table.update(id, text, ({ version }) => `"${version}"` === tag)
      return row ?? reply.code(412).header('etag', tag).send()
    }
  }, { create: undefined, remove: undefined }],
  ['a version that moves once a second', 'version-by-clock', {
    put: (precondition, table, id, text) => precondition.guard(({ version }) => table.update(id, text, row => row.version === version, row => {
      return Date.now() - Date.parse(row.updatedAt) > 1000 ? row.version + 1 : row.version
    }), { create: () => table.insert(id, text) })
  }]
])

passEach(t, [
  ['a service under unguarded: \'error\'', { options: { unguarded: 'error' } }],
  ['a refusal that tells no tag', { options: { disclose: false } }],
  ['a weak tag that is tolerated', { etag: { weak: true, tolerate: { weak: true } } }],
  ['a source that is a function', { etag: { source: (row: Row) => row.version } }],
  ['a tag that is made of what is written', {
    etag: { source: 'text' },
    put: (precondition, table, id, text) => precondition.guard(({ version }) => table.update(id, text, row => row.text === version), { create: () => table.insert(id, text) }),
    remove: (precondition, table, id) => precondition.guard(({ version }) => table.remove(id, row => row.text === version))
  }],
  ['a write that is 204 without a body', {
    put: async (precondition, table, id, text, reply) => {
      await guardedPut(precondition, table, id, text)
      return reply.code(204).send()
    }
  }],
  ['an envelope around what is read and written', {
    get: async precondition => ({ data: await precondition.load(), meta: { pages: 1 } }),
    put: async (...asked) => ({ data: await guardedPut(...asked) })
  }],
  ['a field of the body that changes at each read', { get: async precondition => ({ ...await precondition.load(), now: process.hrtime.bigint().toString() }) }],
  ['a write that takes a while', {
    put: async (precondition, table, id, text) => {
      await new Promise(resolve => setImmediate(resolve))
      return guardedPut(precondition, table, id, text)
    }
  }]
])

t.test('answers without a tag are accepted where they are meant, and the checks of the tag say so', async t => {
  const report = await reportOf({ etag: { answer: false } }, { answer: false })
  t.same(report.faults, [], String(report))
  t.same(notChecked(report), [
    ['the answer to a write carries the tag that the next read gives', 'answer: false says that none does'],
    ['the answer to a write carries its own tag, though another write follows at once', 'the answer carries no tag']
  ])
})

t.test('answers with a wrong tag are found though none was meant to have one', async t => {
  const report = await reportOf({
    put: async (precondition, table, id, text, reply) => {
      reply.validators(precondition.current)
      return guardedPut(precondition, table, id, text)
    }
  }, { answer: false })
  t.same(report.faults, ['old-label'])
})

t.test('a write that fails later than the first is a failed write', async t => {
  let writes = 0
  const report = await reportOf({
    put: async (...asked) => {
      if (++writes > 5) throw new Error('out of space')
      return guardedPut(...asked)
    }
  })
  t.same(report.faults, ['write-failed'])
  t.match(report.checks.find(({ outcome }) => outcome === 'fails')!.finding, { came: '500, out of space' })
})
