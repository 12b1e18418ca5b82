import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { Pool } from 'pg'
import { buildServer } from '../../examples/restheart/server.js'
import { Store } from '../../examples/restheart/store.js'
import { temporaryPostgres } from '../temporary-postgres.js'

// "ETag" of RESTHeart: the page's curl commands in its order, with its placeholders, and what it shows for each.

const run = promisify(execFile)

/** One command of the page, and what the page shows below it. */
interface Step {
  readonly command: string
  readonly status: number
  readonly body: object | undefined
}

/** An answer as curl prints it. */
interface Answer {
  readonly status: number
  readonly etag: string | undefined
  readonly body: string
}

const session = readSession(readFileSync(path.join(__dirname, 'restheart-session.txt'), 'utf8'))

function readSession (page: string): readonly Step[] {
  return page.trim().split('\n\n').map(block => {
    const [, command, status, body] = /^(curl [^]+?)\nHTTP\/1\.1 (\d+).*(?:\n(.+))?$/.exec(block)!
    return { command: command!, status: Number(status), body: body === undefined ? undefined : JSON.parse(body) }
  })
}

const CREDENTIALS = { username: 'admin', password: 'secret' }
const BASIC_AUTH = `${CREDENTIALS.username}:${CREDENTIALS.password}`
const ANOTHER = '55e84f5ac2e66d1e0a8e46b8'

let pool: Pool
let origin: string

async function curl (command: string): Promise<Answer> {
  const { stdout } = await run('sh', ['-c', command.replace('curl ', 'curl -sS ')])
  const [head, ...body] = stdout.split('\r\n\r\n')
  return { status: Number(head!.split(' ')[1]), etag: /^etag: (.+?)\r?$/im.exec(head!)?.[1], body: body.join('\r\n\r\n') }
}

/** The command with its placeholders filled in, as the page does when it is read. */
function filled (command: string, etag = ''): string {
  return command.replaceAll('[INSTANCE-URL]', origin).replaceAll('[BASIC-AUTH]', BASIC_AUTH).replaceAll('[ETAG-VALUE]', etag)
}

interface Sent {
  readonly body?: object
  readonly ifMatch?: string | undefined
}

