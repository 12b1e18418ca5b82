import { readFileSync } from 'node:fs'
import path from 'node:path'
import { runInThisContext } from 'node:vm'
import t from 'tap'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../lib/index.js'

const { restheart, netbox, dotypos } = etagPlugin

t.test('the profiles are plain objects of options, with the values of the systems', async t => {
  t.strictSame(restheart, {
    policy: { db: 'REQUIRED_FOR_DELETE', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' },
    missing: 409,
    checkEtagParam: true,
    tolerate: { unquoted: true },
    createIgnoresIfMatch: true
  })
  t.strictSame(netbox, {
    policy: 'OPTIONAL',
    source: { timestamp: ['last_updated', 'created'] },
    weak: true,
    tolerate: { weak: true },
    create: 'never'
  })
  const { policy, ...rest } = dotypos
  t.strictSame(rest, { createIgnoresIfMatch: true })
  t.strictSame(['PUT', 'PATCH', 'DELETE', 'POST'].map(method => policy({ method })), ['REQUIRED', 'REQUIRED', 'OPTIONAL', 'REQUIRED'])
})

t.test('docs/profiles.md shows them as they are', async t => {
  const page = readFileSync(path.join(__dirname, '../docs/profiles.md'), 'utf8')
  for (const [name, profile] of Object.entries({ restheart, netbox, dotypos })) {
    const [, shown] = new RegExp(`\\n${name} = (\\{\\n[^]*?\\n\\})\\n`).exec(page)!
    const read = runInThisContext(`(${shown})`)
    t.strictSame(Object.keys(read), Object.keys(profile))
    const { policy, ...rest } = read
    t.strictSame(rest, (({ policy, ...rest }) => rest)(profile as EtagPluginOptions))
    if (typeof policy !== 'function') t.strictSame(policy, profile.policy)
    else for (const method of ['PUT', 'PATCH', 'DELETE']) t.equal(policy({ method }), dotypos.policy({ method }), method)
  }
})

t.test('a profile is shared by all applications of a process, and none can change it', async t => {
  for (const profile of [restheart, netbox, dotypos]) t.ok(Object.isFrozen(profile))
  t.throws(() => { (restheart.policy as { doc: string }).doc = 'REQUIRED' }, TypeError)
  t.throws(() => { (netbox.source.timestamp as string[]).push('seen') }, TypeError)
})

type Row = { version: number } | { last_updated: string | null, created: string }

/** A service under a profile with one thing at `/here`, and nothing anywhere else. */
async function build (profile: EtagPluginOptions, kind?: string): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(etagPlugin, { ...profile })
  const isTimed = profile === netbox
  let row: Row | null = isTimed ? { last_updated: null, created: '2026-02-04T10:00:00.123456+00:00' } : { version: 1 }
  const config = {
    etag: {
      ...(!isTimed && { source: 'version' }),
      ...(kind !== undefined && { kind }),
      load: ({ url }: { url: string }) => url.startsWith('/here') ? row : null
    }
  }
  const made = { version: 1 }
  app.get('/:name', { config }, request => request.precondition.load())
  app.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/:name',
    config,
    handler: (request, reply) => request.precondition.guard(async ({ current }) => {
      row = 'version' in current ? { version: current.version + 1 } : { ...current, last_updated: '2026-02-04T10:00:00.123457+00:00' }
      return row
    }, { create: async () => { reply.code(201); return made } })
  })
  return app
}

async function send (app: FastifyInstance, method: 'PUT' | 'PATCH' | 'DELETE', url: string, ifMatch?: string): Promise<LightMyRequestResponse> {
  return app.inject({ method, url, headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } })
}

t.test('restheart asks for the tag of DELETE for databases and collections, and of what asks for the check', async t => {
  for (const [kind, deleted] of [['db', 409], ['coll', 409], ['doc', 200]] as const) {
    t.equal((await send(await build(restheart, kind), 'DELETE', '/here')).statusCode, deleted, kind)
    t.equal((await send(await build(restheart, kind), 'PUT', '/here')).statusCode, 200, kind)
  }
  const app = await build(restheart, 'doc')
  const unchecked = await send(app, 'PUT', '/here?checkEtag')
  t.equal(unchecked.statusCode, 409)
  t.equal(unchecked.headers.etag, '"1"')
  t.match(unchecked.json(), { code: 'FST_ETAG_PRECONDITION_REQUIRED', level: 'request', policy: 'REQUIRED' })
  t.equal((await send(app, 'PUT', '/here?checkEtag', 'other')).statusCode, 412)
  t.equal((await send(app, 'PUT', '/here?checkEtag', '1')).headers.etag, '"2"', 'the tag may come without its quotes')
  t.equal((await send(app, 'PUT', '/here?checkEtag', '"2"')).statusCode, 200)
  t.equal((await send(app, 'PUT', '/new', '"2"')).statusCode, 201)
})

t.test('netbox compares weak tags in If-Match, asks for none, and makes nothing by PUT', async t => {
  const app = await build(netbox)
  const { headers: { etag } } = await app.inject('/here')
  t.equal(etag, 'W/"2026-02-04T10:00:00.123456+00:00"')
  t.equal((await send(app, 'PATCH', '/here')).headers.etag, 'W/"2026-02-04T10:00:00.123457+00:00"')
  const stale = await send(app, 'PUT', '/here', etag as string)
  t.equal(stale.statusCode, 412)
  t.equal(stale.headers.etag, 'W/"2026-02-04T10:00:00.123457+00:00"')
  t.equal((await send(app, 'PUT', '/here', stale.headers.etag as string)).statusCode, 200)
  t.equal((await send(app, 'PUT', '/new')).statusCode, 404)
  t.equal((await send(app, 'PUT', '/new', etag as string)).statusCode, 404)
})

t.test('dotypos asks for the tag of PUT and PATCH, not of DELETE, and ignores it where PUT makes something new', async t => {
  const app = await build(dotypos)
  for (const method of ['PUT', 'PATCH'] as const) {
    t.match((await send(app, method, '/here')).json(), { status: 428, policy: 'REQUIRED' }, method)
    t.equal((await send(app, method, '/here', '"0"')).statusCode, 412, method)
  }
  t.equal((await send(app, 'PATCH', '/here', '"1"')).statusCode, 200)
  t.equal((await send(app, 'DELETE', '/here')).statusCode, 200)
  t.equal((await send(app, 'PUT', '/new', '"5C6FEF0BAD91914172B353E157219626"')).statusCode, 201)
  t.equal((await send(app, 'PATCH', '/new', '"5C6FEF0BAD91914172B353E157219626"')).statusCode, 404)
})
