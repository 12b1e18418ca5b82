import t from 'tap'
import compress from '@fastify/compress'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import etagPlugin from '../../lib/index.js'
import { arrangeLater } from '../../lib/hooks/arrange-later.js'

t.test('all routes are arranged after every onRoute hook, in every scope, and before Fastify takes their hooks over', async t => {
  const app = Fastify()
  const arranged: string[] = []
  const seen: string[] = []
  app.addHook('onRoute', function (options: RouteOptions) {
    arrangeLater(this, () => {
      arranged.push(`${options.url} after ${seen.join(', ')}`)
      options.onSend = [async (_request: unknown, reply: { header: (name: string, value: string) => void }, payload: unknown) => { reply.header('x-arranged', options.url); return payload }] as never
    })
  })
  app.addHook('onRoute', ({ url }) => { seen.push(url) })
  const answer = async (): Promise<string> => 'text'
  app.get('/one', { exposeHeadRoute: false }, answer)
  app.get('/two', { exposeHeadRoute: false }, answer)
  app.register(async scope => {
    scope.get('/three', { exposeHeadRoute: false }, answer)
    scope.register(async inner => { inner.get('/four', { exposeHeadRoute: false }, answer) })
  })
  await app.after()
  app.get('/five', { exposeHeadRoute: false }, answer)
  await app.ready()
  t.equal(arranged.length, 5)
  for (const [index, url] of ['/one', '/two', '/three', '/four', '/five'].entries()) {
    t.ok(arranged.some(said => said.startsWith(`${url} after`) && said.includes(url, url.length)), `${index}`)
    t.equal((await app.inject(url)).headers['x-arranged'], url)
  }
})

t.test('an error of a plugin before it is told to who waits, and is not lost on the way', async t => {
  const app = Fastify()
  app.register(async () => { throw new Error('broken') })
  arrangeLater(app, () => {})
  await t.rejects(async () => app.ready(), { message: 'broken' })
})

t.test('a plugin that fails, and is done without, leaves the routes of others arranged', async t => {
  for (const fail of [async () => { throw new Error('optional') }, async (scope: FastifyInstance) => { await scope.register(async () => { throw new Error('optional') }) }]) {
    const app = Fastify()
    app.register(etagPlugin, { source: 'version' })
    app.register(compress, { threshold: 0 })
    app.register(async scope => {
      scope.get('/optional', { config: { etag: {} } }, async () => ({ version: 1 }))
      await fail(scope)
    })
    app.after(_error => {})
    app.register(async scope => { scope.get('/', { config: { etag: {} } }, async () => ({ version: 3 })) })
    await app.ready()
    t.equal((await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip' } })).headers.etag, '"3;gzip"')
  }
})
