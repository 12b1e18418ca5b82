import { request } from 'node:http'
import t from 'tap'
import { documentApp } from './document-app.js'

const READS = ['GET', 'HEAD'] as const
const WRITES = ['PUT', 'PATCH', 'DELETE'] as const

/** What leads to an answer without the method, for each method that it can come to. */
const table = [
  { status: 304, methods: READS, headers: { 'if-none-match': '"1"' } },
  { status: 304, methods: READS, headers: { 'if-none-match': '*' } },
  { status: 304, methods: READS, headers: { 'if-none-match': 'W/"1"' } },
  { status: 304, methods: READS, headers: { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } },
  { status: 412, methods: READS, headers: { 'if-match': '"0"' } },
  { status: 412, methods: READS, headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' } },
  { status: 412, methods: WRITES, headers: { 'if-match': '"0"' } },
  { status: 412, methods: WRITES, headers: { 'if-match': 'W/"1"' } },
  { status: 412, methods: WRITES, headers: { 'if-match': '' } },
  { status: 412, methods: WRITES, headers: { 'if-none-match': '"1"' } },
  { status: 412, methods: WRITES, headers: { 'if-none-match': '*' } },
  { status: 412, methods: WRITES, headers: { 'if-match': '"1"', 'if-none-match': '"1"' } },
  { status: 412, methods: WRITES, headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' } },
  { status: 428, methods: WRITES, headers: {} },
  { status: 428, methods: WRITES, headers: { 'if-match': '*' } },
  { status: 428, methods: WRITES, headers: { 'if-none-match': '"0"' } },
  { status: 428, methods: WRITES, headers: { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } },
  { status: 428, methods: WRITES, headers: { 'if-unmodified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' } },
  { status: 428, methods: WRITES, headers: { 'if-unmodified-since': 'yesterday' } },
  { status: 400, methods: [...READS, ...WRITES], headers: { 'if-match': '1' } },
  { status: 400, methods: WRITES, headers: { 'if-match': '"1"', 'if-none-match': '1' } },
  { status: 404, methods: READS, headers: { 'if-none-match': '"1"' }, id: '8' },
  { status: 404, methods: WRITES, headers: {}, id: '8' },
  { status: 404, methods: WRITES, headers: { 'if-match': '"1"' }, id: '8' },
  { status: 404, methods: WRITES, headers: { 'if-none-match': '*' }, id: '8' }
] as const

for (const { status, methods, headers, id = '7' } of table.map(row => ({ id: undefined, ...row }))) {
  for (const method of methods) {
    t.test(`${method} ${id} with ${JSON.stringify(headers)} is ${status}, and its handler never runs`, async t => {
      const { app, rows, runs } = await documentApp()
      const response = await app.inject({
        method,
        url: `/documents/${id}`,
        headers,
        ...(method === 'PUT' || method === 'PATCH' ? { payload: { title: 'second' } } : {})
      })
      t.equal(response.statusCode, status)
      t.equal(runs(), 0)
      t.equal(rows.writes, 0)
      t.ok(rows.reads <= 1, 'one load at most')
    })
  }
}

t.test('a 304 has the validators of the 200, and neither content nor a length or type of it', async t => {
  const { app } = await documentApp()
  for (const method of READS) {
    const whole = await app.inject({ method, url: '/documents/7' })
    const expected = { etag: '"1"', 'last-modified': 'Fri, 02 Jan 2026 03:04:05 GMT', 'cache-control': 'no-cache' }
    for (const [field, value] of Object.entries(expected)) t.equal(whole.headers[field], value, `${method} 200 ${field}`)
    const response = await app.inject({ method, url: '/documents/7', headers: { 'if-none-match': '"1"' } })
    for (const [field, value] of Object.entries(expected)) t.equal(response.headers[field], value, `${method} 304 ${field}`)
    t.equal(response.body, '')
    t.notOk(response.headers['content-length'], method)
    t.notOk(response.headers['content-type'], method)
  }
})

t.test('HEAD says of the representation what GET says', async t => {
  const { app } = await documentApp()
  const [get, head] = await Promise.all(READS.map(method => app.inject({ method, url: '/documents/7' })))
  for (const field of ['etag', 'last-modified', 'cache-control', 'content-type', 'content-length']) {
    t.equal(head!.headers[field], get!.headers[field], field)
  }
  t.equal(head!.body, '')
})

t.test('a refusal carries the tag of the current state, and a 404 or 400 none', async t => {
  const { app, rows } = await documentApp()
  await rows.update('7', 'second', 1)
  const put = { method: 'PUT', url: '/documents/7?secret=1', payload: { title: 'third' } } as const

  const failed = await app.inject({ ...put, headers: { 'if-match': '"1"' } })
  t.equal(failed.headers.etag, '"2"')
  t.equal(failed.headers['content-type'], 'application/problem+json')
  t.same(failed.json(), {
    type: 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md#fst_etag_precondition_failed',
    title: 'Precondition Failed',
    status: 412,
    detail: 'The current version is not the one in If-Match. Read it again, apply your change, and send its ETag.',
    instance: '/documents/7',
    code: 'FST_ETAG_PRECONDITION_FAILED',
    field: 'If-Match',
    reason: 'changed',
    currentEtag: '"2"'
  })

  const required = await app.inject(put)
  t.equal(required.headers.etag, '"2"')
  t.same(required.json(), {
    type: 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md#fst_etag_precondition_required',
    title: 'Precondition Required',
    status: 428,
    detail: 'PUT /documents/7 must name the version that it changes. Read the document and send its ETag in If-Match.',
    instance: '/documents/7',
    code: 'FST_ETAG_PRECONDITION_REQUIRED',
    field: 'If-Match',
    policy: 'REQUIRED',
    level: 'plugin',
    currentEtag: '"2"'
  })

  const invalid = await app.inject({ ...put, headers: { 'if-match': '100' } })
  t.notOk(invalid.headers.etag)
  t.match(invalid.json(), { title: 'Bad Request', status: 400, code: 'FST_ETAG_INVALID_FIELD', field: 'If-Match', detail: /"100"/ })

  const missing = await app.inject({ ...put, url: '/documents/8' })
  t.notOk(missing.headers.etag)
  t.match(missing.json(), { title: 'Not Found', status: 404, code: 'FST_ETAG_NOT_FOUND', instance: '/documents/8' })
})

t.test('a write from an old version is refused and changes nothing', async t => {
  const { app, rows } = await documentApp()
  const write = { method: 'PUT', url: '/documents/7', headers: { 'if-match': '"1"' }, payload: { title: 'second' } } as const
  const first = await app.inject(write)
  t.equal(first.statusCode, 200)
  t.equal(first.headers.etag, '"2"', 'the answer carries the tag of what was written')
  t.equal((await app.inject({ ...write, payload: { title: 'third' } })).statusCode, 412)
  t.match(rows.byId.get('7'), { title: 'second', version: 2 })
})

t.test('two writers who passed the check together: one wins, the other is told the new tag', async t => {
  const { app, rows } = await documentApp()
  // both have read version 1 before either writes
  let waiting = 2
  let open = (): void => {}
  const barrier = new Promise<void>(resolve => { open = resolve })
  const find = rows.find.bind(rows)
  rows.find = async id => {
    const row = await find(id)
    if (--waiting === 0) open()
    if (waiting >= 0) await barrier
    return row
  }
  const write = { method: 'PUT', url: '/documents/7', headers: { 'if-match': '"1"' } } as const
  const responses = await Promise.all(['a', 'b'].map(title => app.inject({ ...write, payload: { title } })))
  t.same(responses.map(({ statusCode }) => statusCode).sort(), [200, 412])
  t.same(responses.map(({ headers }) => headers.etag), ['"2"', '"2"'])
  t.equal(rows.writes, 1)
})

t.test('a DELETE is answered without a tag: what it removed has none any more', async t => {
  const { app, rows } = await documentApp()
  const response = await app.inject({ method: 'DELETE', url: '/documents/7', headers: { 'if-match': '"1"' } })
  t.equal(response.statusCode, 204)
  t.notOk(response.headers.etag)
  t.equal(rows.byId.size, 0)
})

t.test('a conditional read of what has changed is the whole answer, from one load', async t => {
  const { app, rows, runs } = await documentApp()
  const response = await app.inject({ url: '/documents/7', headers: { 'if-none-match': '"0"' } })
  t.equal(response.statusCode, 200)
  t.equal(response.headers.etag, '"1"')
  t.equal(rows.reads, 1)
  t.equal(runs(), 1)
})

t.test("Node's own fetch, which adds Cache-Control: no-cache, gets its 304", async t => {
  const { app } = await documentApp()
  t.teardown(() => app.close())
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${origin}/documents/7`, { headers: { 'if-none-match': '"1"' } })
  t.equal(response.status, 304)
  t.equal(response.headers.get('content-length'), null)
})

t.test('a date that is sent twice is no date', async t => {
  const { app } = await documentApp({ policy: 'OPTIONAL' })
  t.teardown(() => app.close())
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const status = await new Promise(resolve => {
    const date = 'Fri, 02 Jan 2026 03:04:05 GMT'
    const client = request(`${origin}/documents/7`, response => {
      response.resume()
      resolve(response.statusCode)
    })
    client.setHeader('if-modified-since', [date, date])
    client.end()
  })
  t.equal(status, 200)
})
