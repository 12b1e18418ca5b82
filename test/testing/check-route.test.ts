import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { CHECKPOINTS } from '../../lib/checkpoint.js'
import { DECISIONS } from '../../lib/hooks/announce.js'
import { checkRoute } from '../../lib/testing/check-route.js'
import { RouteError } from '../../lib/testing/report.js'
import { findEach, guardedPut, notChecked, passEach, reportOf, reportOn, serve, type Planted, type Row } from './planted.js'
import type { RouteUnderTest } from '../../lib/testing/resource.js'

const digest = (...parts: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

t.test('a service without a fault passes every check', async t => {
  const report = await reportOf({})
  t.same(report.checks.filter(({ outcome }) => outcome !== 'holds'), [])
  t.ok(report.checks.length >= 16)
  t.same(report.faults, [])
})

// the twelve of issue 5
findEach(t, [
  ['a write whose callback compares no version', 'naive-write', {
    put: (precondition, table, id, text) => precondition.guard(() => table.update(id, text, () => true), { create: () => table.insert(id, text) })
  }],
  ['a version that is compared ahead of the statement, as in a sub-select', 'condition-elsewhere', {
    put: (precondition, table, id, text) => precondition.guard(async ({ version }) => {
      const row = await table.find(id)
      return row?.version === version ? table.update(id, text, () => true) : null
    }, { create: () => table.insert(id, text) })
  }],
  ['a version that is not moved', 'version-not-moved', {
    put: (precondition, table, id, text) => precondition.guard(({ version }) =>
      table.update(id, text, row => row.version === version, row => row.version), { create: () => table.insert(id, text) })
  }],
  ['a version that is the second of the clock', 'version-by-clock', {
    put: (precondition, table, id, text) => precondition.guard(({ version }) =>
      table.update(id, text, row => row.version === version, () => Math.floor(Date.now() / 1000)), { create: () => table.insert(id, text) })
  }],
  ['a tag that is read after the body', 'tag-after-body', {
    get: async (precondition, table, request) => {
      const row = await precondition.load()
      const { version } = (await table.find(request.params.id))!
      return { ...row, version }
    }
  }],
  ['a tag that is read again after the write', 'tag-reloaded', {
    put: async (precondition, table, id, text, reply) => {
      const row = await precondition.guard(({ version }) => table.update(id, text, row => row.version === version), { create: () => table.insert(id, text) })
      reply.validators(await table.find(id))
      return row
    }
  }],
  ['a guard that is forgotten', 'unguarded', {
    put: (precondition, table, id, text) => precondition.current === null
      ? precondition.guard(async () => null, { create: () => table.insert(id, text) })
      : table.update(id, text, () => true)
  }],
  ['a DELETE whose callback compares no version', 'remove-unguarded', {
    remove: (precondition, table, id) => precondition.guard(() => table.remove(id, () => true))
  }],
  ['a create that writes over what is there', 'upsert', {
    put: (precondition, table, id, text) => precondition.guard(({ version }) => table.update(id, text, row => row.version === version), { create: async () => table.upsert(id, text) })
  }],
  ['an answer that is labelled with the version before', 'old-label', {
    put: async (precondition, table, id, text, reply) => {
      reply.validators(precondition.current)
      return precondition.guard(({ version }) => table.update(id, text, row => row.version === version), { create: () => table.insert(id, text) })
    }
  }],
  ['a digest over another projection than the one that is read', 'other-projection', {
    etag: { source: (row: { text: string, version: number, id?: string }, request: { method: string }) => request.method === 'GET' ? digest(row.text) : digest(row.text, row.version) }
  }],
  ['a policy that one method is not under', 'policy-missing', { removeEtag: false }]
])

t.test('the report of a service without a fault', async t => {
  const { app, route } = await serve()
  t.teardown(() => app.close())
  t.equal(String(await checkRoute(app, route)), [
    'ok   a read carries a tag',
    'ok   a read that names its tag is 304, with the tag',
    'ok   a write that names the tag of the read is done, and moves the tag',
    'ok   a tag that was moved on from never comes back, however quickly one write follows another',
    'ok   the answer to a write carries the tag that the next read gives',
    'ok   the handler of a write guards it',
    'ok   a write that names an old tag is 412 with the current one, and changes nothing',
    'ok   a write that names no version is answered as the policy says',
    'ok   a write that is overtaken between its check and its writing is 412',
    'ok   of writers who hold one tag and write at the same moment exactly one wins',
    'ok   of writers who come late together none changes anything',
    'ok   the answer to a write carries its own tag, though another write follows at once',
    'ok   a read carries the tag of its body, though a write comes between',
    'ok   of reads and writes at once no tag names two states',
    'ok   of clients who create at the same moment exactly one does, and the others are 412',
    'ok   a DELETE that names no version is answered as the policy says',
    'ok   a DELETE that names an old tag is 412, and removes nothing',
    'ok   a DELETE that is overtaken between its check and its writing is 412',
    'ok   of a DELETE and a write that hold one tag exactly one wins'
  ].join('\n'))
})

t.test('the report of a service with a fault is the message of the error', async t => {
  const { app, route } = await serve({ put: (precondition, table, id, text) => precondition.guard(() => table.update(id, text, () => true), { create: () => table.insert(id, text) }) })
  t.teardown(() => app.close())
  const error: RouteError = await checkRoute(app, { ...route, remove: undefined }).catch(error => error)
  t.ok(error instanceof RouteError)
  t.same(error.report.faults, ['naive-write'])
  t.equal(error.message, [
    'The route fails 1 of 19 checks',
    'ok   a read carries a tag',
    'ok   a read that names its tag is 304, with the tag',
    'ok   a write that names the tag of the read is done, and moves the tag',
    'ok   a tag that was moved on from never comes back, however quickly one write follows another',
    'ok   the answer to a write carries the tag that the next read gives',
    'ok   the handler of a write guards it',
    'ok   a write that names an old tag is 412 with the current one, and changes nothing',
    'ok   a write that names no version is answered as the policy says',
    'FAIL a write that is overtaken between its check and its writing is 412',
    '       fault:  naive-write',
    '       sent:   PUT /rows/7, If-Match: "15"',
    '       came:   200, ETag: "17"',
    '       means:  A write whose check was over when another one came is done all the same, and the other one is lost: the version is not compared when it is written.',
    '       change: Compare the version in the statement that writes, on the row that it writes: UPDATE … WHERE id = $1 AND version = $2.',
    '-    of writers who hold one tag and write at the same moment exactly one wins (since naive-write)',
    '-    of writers who come late together none changes anything (since naive-write)',
    '-    the answer to a write carries its own tag, though another write follows at once (since naive-write)',
    '-    a read carries the tag of its body, though a write comes between (since naive-write)',
    '-    of reads and writes at once no tag names two states (since naive-write)',
    'ok   of clients who create at the same moment exactly one does, and the others are 412',
    '-    a DELETE that names no version is answered as the policy says (no remove is given)',
    '-    a DELETE that names an old tag is 412, and removes nothing (no remove is given)',
    '-    a DELETE that is overtaken between its check and its writing is 412 (no remove is given)',
    '-    of a DELETE and a write that hold one tag exactly one wins (since naive-write)'
  ].join('\n'))
})

t.test('nobody listens to the service any more when the check is over, however it ends', async t => {
  const { app, route } = await serve()
  t.teardown(() => app.close())
  const isHeard = (): boolean => CHECKPOINTS.hasSubscribers || DECISIONS.hasSubscribers
  await checkRoute(app, { ...route, remove: undefined })
  t.equal(isHeard(), false, 'it passes')
  await t.rejects(checkRoute(app, { ...route, policy: 'OPTIONAL', remove: undefined }), { name: 'RouteError' })
  t.equal(isHeard(), false, 'it fails')
  // each turn of change in its time: ahead of a hold, in one, in a race
  for (let last = 1; last <= 60; last += 2) {
    const change = (_row: unknown, turn: number): object => {
      if (turn >= last) throw new Error(`turn ${turn}`)
      return { text: 'x' }
    }
    await t.rejects(checkRoute(app, { ...route, change, remove: undefined }), { message: /^turn / })
    t.equal(isHeard(), false, `change throws in turn ${last}`)
  }
})

t.test('a request that fails in the middle of a check ends it when the others are answered, and leaves nobody waiting', async t => {
  const { app, route } = await serve()
  t.teardown(() => app.close())
  for (const last of [20, 40, 60, 80, 100, 120, 140, 200, 300]) {
    let sent = 0
    let unanswered = 0
    const breaking = {
      async inject (options: any) {
        if (++sent === last) throw new Error('gone')
        unanswered++
        try {
          return await app.inject(options)
        } finally {
          unanswered--
        }
      }
    }
    await t.rejects(checkRoute(breaking, { ...route, remove: undefined }), { message: 'gone' })
    t.equal(CHECKPOINTS.hasSubscribers, false)
    t.equal(unanswered, 0, `all that was sent is answered, where request ${last} is not`)
  }
})

const FINE: RouteUnderTest = { read: '/rows/7', write: '/rows/7', change: row => row }
const OPTIONS = 'read, write, remove, create, change, policy, missing, answer, headers, writers'

const WRONG: ReadonlyArray<readonly [what: string, more: object, message: string]> = [
  ['no read', { read: undefined }, 'read must be a url, or an object with one'],
  ['a read that is null', { read: null }, 'read must be a url, or an object with one'],
  ['a read that is no url', { read: 'rows/7' }, 'read must be a url, or an object with one'],
  ['a read without a url', { read: { method: 'GET' } }, 'read must be a url, or an object with one'],
  ['a write that is a number', { write: 7 }, 'write must be a url, or an object with one'],
  ['a method that is empty', { write: { url: '/rows/7', method: '' } }, 'write must be a url, or an object with one'],
  ['fields of a write that are no text', { write: { url: '/rows/7', headers: { 'x-own': 1 } } }, 'write must be a url, or an object with one'],
  ['a remove that is true', { remove: true }, 'remove must be a url, or an object with one'],
  ['a create that has no body', { create: '/rows/8' }, 'create must be an object with url and body, or a function that returns one'],
  ['a create that is null', { create: null }, 'create must be an object with url and body, or a function that returns one'],
  ['no change', { change: undefined }, 'change must be a function that makes the body of a write from what was read'],
  ['a change that is a body', { change: {} }, 'change must be a function that makes the body of a write from what was read'],
  ['a policy that there is not', { policy: 'required' }, "policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL'"],
  ['another status', { missing: 400 }, 'missing must be 428 or 409'],
  ['an answer that is a text', { answer: 'no' }, 'answer must be a boolean'],
  ['fields that are a list', { headers: [['authorization', 'x']] }, 'headers must be an object of header fields, each a text'],
  ['fields that are null', { headers: null }, 'headers must be an object of header fields, each a text'],
  ['one writer', { writers: 1 }, 'writers must be a whole number from 2 on'],
  ['half a writer', { writers: 2.5 }, 'writers must be a whole number from 2 on'],
  ['an option that is misspelt', { delete: '/rows/7' }, `there is no option delete; the options are ${OPTIONS}`],
  ['an option that every object has', JSON.parse('{ "constructor": 1 }'), `there is no option constructor; the options are ${OPTIONS}`]
]

t.test('a wrong option is refused by name before any request is sent', async t => {
  const target = { inject: async () => t.fail('a request is sent') as never }
  for (const [what, more, message] of WRONG) {
    await t.rejects(checkRoute(target, { ...FINE, ...more } as RouteUnderTest), { name: 'TypeError', message: `checkRoute: ${message}` }, what)
  }
  for (const route of [undefined, null, '/rows/7', 7]) {
    await t.rejects(checkRoute(target, route as any), { name: 'TypeError', message: 'checkRoute: expected { read, write, change } second' })
  }
})

t.test('a target that cannot be sent anything is refused before any request is sent', async t => {
  for (const target of [undefined, null, {}, 7, '', '/rows', 'localhost:3000', 'ftp://localhost', 'http://', Fastify]) {
    await t.rejects(checkRoute(target as any, FINE), { name: 'TypeError', message: 'checkRoute: expected a Fastify instance or a base URL, as http://localhost:3000, first' }, String(target).slice(0, 20))
  }
})

/** The base URL of a service of this process. */
async function baseOf (app: FastifyInstance): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 })
}

