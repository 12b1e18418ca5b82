import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { defineEtag, type EtagPluginOptions } from '../lib/index.js'
import { meetingOf } from './meeting.js'

interface Row { id: number, value: number, version: number }
type Input = Array<Pick<Row, 'id' | 'value'>>

/** Rows in memory, written by one statement that compares all versions and changes all rows or none. */
class Rows {
  #rows: Row[] = [{ id: 1, value: 11, version: 1 }, { id: 2, value: 22, version: 5 }, { id: 3, value: 33, version: 1 }]
  loads: string[] = []

  list (order: 'id' | '-id' = 'id', limit = 2): Row[] {
    const rows = this.#rows.map(row => ({ ...row })).slice(0, limit)
    return order === 'id' ? rows : rows.reverse()
  }

  all (): Row[] {
    return this.list('id', Infinity)
  }

  async update (input: Input, versions: readonly number[]): Promise<Row[] | null> {
    const found = input.map(({ id }) => this.#rows.find(row => row.id === id))
    if (found.some((row, at) => row?.version !== versions[at])) return null
    for (const [at, row] of found.entries()) Object.assign(row!, input[at], { version: row!.version + 1 })
    // in the order of the table
    return this.#rows.filter(row => found.includes(row)).map(row => ({ ...row }))
  }

  move (id: number): void {
    const row = this.#rows.find(row => row.id === id)!
    row.value = 99
    row.version++
  }

  add (row: Row): void {
    this.#rows.unshift(row)
  }

  remove (ids: readonly number[]): Row[] {
    const removed = this.#rows.filter(({ id }) => ids.includes(id))
    this.#rows = this.#rows.filter(({ id }) => !ids.includes(id))
    return removed
  }
}

interface Built { readonly app: FastifyInstance, readonly rows: Rows, readonly warnings: string[] }
type Query = FastifyRequest<{ Querystring: { order?: 'id' | '-id', limit?: string } }>

async function build (options: EtagPluginOptions = {}, beforeWrite: () => unknown = () => {}): Promise<Built> {
  const warnings: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { warnings.push(JSON.parse(line).msg) } } } })
  const rows = new Rows()
  await app.register(etagPlugin, { policy: 'REQUIRED', ...options })
  const list = defineEtag({
    source: { members: 'version' },
    load: async (request: FastifyRequest) => {
      rows.loads.push(request.method)
      if (request.method !== 'GET') return rows.all()
      const { order, limit } = (request as Query).query
      return rows.list(order, Number(limit ?? 2))
    }
  })
  const config = { etag: list }
  app.get('/rows', { config }, request => list.of(request).load())
  for (const method of ['PUT', 'PATCH']) {
    app.route<{ Body: Input }>({
      method,
      url: '/rows',
      config,
      handler: request => list.of(request).guard(async ({ version }) => {
        await beforeWrite()
        return rows.update(request.body, version)
      })
    })
  }
  app.delete('/rows', { config }, async (request, reply) => {
    await list.of(request).guard(async ({ current }) => rows.remove(current.map(({ id }) => id)))
    return reply.code(204).send()
  })
  return { app, rows, warnings }
}

const tagOf = async (app: FastifyInstance, url = '/rows'): Promise<string> => (await app.inject(url)).headers.etag as string

function put (app: FastifyInstance, body: unknown, ifMatch?: string, method: 'PUT' | 'PATCH' = 'PUT'): Promise<LightMyRequestResponse> {
  return app.inject({ method, url: '/rows', payload: body as object, headers: { 'content-type': 'application/json', ...(ifMatch !== undefined && { 'if-match': ifMatch }) } })
}

const changed: Input = [{ id: 1, value: 33 }, { id: 2, value: 22 }]

t.test('a list has a tag of what it returns, however it is filtered, sorted or paged, and is 304 for it', async t => {
  const { app, rows } = await build()
  const urls = ['/rows', '/rows?order=-id', '/rows?limit=1', '/rows?limit=3', '/rows?limit=0']
  const tags = await Promise.all(urls.map(url => tagOf(app, url)))
  t.equal(new Set(tags).size, urls.length)
  for (const [at, url] of urls.entries()) {
    const headers = { 'if-none-match': tags[at] }
    t.equal((await app.inject({ url, headers })).statusCode, 304, url)
  }
  rows.move(2)
  for (const [at, url] of urls.entries()) {
    const shows = !['/rows?limit=1', '/rows?limit=0'].includes(url)
    t.equal((await app.inject({ url, headers: { 'if-none-match': tags[at] } })).statusCode, shows ? 200 : 304, url)
  }
})

