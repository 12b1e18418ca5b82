import { spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import t, { type Test } from 'tap'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { checkRoute } from 'fastify-etag-policy/testing'
import { Pool } from 'pg'
import { startPostgres } from '../documents/postgres.js'
import { buildServer } from './server.js'
import { Store } from './store.js'

const CREDENTIALS = { username: 'admin', password: 'secret' }
const AUTHORIZATION = { authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` }
const FOLDER = path.join(__dirname, 'test-data')

type Method = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE'
type Headers = Record<string, string>

interface Sent {
  readonly body?: object | string | Buffer
  readonly headers?: Headers
}

let app: FastifyInstance
let pool: Pool
const logged: Array<{ msg: string, route?: string }> = []

function send (method: Method, url: string, { body, headers }: Sent = {}): Promise<LightMyRequestResponse> {
  return app.inject({ method, url, headers: { ...AUTHORIZATION, ...headers }, ...(body !== undefined && { payload: body }) })
}

async function statusOf (method: Method, url: string, sent?: Sent): Promise<number> {
  return (await send(method, url, sent)).statusCode
}

async function tagOf (url: string): Promise<string> {
  return String((await send('GET', url)).headers.etag)
}

/** Makes the database `/test` and the collection `/test/coll` with these metadata, where nothing else is. */
async function begin (t: Test, { db = {}, coll = {} }: { db?: object, coll?: object } = {}): Promise<void> {
  await pool.query('TRUNCATE restheart.databases CASCADE')
  logged.length = 0
  t.same([await statusOf('PUT', '/test', { body: db }), await statusOf('PUT', '/test/coll', { body: coll })], [201, 201])
}

/** Sends requests to one url, which go on together when the conditions of all of them hold. */
async function together (requests: ReadonlyArray<() => Promise<LightMyRequestResponse>>, url: string): Promise<LightMyRequestResponse[]> {
  let open = (): void => {}
  const all = new Promise<void>(resolve => { open = resolve })
  let waiting = 0
  const hold = (message: unknown): void => {
    const { stage, request, waitFor } = message as { stage: string, request: { url: string }, waitFor: (something: Promise<void>) => void }
    if (stage !== 'checked' || !request.url.startsWith(url)) return
    waitFor(all)
    if (++waiting === requests.length) open()
  }
  subscribe('fastify-etag-policy:checkpoint', hold)
  try {
    return await Promise.all(requests.map(request => request()))
  } finally {
    unsubscribe('fastify-etag-policy:checkpoint', hold)
  }
}

const statusesOf = (responses: readonly LightMyRequestResponse[]): number[] => responses.map(({ statusCode }) => statusCode).sort()

t.test('on PostgreSQL', async t => {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
  const postgres = await startPostgres(path.join(FOLDER, 'data'))
  pool = new Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
  const store = new Store(pool)
  app = await buildServer(store, CREDENTIALS, { logger: { level: 'warn', stream: { write: line => { logged.push(JSON.parse(line)) } } } })
  t.teardown(async () => {
    await app.close()
    await pool.end()
    await postgres.stop()
    await rm(FOLDER, { recursive: true, force: true })
  })
  await store.prepare()
  await store.prepare()

  const headers = AUTHORIZATION
  const missing = 409
  const change = (content: object, turn: number): object => ({ ...content, descr: `Turn ${turn}` })

  for (const [where, metadata, policy] of [
    ['as the configuration has it', {}, 'OPTIONAL'],
    ['as the metadata of the collection have it', { coll: { etagDocPolicy: 'REQUIRED' } }, 'REQUIRED'],
    ['as the metadata of the database have it', { db: { etagDocPolicy: 'REQUIRED_FOR_DELETE' } }, 'REQUIRED_FOR_DELETE']
  ] as const) {
    await t.test(`documents lose no update under the policy ${policy}, ${where}`, async t => {
      await begin(t, metadata)
      await send('PUT', '/test/coll/doc', { body: { descr: 'a document' } })
      const url = '/test/coll/doc'
      const create = (turn: number) => ({ url: `/test/coll/new-${turn}`, body: {} })
      await checkRoute(app, { read: url, write: url, create, change, policy, missing, headers })
      // without wm a PUT that comes after a DELETE makes the document anew, whatever tag it names
      await checkRoute(app, { read: url, write: `${url}?wm=update`, change, policy, missing, headers })
      await checkRoute(app, { read: url, write: { url, method: 'PATCH' }, remove: url, change, policy, missing, headers })
    })
  }

  await t.test('files lose no update', async t => {
    await begin(t)
    await send('PUT', '/test/my.files', { body: { etagDocPolicy: 'REQUIRED' } })
    const url = '/test/my.files/a.txt'
    await send('PUT', url, { body: 'first', headers: { 'content-type': 'text/plain' } })
    await checkRoute(app, {
      read: `${url}/binary`,
      write: `${url}?wm=update`,
      remove: url,
      create: turn => ({ url: `/test/my.files/${turn}`, body: 'new' }),
      change: (_text, turn) => `Turn ${turn}`,
      missing,
      headers
    })
  })

  for (const [where, metadata, policy] of [
    ['as the configuration has it', {}, 'REQUIRED_FOR_DELETE'],
    ['as its metadata have it', { coll: { etagPolicy: 'REQUIRED' } }, 'REQUIRED'],
    ['as the metadata of the database have it', { db: { etagPolicy: 'OPTIONAL' } }, 'OPTIONAL']
  ] as const) {
    await t.test(`a collection loses no update under the policy ${policy}, ${where}`, async t => {
      await begin(t, metadata)
      const [read, url] = ['/test/coll/_meta', '/test/coll']
      await checkRoute(app, { read, write: url, create: turn => ({ url: `/test/new-${turn}`, body: {} }), change, policy, missing, headers })
      await checkRoute(app, { read, write: `${url}?wm=update`, change, policy, missing, headers })
      await checkRoute(app, { read, write: { url, method: 'PATCH' }, remove: url, change, policy, missing, headers })
    })
  }

  await t.test('a database loses no update', async t => {
    await begin(t)
    const [read, url] = ['/test/_meta', '/test']
    await checkRoute(app, {
      read, write: `${url}?wm=update`, remove: url, create: turn => ({ url: `/new-${turn}`, body: {} }), change, policy: 'REQUIRED_FOR_DELETE', missing, headers
    })
  })

  await t.test('what is there is not inserted, what is not there is not updated, and both are upserted, in any letter case', async t => {
    await begin(t)
    const table = [
      ['insert', 201, 409], ['INSERT', 201, 409],
      ['update', 404, 200], ['Update', 404, 200],
      ['upsert', 201, 200], ['uPSERT', 201, 200],
      [undefined, 201, 200]
    ] as const
    for (const level of ['/other', '/test/other', '/test/coll/other']) {
      for (const [wm, absent, present] of table) {
        const query = wm === undefined ? '' : `?wm=${wm}`
        await pool.query('DELETE FROM restheart.documents; DELETE FROM restheart.collections WHERE coll = \'other\'; DELETE FROM restheart.databases WHERE db = \'other\'')
        t.equal(await statusOf('PUT', level + query, { body: {} }), absent, `${level}${query}, nothing there`)
        await send('PUT', level, { body: {} })
        t.equal(await statusOf('PUT', level + query, { body: {} }), present, `${level}${query}, something there`)
      }
      for (const wm of ['', 'inserts', 'xupdate', 'insert&wm=update', '%00']) t.equal(await statusOf('PUT', `${level}?wm=${wm}`, { body: {} }), 400, wm)
      t.equal(await statusOf('PATCH', `${level}?wm=UPDATE`, { body: {} }), 200)
      t.equal(await statusOf('PATCH', `${level}?wm=upsert`, { body: {} }), 400)
    }
  })

  await t.test('an insert of what is there is 409 with its tag, also where the tag was sent, and changes nothing', async t => {
    await begin(t)
    await send('PUT', '/test/coll/doc', { body: { descr: 'first' } })
    const etag = await tagOf('/test/coll/doc')
    for (const sent of [{}, { 'if-match': etag }]) {
      const refused = await send('PUT', '/test/coll/doc?wm=insert', { body: {}, headers: sent })
      t.match(refused, { statusCode: 409, headers: { etag } })
    }
    t.equal(await tagOf('/test/coll/doc'), etag)
  })

  await t.test('a PATCH keeps what it does not name, and _id and _etag are not for a client to write', async t => {
    await begin(t)
    for (const [url, read] of [['/test', '/test/_meta'], ['/test/coll', '/test/coll/_meta'], ['/test/coll/doc', '/test/coll/doc']] as const) {
      await send('PUT', url, { body: { a: 1, b: { c: 1, d: 2 } } })
      t.equal(await statusOf('PATCH', url, { body: { b: { c: 3 }, _id: 'x', _etag: 'x' } }), 200)
      const shown = (await send('GET', read)).json()
      t.strictSame(shown, { a: 1, b: { c: 3 }, _id: url.split('/').at(-1), _etag: await tagOf(read) })
      t.equal(await statusOf('PUT', url, { body: shown }), 200)
      t.same(Object.keys((await send('GET', read)).json()), Object.keys(shown))
      t.equal(await statusOf('PATCH', `${url}-nowhere`, { body: {} }), 404)
    }
  })

  await t.test('a document may have any member, and is named by the tag that it has', async t => {
    await begin(t)
    await send('PUT', '/test/coll/doc', { body: { etag: 'mine', version: 1, content: {}, policies: ['REQUIRED'], rowCount: 0, command: 'x' } })
    const read = await send('GET', '/test/coll/doc')
    t.match(read.json(), { etag: 'mine', _etag: read.headers.etag })
    t.equal(await statusOf('PUT', '/test/coll/doc', { body: {}, headers: { 'if-match': '"mine"' } }), 412)
    t.equal(await statusOf('PUT', '/test/coll/doc', { body: {}, headers: { 'if-match': String(read.headers.etag) } }), 200)
  })

  await t.test('metadata name a policy in any letter case, the nearest first, and what is none is passed over and reported once', async t => {
    const levels = [
      // of the database, of the collection, what holds for a document
      [undefined, undefined, 'OPTIONAL'],
      ['required', undefined, 'REQUIRED'],
      ['REQUIRED', 'Required_For_Delete', 'REQUIRED_FOR_DELETE'],
      ['rEQUIRED', 'optional', 'OPTIONAL'],
      ['optional', 'REQUIRED', 'REQUIRED'],
      ['REQUIRED', 'sometimes', 'REQUIRED'],
      ['REQUIRED', '', 'REQUIRED'],
      ['REQUIRED', 7, 'REQUIRED'],
      ['REQUIRED', ['OPTIONAL'], 'REQUIRED'],
      ['REQUIRED', null, 'REQUIRED'],
      [{ REQUIRED: true }, 'never', 'OPTIONAL']
    ] as const
    const UNKNOWN = /what is no policy/
    let reports = 0
    for (const [ofDatabase, ofCollection, policy] of levels) {
      await begin(t, { db: { etagDocPolicy: ofDatabase, etagPolicy: ofDatabase }, coll: { etagDocPolicy: ofCollection, etagPolicy: ofCollection } })
      await send('PUT', '/test/coll/doc', { body: {} })
      t.same([await statusOf('PUT', '/test/coll/doc', { body: {} }), await statusOf('PATCH', '/test/coll/doc', { body: {} })],
        policy === 'REQUIRED' ? [409, 409] : [200, 200], `${ofDatabase}, ${ofCollection}`)
      t.equal(await statusOf('DELETE', '/test/coll/doc'), policy === 'OPTIONAL' ? 204 : 409, `DELETE under ${ofDatabase}, ${ofCollection}`)
      reports += logged.filter(({ msg, route }) => UNKNOWN.test(msg) && route === 'PUT /:db/:coll/:doc').length
    }
    t.equal(reports, 1)

    await begin(t, { db: { etagPolicy: 'required' } })
    t.equal(await statusOf('PUT', '/test/coll', { body: {} }), 409, 'a collection without its own is under that of the database')
    t.equal(await statusOf('PUT', '/test', { body: {} }), 409, 'which is one of the database itself')
  })

  await t.test('a file is kept byte by byte with its type, and described as JSON', async t => {
    await begin(t)
    t.equal(await statusOf('PUT', '/test/my.files', { body: { descr: 'a bucket' } }), 201)
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at))
    const url = '/test/my.files/a.png'
    const made = await send('PUT', url, { body: bytes, headers: { 'content-type': 'image/png' } })
    t.match(made, { statusCode: 201, headers: { etag: /^"[0-9a-f]{24}"$/ } })
    const etag = String(made.headers.etag)

    t.match((await send('GET', url)).json(), { _id: 'a.png', _etag: etag, contentType: 'image/png', length: 256 })
    for (const method of ['GET', 'HEAD'] as const) {
      t.match(await send(method, `${url}/binary`), { statusCode: 200, headers: { etag, 'content-type': 'image/png', 'content-length': '256' } })
      for (const read of [url, `${url}/binary`]) {
        const unmodified = await send(method, read, { headers: { 'if-none-match': etag } })
        t.match(unmodified, { statusCode: 304, headers: { etag }, body: '' }, `${method} ${read}`)
      }
    }
    t.same((await send('GET', `${url}/binary`)).rawPayload, bytes)

    t.equal(await statusOf('PUT', url, { body: 'x', headers: { 'content-type': 'text/plain', 'if-match': '"another"' } }), 412)
    const replaced = await send('PUT', url, { body: '{"text":1}', headers: { 'content-type': 'application/json', 'if-match': etag } })
    t.equal(replaced.statusCode, 200)
    t.match(await send('GET', `${url}/binary`), { body: '{"text":1}', headers: { 'content-type': 'application/json', etag: replaced.headers.etag } })
    const described = await send('PATCH', url, { body: { title: 'A picture' } })
    t.match((await send('GET', url)).json(), { title: 'A picture', _etag: described.headers.etag })

    t.equal(await statusOf('DELETE', url, { headers: { 'if-match': etag } }), 412)
    t.equal(await statusOf('DELETE', url), 204)
    t.same([await statusOf('GET', url), await statusOf('GET', `${url}/binary`), await statusOf('DELETE', url)], [404, 404, 404])
    t.equal(await statusOf('PUT', '/test/coll/doc', { body: bytes, headers: { 'content-type': 'image/png' } }), 415, 'a collection has no files')
    t.equal(await statusOf('PUT', '/test/my.files/big', { body: Buffer.alloc(17 * 1024 * 1024), headers: { 'content-type': 'image/png' } }), 413)
    t.equal(await statusOf('DELETE', '/test/my.files'), 409, 'a bucket is a collection')
  })

  await t.test('a POST makes a document or a file under a new id, and needs no tag', async t => {
    await begin(t, { coll: { etagPolicy: 'REQUIRED', etagDocPolicy: 'REQUIRED' } })
    await send('PUT', '/test/my.files', { body: {} })
    for (const [url, headers] of [['/test/coll', { 'content-type': 'application/json' }], ['/test/my.files', { 'content-type': 'text/plain' }]] as const) {
      const made = await send('POST', `${url}?checkEtag`, { body: '{"descr":"new","_id":"mine"}', headers })
      const location = String(made.headers.location)
      t.equal(made.statusCode, 201)
      t.match(location, new RegExp(`^${url}/[0-9a-f]{24}$`))
      t.equal(await tagOf(location), made.headers.etag)
    }
  })

  await t.test('nothing is written below what is not there', async t => {
    await begin(t)
    for (const url of ['/nowhere/coll', '/nowhere/coll/doc', '/test/nowhere/doc', '/test/nowhere.files/file']) {
      for (const headers of [{}, { 'if-match': '"x"' }, { 'if-none-match': '*' }] as Headers[]) t.equal(await statusOf('PUT', url, { body: {}, headers }), 404, `PUT ${url}`)
      for (const method of ['PATCH', 'DELETE'] as const) t.equal(await statusOf(method, url, method === 'PATCH' ? { body: {} } : {}), 404, `${method} ${url}`)
    }
    for (const url of ['/nowhere/coll', '/test/nowhere', '/test/nowhere.files']) t.equal(await statusOf('POST', url, { body: {} }), 404, `POST ${url}`)
    for (const url of ['/nowhere/_meta', '/nowhere/coll/_meta', '/test/nowhere/_meta', '/test/coll/nowhere']) t.equal(await statusOf('GET', url), 404, `GET ${url}`)
    t.equal(await statusOf('GET', '/test/coll/doc/binary'), 404)
  })

  await t.test('what is in a database or collection goes with it', async t => {
    await begin(t)
    await send('PUT', '/test/coll/doc', { body: {} })
    t.equal(await statusOf('DELETE', '/test', { headers: { 'if-match': await tagOf('/test/_meta') } }), 204)
    await begin(t)
    t.equal(await statusOf('GET', '/test/coll/doc'), 404)
  })

  await t.test('what cannot be a name or a document is 400, and a failure of the database tells nothing of it', async t => {
    await begin(t)
    for (const url of ['/a%00b', '/test/a%2Fb', '/test/_x', `/test/coll/${'x'.repeat(65)}`, '/test/coll/%E2%82%AC', '/test/coll/*x']) t.equal(await statusOf('PUT', url, { body: {} }), 400, url)
    const headers = { 'content-type': 'application/json' }
    for (const body of ['[]', '"text"', 'null', '7', '{', '{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":"\\ud800"}', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, '{"__proto__":{}}']) {
      for (const url of ['/test', '/test/coll', '/test/coll/doc']) t.equal(await statusOf('PUT', url, { body, headers }), 400, `PUT ${url} ${body.slice(0, 20)}`)
      t.equal(await statusOf('POST', '/test/coll', { body, headers }), 400, `POST ${body.slice(0, 20)}`)
    }

    await pool.query('ALTER TABLE restheart.documents RENAME TO elsewhere')
    for (const [method, url] of [['GET', '/test/coll/doc'], ['PUT', '/test/coll/doc'], ['POST', '/test/coll'], ['GET', '/test/my.files/a/binary']] as const) {
      const failed = await send(method, url, method === 'GET' ? {} : { body: {} })
      t.equal(failed.statusCode, 500)
      t.notMatch(failed.body, /relation|restheart|elsewhere/)
    }
    await pool.query('ALTER TABLE restheart.elsewhere RENAME TO documents')
  })

  await t.test('of two who insert at the same moment one makes it, and the other is told', async t => {
    await begin(t)
    for (const [url, wm, statuses] of [
      ['/other', 'insert', [201, 409]], ['/test/other', 'insert', [201, 409]], ['/test/coll/doc', 'insert', [201, 409]],
      ['/another', 'upsert', [200, 201]], ['/test/another', 'upsert', [200, 201]], ['/test/coll/another', 'upsert', [200, 201]]
    ] as const) {
      const responses = await together(['a', 'b'].map(descr => () => send('PUT', `${url}?wm=${wm}`, { body: { descr } })), url)
      t.same(statusesOf(responses), statuses, `${wm} ${url}`)
    }
  })

  await t.test('of two who write with one tag at the same moment one does, and the other is 412', async t => {
    await begin(t)
    await send('PUT', '/test/coll/doc', { body: {} })
    for (const [url, read] of [['/test', '/test/_meta'], ['/test/coll', '/test/coll/_meta'], ['/test/coll/doc', '/test/coll/doc']] as const) {
      const headers = { 'if-match': await tagOf(read) }
      const responses = await together(['a', 'b'].map(descr => () => send('PUT', url, { body: { descr }, headers })), url)
      t.same(statusesOf(responses), [200, 412], url)
      const winner = responses.find(({ statusCode }) => statusCode === 200)!
      t.equal(await tagOf(read), winner.headers.etag)
    }
  })
})

t.test('the service runs until it is told to end, for those who have its credentials', async t => {
  await mkdir(FOLDER, { recursive: true })
  t.teardown(() => rm(FOLDER, { recursive: true, force: true }))
  const child = spawn(process.execPath, [path.join(__dirname, 'main.js')], {
    cwd: FOLDER, env: { ...process.env, PORT: '0', CREDENTIALS: 'ann:pass:word' }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  let output = ''
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      output += chunk
      const found = /http:\/\/[0-9.]+:[0-9]+/.exec(output)
      if (found !== null) resolve(found[0])
    })
    child.once('exit', () => reject(new Error(output)))
  })
  const statusFor = async (credentials: string): Promise<number> => (await fetch(`${origin}/test`, {
    method: 'PUT', headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }, body: '{}'
  })).status
  t.same([await statusFor('admin:secret'), await statusFor('ann:pass:word')], [401, 201])
  t.notMatch(output, 'pass:word')
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
})
