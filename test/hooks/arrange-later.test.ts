import t from 'tap'
import compress from '@fastify/compress'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import etagPlugin from '../../lib/index.js'
import { arrangeLater } from '../../lib/hooks/arrange-later.js'

type Hook = Extract<RouteOptions['onSend'], Function>
const hook = (name: string): Hook => ({ [name]: async (_request: unknown, _reply: unknown, payload: unknown) => payload })[name] as unknown as Hook
const answer = async (): Promise<string> => 'text'

t.test('hooks are arranged whenever they are read, with all that others set or push', async t => {
  for (const present of [undefined, hook('one'), [hook('one')]]) {
    const options: RouteOptions = { method: 'GET', url: '/', handler: answer, ...(present !== undefined && { onSend: present }) }
    const own = hook('own')
    arrangeLater(options, given => [own, ...given.filter(each => each !== own)])
    const names = (): readonly string[] => (options.onSend as readonly Hook[]).map(({ name }) => name)
    const before = present === undefined ? [] : ['one']
    t.same(names(), ['own', ...before])
    ;(options.onSend as Hook[]).push(hook('pushed'))
    t.same(names(), ['own', ...before, 'pushed'])
    options.onSend = [hook('first'), ...options.onSend as Hook[]]
    t.same(names(), ['own', 'first', ...before, 'pushed'])
    options.onSend = hook('alone')
    t.same(names(), ['own', 'alone'])
    t.ok('onSend' in { ...options })
  }
})

t.test('Fastify reads them when all plugins are there, so that they know every hook of their scope', async t => {
  const app = Fastify()
  const arranged: Record<string, number> = {}
  let added = 0
  app.addHook('onRoute', options => {
    arrangeLater(options, () => {
      arranged[options.url] = added
      return []
    })
  })
  const add = (scope: FastifyInstance): void => { added++; scope.addHook('onSend', async (_request, _reply, payload) => payload) }
  app.get('/one', { exposeHeadRoute: false }, answer)
  app.register(async scope => {
    scope.get('/two', { exposeHeadRoute: false }, answer)
    add(scope)
  })
  await app.after()
  app.get('/three', { exposeHeadRoute: false }, answer)
  await app.after()
  add(app)
  await app.ready()
  t.same(arranged, { '/one': 2, '/two': 2, '/three': 2 })
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