t.test('a list without load is labelled by what is sent, in an envelope too', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const rows = [{ id: 1, version: 1 }, { id: 2, version: 5 }]
  app.get('/list', { config: { etag: { source: { members: 'version' } } } }, async () => rows)
  app.get('/page', { config: { etag: { source: { members: 'version', at: 'items' } } } }, async () => ({ total: 9, items: rows }))
  const tag = await tagOf(app, '/list')
  t.equal(await tagOf(app, '/page'), tag)
  for (const url of ['/list', '/page']) t.equal((await app.inject({ url, headers: { 'if-none-match': tag } })).statusCode, 304)
})

for (const method of ['PUT', 'PATCH'] as const) {
  t.test(`${method} with the tag of the list writes all its members and answers with the new list and its new tag`, async t => {
    const { app, rows, warnings } = await build()
    const before = await tagOf(app)
    const response = await put(app, changed, before, method)
    t.equal(response.statusCode, 200)
    t.strictSame(response.json(), [{ id: 1, value: 33, version: 2 }, { id: 2, value: 22, version: 6 }])
    t.not(response.headers.etag, before)
    t.equal(response.headers.etag, await tagOf(app))
    t.equal((await put(app, changed, response.headers.etag as string, method)).statusCode, 200)
    t.strictSame(rows.list().map(({ version }) => version), [3, 7])
    t.strictSame(warnings, [])
  })

  t.test(`${method} of a list that another one changed is 412 with the tag that it has now, and writes nothing`, async t => {
    const { app, rows } = await build()
    const before = await tagOf(app)
    rows.move(2)
    const response = await put(app, changed, before, method)
    t.equal(response.statusCode, 412)
    t.match(response.json(), { reason: 'changed', field: 'If-Match', currentEtag: await tagOf(app) })
    t.equal(response.headers.etag, await tagOf(app))
    t.strictSame(rows.list(), [{ id: 1, value: 11, version: 1 }, { id: 2, value: 99, version: 6 }])
    t.equal((await put(app, changed, response.headers.etag as string, method)).statusCode, 200, 'the tag of the 412 is the one to retry with')
  })
}

t.test('other ids, another order, another count or an id that is nowhere are 412 with the tag of these ids, and write nothing', async t => {
  const { app, rows } = await build()
  const tag = await tagOf(app)
  const value = 0
  const bodies: ReadonlyArray<readonly [body: Input, url: string | undefined]> = [
    [[{ id: 2, value }, { id: 1, value }], '/rows?order=-id'],
    [[{ id: 1, value }], '/rows?limit=1'],
    [[{ id: 1, value }, { id: 2, value }, { id: 3, value }], '/rows?limit=3'],
    [[{ id: 1, value }, { id: 3, value }], undefined],
    [[{ id: 1, value }, { id: 2, value }, { id: 4, value }], '/rows'],
    [[{ id: 4, value }], '/rows?limit=0'],
    [[], '/rows?limit=0']
  ]
  for (const [body, url] of bodies) {
    const response = await put(app, body, tag)
    t.equal(response.statusCode, 412, JSON.stringify(body))
    if (url !== undefined) t.equal(response.headers.etag, await tagOf(app, url), JSON.stringify(body))
  }
  t.strictSame(rows.all().map(({ value }) => value), [11, 22, 33])

  const missing = [{ id: 1, value }, { id: 2, value }, { id: 4, value }]
  t.equal((await put(app, missing, '*')).statusCode, 412, 'nor does an asterisk name what is not there')
  t.equal((await put(app, [{ id: 4, value }], await tagOf(app, '/rows?limit=0'))).statusCode, 412, 'nor the tag of no members')
  const unconditional = await put(app, missing)
  t.equal(unconditional.statusCode, 404)
  t.match(unconditional.json(), { detail: 'Not all that the body names was found at /rows.', code: 'FST_ETAG_NOT_FOUND' })
  t.equal((await put(app, changed)).statusCode, 428)
  t.equal((await put(app, changed.toReversed(), await tagOf(app, '/rows?order=-id'))).statusCode, 200)
})

