import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { startPostgres } from './postgres.js'
import type { Document } from './documents.js'

const run = promisify(execFile)
const FOLDER = path.join(__dirname, 'test-data')

interface Service {
  readonly process: ChildProcess
  readonly output: string
  readonly errors: string
  readonly origin: string
}

/** Starts the service as `npm start` does and waits for the line that it is ready with. */
async function startService (env: Record<string, string> = {}): Promise<Service> {
  const child = spawn(process.execPath, [path.join(__dirname, 'main.js')], {
    cwd: FOLDER, env: { ...process.env, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  let errors = ''
  child.stderr.on('data', chunk => { errors += chunk })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', chunk => {
      output += chunk
      if (/\(428\)\n.+\n/.test(output)) resolve()
    })
    child.once('exit', () => reject(new Error(errors)))
  })
  return {
    process: child,
    get output () { return output },
    get errors () { return errors },
    origin: /http:\/\/[0-9.]+:[0-9]+/.exec(output)![0]
  }
}

async function stopService ({ process }: Service): Promise<number> {
  process.kill('SIGINT')
  const [code] = await once(process, 'exit') as [number]
  return code
}

/** What curl prints for one line: the status and the body. */
async function answerOf (line: string): Promise<{ status: number, type: string | undefined, body: string }> {
  const { stdout } = await run('sh', ['-c', line.replace('curl ', 'curl -sS ')])
  const [head, ...body] = stdout.split('\r\n\r\n')
  return {
    status: Number(head!.split(' ')[1]),
    type: /^content-type: (.+)$/im.exec(head!)?.[1]?.trim(),
    body: body.join('\r\n\r\n')
  }
}

t.before(async () => {
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(FOLDER, { recursive: true })
})

t.test('the five printed lines answer 200, 304, 200, 412 and 428, at the second start too', async t => {
  for (const start of ['the first start', 'the second start']) {
    const service = await startService()
    const lines = service.output.split('\n').filter(line => line.startsWith('curl '))
    const answers = []
    for (const line of lines) answers.push(await answerOf(line))

    t.same(answers.map(({ status }) => status), [200, 304, 200, 412, 428], start)
    const [read, , written, failed, required] = answers.map(({ body }) => body === '' ? undefined : JSON.parse(body))
    t.equal(written.version, read.version + 1, 'one write was made')
    const currentEtag = `"${written.version}"`
    t.match(failed, { title: 'Precondition Failed', status: 412, code: 'FST_ETAG_PRECONDITION_FAILED', field: 'If-Match', reason: 'changed', currentEtag })
    t.match(required, { title: 'Precondition Required', status: 428, code: 'FST_ETAG_PRECONDITION_REQUIRED', policy: 'REQUIRED', level: 'schema', currentEtag })
    t.same(answers.slice(3).map(({ type }) => type), ['application/problem+json', 'application/problem+json'])
    t.equal(await stopService(service), 0, 'Ctrl-C ends it cleanly')
    t.equal(service.errors, '')
  }
})

t.test('a wrong PORT is refused by name', async t => {
  await t.rejects(startService({ PORT: '80a' }), /PORT must be a number from 0 to 65535, found 80a/)
})

