import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin from '../../lib/index.js'

// "Managing REST API Concurrency with ETag Header": two users edit one blog post at the same time.

interface Blog { id: string, text: string, version: number }
type Params = { Params: { blogId: string } }

/** The API of the article, with the plugin or without it. */
async function buildBlog (t: Test, guarded: boolean): Promise<{ url: string, blogs: Map<string, Blog> }> {
  const blogs = new Map<string, Blog>([['1', { id: '1', text: 'Draft', version: 1 }]])
  const save = (id: string, text: string): Blog => {
    const blog = { id, text, version: blogs.get(id)!.version + 1 }
    blogs.set(id, blog)
    return blog
  }
  const app = Fastify()
  if (guarded) await buildGuarded(app)
  else {
    app.get<Params>('/blogs/:blogId', async request => blogs.get(request.params.blogId))
    app.put<Params & { Body: { text: string } }>('/blogs/:blogId', async request => save(request.params.blogId, request.body.text))
  }
  t.teardown(() => app.close())
  return { url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/blogs/1`, blogs }

  async function buildGuarded (app: FastifyInstance): Promise<void> {
    await app.register(etagPlugin, { policy: 'REQUIRED', source: 'version' })
    const load = (request: FastifyRequest): Blog | undefined => blogs.get((request.params as Params['Params']).blogId)
    app.get<Params>('/blogs/:blogId', { config: { etag: { load } } }, request => request.precondition.load())
    app.put<Params & { Body: { text: string } }>('/blogs/:blogId', { config: { etag: { load } } }, request =>
      request.precondition.guard(async ({ version }) =>
        blogs.get(request.params.blogId)?.version === version ? save(request.params.blogId, request.body.text) : null))
  }
}

const put = (url: string, text: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ text }) })

t.test('without ETag headers user B overwrites the changes of user A', async t => {
  const { url, blogs } = await buildBlog(t, false)
  const [a, b] = await Promise.all([fetch(url), fetch(url)])
  const [seenByA, seenByB] = [await a.json() as Blog, await b.json() as Blog]
  t.equal((await put(url, `${seenByA.text} and A`)).status, 200)
  t.equal((await put(url, `${seenByB.text} and B`)).status, 200)
  t.equal(blogs.get('1')!.text, 'Draft and B')
})

t.test('with them user B is told, and the changes of user A stay', async t => {
  const { url, blogs } = await buildBlog(t, true)
  const [a, b] = await Promise.all([fetch(url), fetch(url)])
  const [seenByA, seenByB] = [await a.json() as Blog, await b.json() as Blog]
  t.equal((await put(url, `${seenByA.text} and A`, { 'if-match': a.headers.get('etag')! })).status, 200)
  const refused = await put(url, `${seenByB.text} and B`, { 'if-match': b.headers.get('etag')! })
  t.equal(refused.status, 412)
  t.equal(blogs.get('1')!.text, 'Draft and A')

  // and B can put both together
  const again = await fetch(url)
  const merged = await put(url, `${(await again.json() as Blog).text} and B`, { 'if-match': refused.headers.get('etag')! })
  t.equal(merged.status, 200)
  t.equal(blogs.get('1')!.text, 'Draft and A and B')
})

t.test('a PUT without If-Match is 428 and changes nothing', async t => {
  const { url, blogs } = await buildBlog(t, true)
  t.equal((await put(url, 'Blind')).status, 428)
  t.equal(blogs.get('1')!.text, 'Draft')
})

t.test('the tags of the article are tags', async t => {
  const tags = ['W/"0815"', '"675af34563dc-tr34"', '"33a64df551425fcc55e4d42a148795d9f25f89d4"']
  const app = Fastify()
  await app.register(etagPlugin)
  tags.forEach((tag, at) => app.get(`/${at}`, { config: { etag: { source: () => tag } } }, async () => ({ at })))
  for (const [at, tag] of tags.entries()) {
    t.equal((await app.inject(`/${at}`)).headers.etag, tag)
    t.equal((await app.inject({ url: `/${at}`, headers: { 'if-none-match': tag } })).statusCode, 304)
  }
})