t.test('a body that does not name its members is 400, whatever the policy and the conditions', async t => {
  for (const policy of ['REQUIRED', 'OPTIONAL'] as const) {
    const { app, rows } = await build({ policy })
    const tag = await tagOf(app)
    rows.loads = []
    for (const body of [{}, [{ value: 1 }], [{ id: 1, value: 0 }, { id: 1, value: 1 }], [{ id: 1, value: 0 }, { id: '1', value: 1 }]]) {
      for (const ifMatch of [undefined, tag]) {
        const response = await put(app, body, ifMatch)
        t.equal(response.statusCode, 400, JSON.stringify(body))
        t.match(response.json(), { code: 'FST_ETAG_INVALID_MEMBERS', title: 'Bad Request', instance: '/rows' })
        t.equal(response.headers.etag, undefined)
      }
    }
    t.equal((await app.inject({ method: 'PUT', url: '/rows', headers: { 'if-match': tag } })).statusCode, 400, 'no body at all')
    t.strictSame(rows.loads, [], 'nothing was loaded for it')
    t.strictSame(rows.all().map(({ value }) => value), [11, 22, 33])
  }
})

t.test('of two writers who were checked together one wins, and the other is 412 with the new tag', async t => {
  const met = meetingOf(2)
  const { app, rows } = await build({}, met)
  const tag = await tagOf(app)
  const answers = await Promise.all([7, 8].map(value => put(app, [{ id: 1, value }, { id: 2, value }], tag)))
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 412])
  const won = answers.find(({ statusCode }) => statusCode === 200)!
  const lost = answers.find(({ statusCode }) => statusCode === 412)!
  t.equal(lost.headers.etag, won.headers.etag)
  t.strictSame(rows.list(), won.json())
})

t.test('writers of lists that overlap: who comes second without a field is written from the state of the first', async t => {
  const met = meetingOf(2)
  const { app, rows } = await build({ policy: 'OPTIONAL' }, met)
  const answers = await Promise.all([put(app, [{ id: 1, value: 7 }, { id: 2, value: 7 }]), put(app, [{ id: 3, value: 8 }, { id: 2, value: 8 }])])
  t.strictSame(answers.map(({ statusCode }) => statusCode), [200, 200])
  t.strictSame(rows.all().map(({ version }) => version), [2, 7, 2])
})

async function writing (t: Test, result: unknown): Promise<LightMyRequestResponse> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(etagPlugin)
  app.put('/rows', { config: { etag: { source: { members: 'version' }, load: () => [{ id: 1, version: 1 }, { id: 2, version: 5 }] } } },
    request => request.precondition.guard(async () => result as object | null))
  return put(app, changed)
}

t.test('a callback that shows only some of the members, or none, has not written the list', async t => {
  for (const result of [[{ id: 1, version: 2 }], [{ id: 1, version: 2 }, { id: 3, version: 6 }], { rowCount: 1, command: 'UPDATE' }, true]) {
    const response = await writing(t, result)
    t.match(response.json(), { statusCode: 500, code: 'FST_ETAG_UNCLEAR_RESULT' }, JSON.stringify(result))
    t.equal(response.headers.etag, undefined)
  }
  for (const result of [null, [], 0]) t.equal((await writing(t, result)).statusCode, 404, 'nothing was written though no version moved')
})

t.test('what load returns for a list must be one, with ids and versions, or the server is at fault and nothing is written', async t => {
  for (const [loaded, withTag] of [[{}, 500], ['rows', 500], [[{ version: 1 }], 500], [[{ id: 1 }, { id: 2 }], 412]] as const) {
    const app = Fastify()
    await app.register(etagPlugin)
    let wrote = false
    app.put('/rows', { config: { etag: { source: { members: 'version' }, load: () => loaded } } },
      request => request.precondition.guard(async () => { wrote = true; return [] }))
    t.equal((await put(app, changed)).statusCode, 500, JSON.stringify(loaded))
    t.equal((await put(app, changed, '"x"')).statusCode, withTag, JSON.stringify(loaded))
    t.equal(wrote, false)
  }
})

