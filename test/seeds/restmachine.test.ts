import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin, { type EtagRouteOptions } from '../../lib/index.js'

// "Conditional Requests (ETags)" of RestMachine: its functions ported as they stand, its request flows word for word.

interface Doc { id: string, title?: string, content?: string, version: number, updated_at: Date }
type Params = { Params: { doc_id: string } }

async function listen (t: Test, app: FastifyInstance): Promise<string> {
  t.teardown(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** GET and PUT /documents/{doc_id} over a dictionary, the way the page writes them. */
async function buildDocuments (t: Test, etag: EtagRouteOptions, documents: Record<string, Doc>): Promise<string> {
  const app = Fastify()
  await app.register(etagPlugin)
  const load = (request: FastifyRequest): Doc | undefined => documents[(request.params as Params['Params']).doc_id]
  const config = { etag: { load, ...etag } }
  app.get<Params>('/documents/:doc_id', { config }, request => request.precondition.load())
  app.put<Params & { Body: object }>('/documents/:doc_id', { config }, request =>
    request.precondition.guard(async ({ current }) => {
      Object.assign(current, request.body)
      current.version += 1
      return current
    }))
  return listen(t, app)
}

const doc1 = (): Record<string, Doc> => ({ doc1: { id: 'doc1', content: 'Original', version: 1, updated_at: new Date('2015-10-21T07:28:00Z') } })

const put = (url: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

// def document_etag(document): if document: return f'"{document["version"]}"'; return None
const documentEtag = (document: Doc): string | null => document ? `"${document.version}"` : null

t.test('If-None-Match: the first request is 200 with ETag: "1", the second 304 with it', async t => {
  const url = `${await buildDocuments(t, { source: documentEtag }, doc1())}/documents/doc1`
  const first = await fetch(url, { headers: { accept: 'application/json' } })
  t.equal(first.status, 200)
  t.equal(first.headers.get('etag'), '"1"')
  const second = await fetch(url, { headers: { accept: 'application/json', 'if-none-match': '"1"' } })
  t.equal(second.status, 304)
  t.equal(second.headers.get('etag'), '"1"')
  t.equal(await second.text(), '')
})

t.test('If-Match: the first update is 200 with ETag: "2" and keeps what it does not name, the conflicting one is 412', async t => {
  const url = `${await buildDocuments(t, { source: documentEtag }, doc1())}/documents/doc1`
  const first = await put(url, { content: 'Updated content' }, { 'if-match': '"1"' })
  t.equal(first.status, 200)
  t.equal(first.headers.get('etag'), '"2"')
  t.match(await first.json(), { id: 'doc1', content: 'Updated content', version: 2 })
  t.equal((await put(url, { content: 'Conflicting update' }, { 'if-match': '"1"' })).status, 412)
  t.match(await (await fetch(url)).json(), { content: 'Updated content', version: 2 })
})

t.test('what resource_exists does not find is 404 by itself', async t => {
  const origin = await buildDocuments(t, { source: documentEtag }, doc1())
  t.equal((await fetch(`${origin}/documents/doc2`)).status, 404)
})

t.test('Last-Modified alone: 200 with the date, then 304 with it', async t => {
  const url = `${await buildDocuments(t, { lastModified: (document: Doc) => document.updated_at }, doc1())}/documents/doc1`
  const first = await fetch(url)
  t.equal(first.headers.get('last-modified'), 'Wed, 21 Oct 2015 07:28:00 GMT')
  t.equal(first.headers.get('etag'), null)
  const second = await fetch(url, { headers: { 'if-modified-since': 'Wed, 21 Oct 2015 07:28:00 GMT' } })
  t.equal(second.status, 304)
  t.equal(second.headers.get('last-modified'), 'Wed, 21 Oct 2015 07:28:00 GMT')
  t.equal((await fetch(url, { headers: { 'if-modified-since': 'Wed, 21 Oct 2015 07:27:59 GMT' } })).status, 200)
})

t.test('both validators: the tag decides, as RFC 9110 has it', async t => {
  const url = `${await buildDocuments(t, { source: documentEtag, lastModified: 'updated_at' }, doc1())}/documents/doc1`
  const same = 'Wed, 21 Oct 2015 07:28:00 GMT'
  const older = 'Wed, 21 Oct 2015 07:27:59 GMT'
  const table = [
    ['"1"', same, 304],
    ['"1"', older, 304], // the page says 200; RFC 9110, 13.1.3: If-Modified-Since is ignored beside If-None-Match
    ['"0"', same, 200],
    ['"0"', older, 200]
  ] as const
  for (const [tag, date, status] of table) {
    t.equal((await fetch(url, { headers: { 'if-none-match': tag, 'if-modified-since': date } })).status, status, `${tag}, ${date}`)
  }
})

t.test('each of its functions names a state as it does on the page', async t => {
  const sortKeys = (document: object): object => Object.fromEntries(Object.entries(document).sort(([a], [b]) => a < b ? -1 : 1))
  const table: ReadonlyArray<readonly [what: string, source: (document: Doc) => string | null, tag: string | RegExp | null]> = [
    ['id and version', document => `"${document.id}-v${document.version}"`, '"doc1-v1"'],
    ['a hash of the content with sorted keys', document => `"${createHash('md5').update(JSON.stringify(sortKeys(document))).digest('hex')}"`, /^"[0-9a-f]{32}"$/],
    ['a timestamp in seconds', document => `"${Math.floor(document.updated_at.getTime() / 1000)}"`, '"1445412480"'],
    ['a weak tag', () => 'W/"abc123"', 'W/"abc123"'],
    ['a strong tag', () => '"abc123"', '"abc123"'],
    ['none', () => null, null],
    ['text without the quotes, which the page calls bad', document => String(document.version), '"1"']
  ]
  for (const [what, source, tag] of table) {
    const url = `${await buildDocuments(t, { source }, doc1())}/documents/doc1`
    const etag = (await fetch(url)).headers.get('etag')
    if (tag instanceof RegExp) t.match(etag, tag, what)
    else t.equal(etag, tag, what)
    const again = await fetch(url, { headers: { 'if-none-match': etag ?? '"x"' } })
    t.equal(again.status, etag === null ? 200 : 304, what)
  }
})

t.test('a hash with sorted keys is the same whatever order the keys come in', async t => {
  const source = (document: object): string => `"${createHash('md5').update(JSON.stringify(document, Object.keys(document).sort())).digest('hex')}"`
  const [one, two] = [await buildDocuments(t, { source }, { doc1: { id: 'doc1', version: 1, updated_at: new Date(0) } }),
    await buildDocuments(t, { source }, { doc1: { updated_at: new Date(0), version: 1, id: 'doc1' } })]
  t.equal((await fetch(`${one}/documents/doc1`)).headers.get('etag'), (await fetch(`${two}/documents/doc1`)).headers.get('etag'))
})

t.test('a function may leave streams without a tag', async t => {
  const app = Fastify()
  await app.register(etagPlugin, { source: (_state: unknown, request: FastifyRequest) => request.url.startsWith('/stream/') ? null : '"1"' })
  for (const url of ['/stream/1', '/documents/1']) app.get(url, { config: { etag: {} } }, async () => ({ url }))
  const origin = await listen(t, app)
  t.equal((await fetch(`${origin}/stream/1`)).headers.get('etag'), null)
  t.equal((await fetch(`${origin}/documents/1`)).headers.get('etag'), '"1"')
})

/** The complete example of the page. */
async function buildBlog (t: Test): Promise<string> {
  interface Post { id: number, title: string, content: string, version: number, updated_at: Date }
  const posts = new Map<number, Post>([[1, { id: 1, title: 'First Post', content: 'Hello, World!', version: 1, updated_at: new Date() }]])
  const app = Fastify()
  await app.register(etagPlugin, {
    source: (post: Post) => `"${post.id}-${post.version}"`,
    lastModified: (post: Post) => post.updated_at
  })
  const load = (request: FastifyRequest): Post | undefined => posts.get(Number((request.params as { post_id: string }).post_id))
  app.get('/posts/:post_id', { config: { etag: { load } } }, request => request.precondition.load())
  app.put<{ Body: object }>('/posts/:post_id', { config: { etag: { load } } }, request =>
    request.precondition.guard(async ({ current }) => Object.assign(current, request.body, { version: current.version + 1, updated_at: new Date() })))
  app.post<{ Body: { title: string, content: string } }>('/posts', { config: { etag: {} } }, async (request, reply) => {
    const post = { id: Math.max(...posts.keys()) + 1, version: 1, updated_at: new Date(), ...request.body }
    posts.set(post.id, post)
    return reply.code(201).send(post)
  })
  return listen(t, app)
}

t.test('test_etag_caching', async t => {
  const origin = await buildBlog(t)
  const first = await fetch(`${origin}/posts/1`)
  t.equal(first.status, 200)
  const etag = first.headers.get('etag')!
  t.equal(etag, '"1-1"')
  t.equal((await fetch(`${origin}/posts/1`, { headers: { 'if-none-match': etag } })).status, 304)
})

t.test('test_concurrent_updates', async t => {
  const origin = await buildBlog(t)
  const etag = (await fetch(`${origin}/posts/1`)).headers.get('etag')!
  const first = await put(`${origin}/posts/1`, { title: 'Updated Title' }, { 'if-match': etag })
  t.equal(first.status, 200)
  t.equal(first.headers.get('etag'), '"1-2"')
  t.match(await first.json(), { title: 'Updated Title', content: 'Hello, World!' })
  t.equal((await put(`${origin}/posts/1`, { title: 'Conflicting Update' }, { 'if-match': etag })).status, 412)
})

t.test('a post that is made is 201 with its own validators', async t => {
  const origin = await buildBlog(t)
  const response = await fetch(`${origin}/posts`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ title: 'Second', content: 'Again' })
  })
  t.equal(response.status, 201)
  t.equal(response.headers.get('etag'), '"2-1"')
  t.ok(response.headers.get('last-modified'))
})