t.test('over the base URL of this process everything is checked', async t => {
  const { app, route } = await serve()
  t.teardown(() => app.close())
  const report = await reportOn(await baseOf(app), route)
  t.same(report.faults, [], String(report))
  t.same(notChecked(report), [])
})

/** The base URL of a service of another process. */
async function elsewhere (test: { teardown: (done: () => unknown) => void }, name: 'healthy' | 'naive'): Promise<string> {
  const child = fork(path.join(__dirname, 'planted-process.ts'), [name])
  test.teardown(() => { child.kill() })
  const [base] = await once(child, 'message')
  return base as string
}

const OF_ROWS: RouteUnderTest = {
  read: '/rows/7',
  write: '/rows/7',
  remove: '/rows/7',
  create: turn => ({ url: `/rows/new-${turn}`, body: { text: 'created' } }),
  change: (row, turn) => ({ text: `${row.id}, turn ${turn}` })
}

t.test('over the base URL of another process what only a wait can show is not checked, and the rest passes', async t => {
  const report = await reportOn(await elsewhere(t, 'healthy'), OF_ROWS)
  t.same(report.faults, [], String(report))
  const only = 'only what a Fastify instance of this process serves, on a route with config.etag'
  t.same(notChecked(report), [
    ['the handler of a write guards it', `${only}, can be made to wait`],
    ['a write that is overtaken between its check and its writing is 412', `${only}, can be made to wait`],
    ['the answer to a write carries its own tag, though another write follows at once', `${only}, whose handler writes by guard(), can be made to wait`],
    ['a read carries the tag of its body, though a write comes between', `${only}, whose handler reads by load(), can be made to wait`],
    ['a DELETE that is overtaken between its check and its writing is 412', `${only}, can be made to wait`]
  ])
})