t.test('a DELETE without a body removes the list as it was checked; with one, the members that it names', async t => {
  const { app, rows } = await build()
  const whole = await tagOf(app, '/rows?limit=3')
  t.equal((await app.inject({ method: 'DELETE', url: '/rows' })).statusCode, 428)
  t.equal((await app.inject({ method: 'DELETE', url: '/rows', headers: { 'if-match': await tagOf(app) } })).statusCode, 412)
  t.equal((await app.inject({ method: 'DELETE', url: '/rows', payload: [{ id: 1 }], headers: { 'if-match': await tagOf(app, '/rows?limit=1') } })).statusCode, 204)
  t.strictSame(rows.all().map(({ id }) => id), [2, 3])
  t.equal((await app.inject({ method: 'DELETE', url: '/rows', headers: { 'if-match': whole } })).statusCode, 412)
  t.equal((await app.inject({ method: 'DELETE', url: '/rows', headers: { 'if-match': await tagOf(app) } })).statusCode, 204)
  t.strictSame(rows.all(), [])
  t.equal((await app.inject('/rows')).statusCode, 200, 'a list of none is there')
  t.match(await tagOf(app), /^"[^"]+"$/)
})

t.test('members carry their own tag in the body, which is the one that a write of the member compares', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const row = { id: 7, version: 3 }
  const one = defineEtag({ source: 'version', load: () => row })
  app.get('/rows', { config: { etag: { source: { members: 'version' } } } }, async () => [{ ...row, etag: one.tag(row) }])
  app.put('/rows/7', { config: { etag: one } }, request => one.of(request).guard(async () => ({ ...row, version: 4 })))
  const [{ etag }] = (await app.inject('/rows')).json()
  t.equal((await app.inject({ method: 'PUT', url: '/rows/7', headers: { 'if-match': etag } })).statusCode, 200)
})

t.test('a function that names members finds a version in anything, so the list that was loaded labels its answer', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const rows = [{ id: 1, rev: 'v1', content: { rev: 'mine' } }]
  const list = defineEtag({ source: { members: (row: { rev: string }) => row.rev }, load: () => rows })
  app.get('/rows', { config: { etag: list } }, async request => {
    await list.of(request).load()
    return rows.map(({ id, content }) => ({ ...content, id }))
  })
  app.put<{ Body: Input }>('/rows', { config: { etag: list } }, request => list.of(request).guard(async () => [{ id: 1, rev: 'v2', content: { rev: 'mine' } }]))
  const tag = await tagOf(app)
  t.equal((await app.inject({ url: '/rows', headers: { 'if-none-match': tag } })).statusCode, 304)
  const written = await put(app, [{ id: 1, value: 0 }], tag)
  t.equal(written.statusCode, 200)
  t.match(written.headers.etag, /^"[A-Za-z0-9_-]{43}"$/)
  t.not(written.headers.etag, tag)
})

t.test('what a hook loads before the body is known to be about its members is seen anew', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', unguarded: 'error' })
  const store = new Rows()
  // one shop; the members of another are in the same table
  const list = defineEtag({ source: { members: 'version' }, load: () => store.all().filter(({ id }) => id !== 3) })
  const config = { etag: list }
  const preHandler = async (request: FastifyRequest): Promise<void> => { await list.of(request).load() }
  app.get('/rows', { config, preHandler }, request => list.of(request).load())
  app.put<{ Body: Input }>('/rows', { config, preHandler }, request => list.of(request).guard(({ version }) => store.update(request.body, version)))
  const tag = await tagOf(app)
  for (const body of [[{ id: 3, value: 0 }], [{ id: 3, value: 0 }, { id: 2, value: 0 }], [{ id: 2, value: 0 }, { id: 1, value: 0 }]]) {
    t.equal((await put(app, body, tag)).statusCode, 412, JSON.stringify(body))
  }
  t.strictSame(store.all().map(({ value }) => value), [11, 22, 33])
  t.equal((await put(app, changed, tag)).statusCode, 200)
})