t.test('with a real database', async t => {
  const postgres = await startPostgres(path.join(FOLDER, 'shared'))
  const services = await Promise.all([1, 2].map(() => startService({ DATABASE_URL: postgres.url })))
  t.teardown(async () => {
    await Promise.all(services.map(stopService))
    await postgres.stop()
  })
  const [first] = services

  async function create (entries: string[] = []): Promise<{ url: string, document: Document }> {
    const response = await send('POST', `${first!.origin}/documents`, { title: 'New', entries })
    return { url: response.headers.get('location')!, document: await response.json() as Document }
  }

  t.test('a document is made, read, listed, changed and removed under its tag', async t => {
    const made = await send('POST', `${first!.origin}/documents`, { title: 'New', entries: ['one'] })
    t.equal(made.status, 201)
    t.equal(made.headers.get('etag'), '"1"')
    const url = first!.origin + made.headers.get('location')

    const read = await fetch(url)
    t.equal(read.headers.get('etag'), '"1"')
    t.ok(read.headers.get('last-modified'))
    const listed = await fetch(`${first!.origin}/documents`)
    t.equal((await fetch(`${first!.origin}/documents`, { headers: { 'if-none-match': listed.headers.get('etag')! } })).status, 304)
    const list = await listed.json() as Document[]
    t.ok(list.some(({ id }) => url.endsWith(`/${id}`)))

    const changed = await send('PATCH', url, { title: 'Other' }, { 'if-match': '"1"' })
    t.equal(changed.headers.get('etag'), '"2"')
    t.match(await changed.json(), { title: 'Other', entries: ['one'], version: 2 })
    t.equal((await send('PUT', url, { title: 'Old' }, { 'if-match': '"1"' })).status, 412)
    t.match(await (await send('PUT', url, { title: 'Whole' }, { 'if-match': '"2"' })).json(), { title: 'Whole', entries: [], version: 3 })
    t.equal((await send('PATCH', url, { title: 'a\u0000b' }, { 'if-match': '"3"' })).status, 400)
    t.equal((await fetch(url, { method: 'DELETE' })).status, 428)
    t.equal((await fetch(url, { method: 'DELETE', headers: { 'if-match': '"3"' } })).status, 204)
    t.equal((await fetch(url)).status, 404)
    t.equal((await send('PUT', url, { title: 'Late' }, { 'if-match': '"3"' })).status, 404)
  })

  t.test('a page is made by PUT, once, and a page that is made again has a version that nobody holds', async t => {
    const url = `${first!.origin}/pages/page-${Date.now()}`
    const put = (headers: Record<string, string>, text = 'x'): Promise<Response> => send('PUT', url, { text }, headers)
    t.equal((await put({ 'if-match': '"1"' })).status, 412)
    const made = await put({ 'if-none-match': '*' })
    t.equal(made.status, 201)
    const tag = made.headers.get('etag')!
    t.equal((await put({ 'if-none-match': '*' })).status, 412)
    t.equal((await put({})).status, 428)
    const changed = await put({ 'if-match': tag }, 'y')
    t.equal(changed.status, 200)
    t.match(await changed.json(), { text: 'y' })
    t.equal((await fetch(url, { method: 'DELETE', headers: { 'if-match': changed.headers.get('etag')! } })).status, 204)
    t.equal((await put({})).status, 201)
    for (const old of [tag, changed.headers.get('etag')!]) t.equal((await put({ 'if-match': old })).status, 412)
  })

  t.test('of 20 clients of two processes who make the same page, one does', async t => {
    const name = `race-${Date.now()}`
    const responses = await Promise.all(Array.from({ length: 20 }, (_, client) =>
      send('PUT', `${services[client % 2]!.origin}/pages/${name}`, { text: String(client) }, { 'if-none-match': '*' })))
    const statuses = responses.map(({ status }) => status).sort()
    t.same(statuses, [201, ...Array.from({ length: 19 }, () => 412)])
  })

  t.test('50 clients of two processes append to one document, and every acknowledged entry is kept', async t => {
    const { url } = await create()
    const statuses: number[] = []
    const acknowledged: string[] = []

    // all read before the first one writes
    let waiting = 50
    let open = (): void => {}
    const barrier = new Promise<void>(resolve => { open = resolve })

    await Promise.all(Array.from({ length: 50 }, async (_, client) => {
      const origin = services[client % 2]!.origin
      for (let round = 0; round < 5; round++) {
        const read = await fetch(origin + url)
        const { entries } = await read.json() as Document
        if (round === 0) {
          if (--waiting === 0) open()
          await barrier
        }
        const entry = `${client}.${round}`
        const { status } = await send('PATCH', origin + url, { entries: [...entries, entry] }, { 'if-match': read.headers.get('etag')! })
        statuses.push(status)
        if (status === 200) acknowledged.push(entry)
      }
    }))

    const final = await (await fetch(first!.origin + url)).json() as Document
    t.same([...new Set(statuses)].sort(), [200, 412], 'some writers win and some lose')
    t.same(final.entries.toSorted(), acknowledged.toSorted(), `${acknowledged.length} of ${statuses.length} writes were acknowledged`)
    t.equal(final.version, 1 + acknowledged.length)
  })
})

function send (method: string, url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
}