async function send (method: string, url: string, { body, ifMatch }: Sent = {}): Promise<Response> {
  return fetch(origin + url, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(BASIC_AUTH).toString('base64')}`,
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      ...(body !== undefined && { 'content-type': 'application/json' })
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
}

async function tagOf (url: string): Promise<string> {
  return (await send('GET', url)).headers.get('etag')!
}

async function contentOf (url: string): Promise<object> {
  const { _id, _etag, ...content } = await (await send('GET', url)).json() as Record<string, unknown>
  return content
}

/** Makes `/test`, `/test/coll` with these metadata, and `/test/coll/doc`, where nothing else is. */
async function begin (t: Test, metadata: object = {}): Promise<void> {
  await pool.query('TRUNCATE restheart.databases CASCADE')
  for (const [url, body] of [['/test', {}], ['/test/coll', metadata], ['/test/coll/doc', { descr: 'a document' }]] as const) {
    t.equal((await send('PUT', url, { body })).status, 201, `PUT ${url}`)
  }
}

t.test('on PostgreSQL', async t => {
  const postgres = await temporaryPostgres()
  pool = new Pool({ connectionString: postgres.url })
  pool.on('error', () => {})
  const store = new Store(pool)
  const app = await buildServer(store, CREDENTIALS, {})
  t.teardown(async () => {
    await app.close()
    await pool.end()
    await postgres.stop()
  })
  await store.prepare()
  origin = await app.listen({ host: '127.0.0.1', port: 0 })

  await t.test('without its credentials each command of the page is 401, tells no tag and changes nothing', async t => {
    await begin(t)
    const before = [await contentOf('/test/_meta'), await contentOf('/test/coll/_meta'), await contentOf('/test/coll/doc')]
    const tag = await tagOf('/test/coll/doc')
    for (const { command } of session) {
      for (const credentials of ['', "-u 'admin:wrong'"]) {
        const answer = await curl(filled(command, tag).replace(`-u '${BASIC_AUTH}'`, credentials))
        t.match(answer, { status: 401, etag: undefined }, command)
      }
    }
    t.equal((await fetch(`${origin}/nowhere`)).status, 401)
    t.same([await contentOf('/test/_meta'), await contentOf('/test/coll/_meta'), await contentOf('/test/coll/doc')], before)
  })

  for (const [spelt, quote] of [['bare', ''], ['quoted', '"']] as const) {
    await t.test(`the session of the page, with ${spelt} tags`, async t => {
      t.same(session.map(({ status }) => status), [201, 201, 201, 200, 409, 412, 200, 200, 304])
      await pool.query('TRUNCATE restheart.databases CASCADE')
      let last = ''
      let document: object = {}

      for (const { command, status, body } of session) {
        // the page says in words which tag it sends: a wrong one, or that of the answer before
        const sent = status === 412 ? ANOTHER : last.replaceAll('"', '')
        const answer = await curl(filled(command, quote + sent + quote))
        t.equal(answer.status, status, command)
        t.match(answer.etag, /^"[0-9a-f]{24}"$/, 'every answer has a tag')
        if (body !== undefined) t.match(JSON.parse(answer.body), body)

        if (status === 409 || status === 412) {
          t.equal(answer.etag, last, 'a refusal has the tag of the document')
          t.same(await contentOf('/test/coll/doc'), document, 'which has not been updated')
        } else if (command.includes('-X PUT')) {
          t.not(answer.etag, last, 'a write makes a new tag')
        } else {
          t.equal(answer.etag, last, 'a read has the tag of the write before')
        }
        if (status === 304) t.equal(answer.body, '')
        if (status === 200 && body !== undefined) document = body
        last = answer.etag!
      }
    })
  }

  await t.test('the default policy requires the tag for DELETE /db and DELETE /db/collection alone', async t => {
    await begin(t)
    for (const url of ['/test', '/test/coll', '/test/coll/doc']) {
      t.equal((await send('PUT', url, { body: { descr: 'changed' } })).status, 200, `PUT ${url}`)
      t.equal((await send('PATCH', url, { body: { more: true } })).status, 200, `PATCH ${url}`)
    }
    for (const url of ['/test', '/test/coll']) {
      const refused = await send('DELETE', url)
      t.equal(refused.status, 409, `DELETE ${url}`)
      t.equal(refused.headers.get('etag'), await tagOf(`${url}/_meta`))
      t.equal((await send('DELETE', url, { ifMatch: `"${ANOTHER}"` })).status, 412, `DELETE ${url} with another tag`)
    }
    t.equal((await send('DELETE', '/test/coll/doc')).status, 204)
    for (const url of ['/test/coll', '/test']) {
      t.equal((await send('DELETE', url, { ifMatch: await tagOf(`${url}/_meta`) })).status, 204, `DELETE ${url} with its tag`)
      t.equal((await send('GET', `${url}/_meta`)).status, 404)
    }
  })

  await t.test('the metadata of the page make every write of the collection and of its documents checked', async t => {
    await begin(t, { etagPolicy: 'REQUIRED', etagDocPolicy: 'REQUIRED' })
    for (const [url, read] of [['/test/coll/doc', '/test/coll/doc'], ['/test/coll', '/test/coll/_meta']] as const) {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const before = await contentOf(read)
        const body = { ...before, changed: method }
        const sent = method === 'DELETE' ? {} : { body }
        const refused = await send(method, url, sent)
        t.equal(refused.status, 409, `${method} ${url}`)
        t.equal((await send(method, url, { ...sent, ifMatch: `"${ANOTHER}"` })).status, 412, `${method} ${url} with another tag`)
        t.same(await contentOf(read), before)
        t.ok((await send(method, url, { ...sent, ifMatch: refused.headers.get('etag')! })).ok, `${method} ${url} with the tag of the refusal`)
      }
    }
    t.equal((await send('PUT', '/test', { body: {} })).status, 200, 'the database is as it was')
  })

  await t.test('the tag of a 409 or a 412 is the one to send again', async t => {
    await begin(t)
    const body = { descr: 'a document, modified' }
    for (const refusing of [{ body }, { body, ifMatch: ANOTHER }]) {
      const refused = await send('PUT', '/test/coll/doc?checkEtag', refusing)
      const done = await send('PUT', '/test/coll/doc?checkEtag', { body, ifMatch: refused.headers.get('etag')! })
      t.same([refused.status, done.status], ['ifMatch' in refusing ? 412 : 409, 200])
    }
  })

  await t.test('the parameter is checkEtag, whatever its value, and no other spelling', async t => {
    await begin(t)
    const statusOf = async (query: string): Promise<number> => (await send('PUT', `/test/coll/doc?${query}`, { body: {} })).status
    for (const query of ['checkEtag', 'checkEtag=', 'checkEtag=true', 'checkEtag=false', 'wm=upsert&checkEtag']) t.equal(await statusOf(query), 409, query)
    for (const query of ['checkETag', 'checketag', 'CHECKETAG', 'check-etag', 'checkEtags', 'etag=checkEtag']) t.equal(await statusOf(query), 200, query)
    t.equal((await send('PUT', '/test/coll?checkEtag', { body: {} })).status, 409)
    t.equal((await send('PATCH', '/test?checkEtag', { body: {} })).status, 409)
    t.equal((await send('DELETE', '/test/coll/doc?checkEtag')).status, 409)
  })
})