t.test('over the base URL of another process a write that compares no version is found by writers who meet', async t => {
  const report = await reportOn(await elsewhere(t, 'naive'), OF_ROWS)
  t.same(report.faults, ['two-winners'], String(report))
})

const isAllowed = (request: FastifyRequest): boolean => request.headers.authorization === 'Bearer 1'

const SERVICES: ReadonlyArray<readonly [name: string, planted: Planted, more?: Partial<RouteUnderTest>]> = [
  ['a service that asks for authorisation', {
    prepare: app => { app.addHook('onRequest', async (request, reply) => isAllowed(request) ? undefined : reply.code(401).send()) }
  }, { headers: { Authorization: 'Bearer 1' } }],
  ['a service that decides before it reads the body', { options: { at: 'onRequest' } }],
  ['a service under a prefix', { prefix: '/api' }, {
    read: '/api/rows/7', write: '/api/rows/7', remove: '/api/rows/7', create: turn => ({ url: `/api/rows/${turn}`, body: { text: 'made' } })
  }],
  ['a service whose schemas are closed', { schema: { headers: { type: 'object', properties: { 'if-match': { type: 'string' } }, additionalProperties: false } } }],
  ['a service that writes by PATCH', {}, { write: { url: '/rows/7', method: 'PATCH' } }],
  ['a service that reads and writes text', {
    prepare: (app, table) => {
      app.addHook('preHandler', async request => { if (typeof request.body === 'string') request.body = { text: request.body } })
      app.addHook('preSerialization', async (_request, reply, payload) => { reply.type('text/plain').serializer((row: Row) => row.text); return payload })
    }
  }, { change: (text: string, turn: number) => `${text.slice(0, 5)} ${turn}`, create: turn => ({ url: `/rows/${turn}`, body: 'made' }) }]
]

passEach(t, SERVICES)

t.test('each of them passes over HTTP too', async t => {
  for (const [name, planted, more] of SERVICES) {
    const { app, route } = await serve(planted)
    const report = await reportOn(await baseOf(app), { ...route, ...more })
    t.same(report.faults, [], `${name}: ${report}`)
    t.same(notChecked(report), [], name)
    await app.close()
  }
})

t.test('an application that is not ready yet is made ready', async t => {
  const { app, route } = await serve()
  let isReady = false
  app.addHook('onReady', async () => { isReady = true })
  t.teardown(() => app.close())
  t.equal(isReady, false)
  await checkRoute(app, route)
  t.equal(isReady, true)
})

t.test('routes that are checked at the same time do not disturb each other', async t => {
  const reports = await Promise.all([
    reportOf({}), reportOf({ put: (precondition, table, id, text) => precondition.current === null ? guardedPut(precondition, table, id, text) : table.update(id, text, () => true) }), reportOf({})
  ])
  t.same(reports.map(({ faults }) => faults), [[], ['unguarded'], []])
})