t.test('a read is labelled by the list that is sent, and by the one that was loaded only where that is shown', async t => {
  const warnings: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { warnings.push(JSON.parse(line).msg) } } } })
  await app.register(etagPlugin)
  const store = new Rows()
  const list = defineEtag({ source: { members: 'version' }, load: () => store.list('id', 3) })
  const config = { etag: list }
  const get = (url: string, send: (rows: Row[]) => unknown): void => { app.get(url, { config }, async request => send(await list.of(request).load())) }
  get('/rows', rows => rows)
  get('/reversed', rows => rows.reverse())
  get('/part', rows => rows.slice(1))
  get('/views', rows => rows.map(({ id, value }) => ({ id, value })))
  get('/part-of-views', rows => rows.slice(1).map(({ id, value }) => ({ id, value })))
  get('/wrapped', rows => ({ rows }))
  app.put<{ Body: Input }>('/rows', { config }, request => list.of(request).guard(({ version }) => store.update(request.body, version)))
  const [rows, reversed, part, views, partOfViews, wrapped] = await Promise.all(
    ['/rows', '/reversed', '/part', '/views', '/part-of-views', '/wrapped'].map(url => tagOf(app, url)))
  t.equal(new Set([rows, reversed, part]).size, 3)
  t.equal(views, rows)
  t.equal(partOfViews, undefined)
  t.equal(wrapped, undefined)
  t.strictSame(warnings, Array(2).fill('An answer goes out without an ETag: no version was found in it'))
  const value = 0
  t.equal((await put(app, [{ id: 3, value }, { id: 2, value }, { id: 1, value }], reversed)).statusCode, 200, 'as it was read it can be written')
})

t.test('of a list that is only partly there load and expected give nothing, since its versions would stand beside other members', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  const store = new Rows()
  const list = defineEtag({ source: { members: 'version' }, load: () => store.all() })
  const given: unknown[] = []
  app.put('/rows', { config: { etag: list } }, async request => { given.push(await list.of(request).load()) })
  app.patch('/rows', { config: { etag: list } }, async request => {
    await list.of(request).load().catch(() => {})
    given.push(list.of(request).expected.version)
  })
  const body = [{ id: 9, value: 0 }, { id: 1, value: 0 }]
  for (const method of ['PUT', 'PATCH'] as const) t.match((await put(app, body, undefined, method)).json(), { status: 404, reason: 'absent' }, method)
  t.strictSame(given, [])
  t.equal((await put(app, [{ id: 2, value: 0 }, { id: 1, value: 0 }], undefined, 'PATCH')).statusCode, 200)
  t.strictSame(given, [[5, 1]])
})

t.test('a count of rows says that all were written, where it is that of the members', async t => {
  t.equal((await writing(t, 2)).statusCode, 200)
  t.match((await writing(t, 1)).json(), { code: 'FST_ETAG_UNCLEAR_RESULT' })
})

t.test('what a POST adds is no list, whatever its guard returns', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.post('/rows', { config: { etag: { source: { members: 'version' }, load: () => [{ id: 1, version: 1 }] } } }, async (request, reply) => {
    const [row] = await request.precondition.guard(async () => [{ id: 2, version: 1 }])
    return reply.code(201).send(row)
  })
  const response = await app.inject({ method: 'POST', url: '/rows', payload: {} })
  t.equal(response.statusCode, 201)
  t.equal(response.headers.etag, undefined)
})

t.test('PUT of no members writes none, and reports nothing', async t => {
  const { app, warnings } = await build()
  const none = await tagOf(app, '/rows?limit=0')
  const response = await put(app, [], none)
  t.equal(response.statusCode, 200)
  t.equal(response.headers.etag, none)
  t.strictSame(warnings, [])
})

t.test('a bulk write whose policy is waived says why in its decision, and cannot be asked to check', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { policy: 'REQUIRED', checkEtagParam: true, unguarded: 'error' })
  let decision: unknown
  await app.register(async scope => {
    await scope.register(etagPlugin, { source: { members: 'version' } })
    scope.put('/appends', { config: { etag: { bulk: { waive: 'each entry is an append' } } } }, async () => ({ added: 1 }))
  })
  app.patch('/rows', { config: { etag: { bulk: { waive: 'each entry is an append' } } } }, async request => {
    decision = request.precondition.decision
    return { added: 2 }
  })
  t.equal((await app.inject({ method: 'PUT', url: '/appends', payload: { any: 'body' } })).statusCode, 200, 'its body is no list')
  t.equal((await app.inject({ method: 'PATCH', url: '/rows' })).statusCode, 200)
  t.match(decision, { waived: 'each entry is an append', policy: 'OPTIONAL', level: 'route' })
  const asked = await app.inject({ method: 'PATCH', url: '/rows?checkEtag' })
  t.match(asked.json(), { status: 428, level: 'request', reason: 'unevaluable', detail: /it can be sent without checkEtag alone/ })
  t.equal((await app.inject({ method: 'PATCH', url: '/rows?checkEtag', headers: { 'if-match': '"1"' } })).statusCode, 412)
})
