import t from 'tap'
import { CHECKPOINTS } from '../../lib/checkpoint.js'
import { comeBetween, raceOf } from '../../lib/testing/racing.js'
import { Resource } from '../../lib/testing/resource.js'
import { senderTo, type Exchange } from '../../lib/testing/target.js'
import { endOf, findEach, guardedPut, notChecked, query, reportOf, serve, type Planted } from './planted.js'

const OVERTAKEN = 'a write that is overtaken between its check and its writing is 412'
const OWN_TAG = 'the answer to a write carries its own tag, though another write follows at once'

t.afterEach(() => { if (CHECKPOINTS.hasSubscribers) throw new Error('somebody is still subscribed') })

/** Answers 412 to all who are there at once. */
function crowd (): NonNullable<Planted['put']> {
  let inside = 0
  let crowded = false
  return async (precondition, table, id, text, reply) => {
    if (id !== '7') return guardedPut(precondition, table, id, text)
    if (++inside > 1) crowded = true
    try {
      await query(5)
      return crowded ? reply.code(412).send() : await guardedPut(precondition, table, id, text)
    } finally {
      if (--inside === 0) crowded = false
    }
  }
}

/** Loses by 412 alone, and by 500 where others write at the same time. */
function failsWhereWritersMeet (): NonNullable<Planted['put']> {
  let inside = 0
  return async (...asked) => {
    inside++
    try {
      return await guardedPut(...asked)
    } catch (error) {
      throw inside > 1 ? new Error('could not serialise') : error
    } finally {
      inside--
    }
  }
}

findEach(t, [
  ['a handler that writes ahead of its guard', 'refused-but-written', {
    put: async (precondition, table, id, text) => {
      await table.update(id, text, () => true, row => row.version)
      return guardedPut(precondition, table, id, text)
    }
  }],
  ['a handler that turns a lost race into 500', 'race-answer', {
    put: async (...asked) => {
      try {
        return await guardedPut(...asked)
      } catch {
        throw new Error('could not write')
      }
    }
  }],
  ['a store that fails where writers meet', 'race-answer', {
    put: failsWhereWritersMeet()
  }, { create: undefined }],
  ['a service that refuses all who come at once', 'no-winner', { put: crowd() }, { remove: undefined }],
  ['a SELECT ahead of the UPDATE', 'condition-elsewhere', {
    put: (precondition, table, id, text) => precondition.guard(async ({ version }) => {
      const row = table.rows.get(id)
      await query(2)
      return row?.version === version ? table.update(id, text, () => true) : null
    }, { create: () => table.insert(id, text) })
  }]
])

t.test('a service that locks what it checks is not taken for one that hangs, and nothing of it is wrong', async t => {
  let last: Promise<void> = Promise.resolve()
  const report = await reportOf({
    prepare: app => {
      // a lock from before the check until the answer, as SELECT … FOR UPDATE in a transaction of the request
      app.addHook('onRequest', async (request, reply) => {
        if (request.method === 'GET') return
        const before = last
        last = new Promise(resolve => { reply.raw.once('close', resolve).once('finish', resolve) })
        await before
      })
    }
  }, { writers: 2 })
  t.same(report.faults, [], String(report))
  const because = 'nobody can come between: the others are not answered while one waits'
  t.same(notChecked(report), [
    [OVERTAKEN, because],
    [OWN_TAG, because],
    ['a DELETE that is overtaken between its check and its writing is 412', because],
    ['of a DELETE and a write that hold one tag exactly one wins', 'it is removed already']
  ])
})

t.test('a service that refuses the next writer while one is served has no fault, and nobody comes between', async t => {
  let locked = false
  const report = await reportOf({
    prepare: app => {
      app.addHook('onRequest', async (request, reply) => {
        if (request.method !== 'PUT') return
        if (locked) return reply.code(412).send()
        locked = true
        reply.raw.once('finish', () => { locked = false })
      })
    }
  }, { remove: undefined })
  const because = 'nobody can come between: while one waits, the next write is answered by 412'
  t.same(report.faults, [], String(report))
  t.same(notChecked(report).filter(([, why]) => why !== 'no remove is given'), [[OVERTAKEN, because], [OWN_TAG, because]])
})

/** A service and requests to it. */
async function raced (test: { teardown: (done: () => unknown) => void }): Promise<{ resource: Resource, put: (tag: string) => (mark: object) => Promise<Exchange> }> {
  const { app, route } = await serve()
  test.teardown(() => app.close())
  const resource = new Resource(route, senderTo(app))
  const shown = await resource.show()
  return { resource, put: tag => mark => resource.write(shown, { 'if-match': tag, ...mark }) }
}

t.test('those who race are let go together, and it is told whether they waited', async t => {
  const { resource, put } = await raced(t)
  const { etag } = await resource.show()
  const { exchanges, held } = await raceOf([put(etag), put('"0"'), put(etag)])
  t.equal(held, true)
  t.same(exchanges.map(({ came: { status } }) => status).toSorted(), [200, 412, 412])
  t.equal((await raceOf([put('"0"'), put('"0"')])).held, false, 'nobody came so far')
})

t.test('a race in which a request fails ends when the others are answered, and leaves nobody waiting', async t => {
  const { resource, put } = await raced(t)
  const { etag } = await resource.show()
  let answered = 0
  const counted = async (mark: object): Promise<Exchange> => {
    const exchange = await put(etag)(mark)
    answered++
    return exchange
  }
  await t.rejects(raceOf([counted, async () => { throw new Error('no answer') }, async () => { throw new Error('no answer either') }, counted]), { message: 'no answer' })
  t.equal(answered, 2)
  await t.rejects(raceOf([counted, () => { throw new Error('not sent') }, counted]), { message: 'not sent' })
  t.equal(answered, 3)
})

t.test('a write that comes between is no fault where it is refused', async t => {
  const { resource } = await raced(t)
  const shown = await resource.show()
  t.equal(await endOf(comeBetween(resource, shown)), 'holds')
  t.equal(await endOf(comeBetween(resource, shown)), 'not checked: nobody can come between: while one waits, the next write is answered by 412')
})

t.test('a body that is refused is at fault itself, and no race', async t => {
  let writes = 0
  const report = await reportOf({
    prepare: app => {
      app.addHook('onRequest', async (request, reply) => { if (request.method === 'PUT' && ++writes > 3) return reply.code(400).send() })
      app.addHook('onResponse', async request => { if (request.method === 'PUT') writes-- })
    }
  }, { remove: undefined, create: undefined })
  t.same(report.faults, ['write-failed'])
})
