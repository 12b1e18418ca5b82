import t from 'tap'
import fastifyEtag from '@fastify/etag'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import etagPlugin from '../lib/index.js'

const load = (): { version: number } => ({ version: 1 })
const handler = async (): Promise<object> => ({})

/** A route `PUT /documents/:id` with this config, after the plugin with these options. */
function route (etag: object, options: object = {}): (app: FastifyInstance) => Promise<void> {
  return async app => {
    await app.register(etagPlugin, options)
    app.put('/documents/:id', { config: { etag } }, handler)
  }
}

const ROUTE = 'PUT /documents/:id, config.etag: '
const SOURCES = "source must be a field, { field: 'path.to.field' }, { timestamp: field or fields, precision?: 'ms' }, a function of state and request, { members: one of these, id?: field, at?: 'path.to.list' } or { digest: algorithm of node:crypto or function of the body }, found "

type Case = readonly [what: string, declare: (app: FastifyInstance) => Promise<unknown>, code: string, message: string | RegExp]

const table: readonly Case[] = [
  ['an unknown key of a route', route({ polcy: 'REQUIRED' }), 'FST_ETAG_INVALID_OPTION', /^PUT \/documents\/:id, config\.etag: there is no option polcy; the options are policy, kind, load, /],
  ['an unknown key of register', route({}, { polcy: 'REQUIRED' }), 'FST_ETAG_INVALID_OPTION', /^fastify-etag-policy: there is no option polcy; the options are policy, source, /],
  ['a policy in lower case', route({ policy: 'required' }), 'FST_ETAG_INVALID_OPTION', ROUTE + "policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', or a function of request and state, found 'required'"],
  ['a policy in lower case of register', route({}, { policy: 'required' }), 'FST_ETAG_INVALID_OPTION', /^fastify-etag-policy: policy must be .*, found 'required'$/],
  ['a policy by kind that is none', route({}, { policy: { doc: 'required' } }), 'FST_ETAG_INVALID_OPTION', /policy must be .*, found { doc: 'required' }$/],
  ['an unknown kind', route({ kind: 'dok', load }, { policy: { db: 'REQUIRED', doc: 'OPTIONAL' } }), 'FST_ETAG_UNKNOWN_KIND', ROUTE + 'kind must be one of those in the policy, db, doc, found dok'],
  ['no kind under a policy by kind', route({ load }, { policy: { db: 'REQUIRED', doc: 'OPTIONAL' } }), 'FST_ETAG_UNKNOWN_KIND', ROUTE + 'kind must be one of those in the policy, db, doc, found none'],
  ['a source of unknown shape', route({ source: { timestmap: 'updated' } }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + "{ timestmap: 'updated' }"],
  ['a source that is no source', route({ source: 3 }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + '3'],
  ['an empty field', route({ source: '' }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + "''"],
  ['an empty field path', route({ source: { field: '' } }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + "{ field: '' }"],
  ['a field path with a gap', route({ source: { field: 'meta..rev' } }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + "{ field: 'meta..rev' }"],
  ['an unknown digest algorithm', route({ source: { digest: 'sha265' } }), 'FST_ETAG_INVALID_OPTION', ROUTE + SOURCES + "{ digest: 'sha265' }"],
  ['missing: 400', route({ missing: 400 }), 'FST_ETAG_INVALID_OPTION', ROUTE + 'missing must be 428 or 409, found 400'],
  ['lastModified: 3', route({ lastModified: 3 }), 'FST_ETAG_INVALID_OPTION', ROUTE + 'lastModified must be a field, a list of fields or a function of state and request, found 3'],
  ["tolerate.weak: 'yes'", route({ tolerate: { weak: 'yes' } }), 'FST_ETAG_INVALID_OPTION', ROUTE + "tolerate must be { weak?: boolean, suffix?: boolean, unquoted?: boolean }, found { weak: 'yes' }"],
  ["at: 'onSend'", route({ at: 'onSend' }), 'FST_ETAG_INVALID_OPTION', ROUTE + "at must be 'preHandler' or 'onRequest', found 'onSend'"],
  ["enforce: 'no'", route({ enforce: 'no' }), 'FST_ETAG_INVALID_OPTION', ROUTE + "enforce must be a boolean or a function of the request, found 'no'"],
  ["accept: ['*']", route({ accept: ['*'] }), 'FST_ETAG_INVALID_OPTION', ROUTE + "accept must be a list of 'If-Match: *', 'If-None-Match' and 'If-Unmodified-Since', found [ '*' ]"],
  ['required without load', route({ source: 'version', policy: 'REQUIRED' }), 'FST_ETAG_LOAD_MISSING', 'PUT /documents/:id needs a load: the policy REQUIRED of its route makes PUT name the version that it changes'],
  ['required without source', route({ load, lastModified: 'at' }, { policy: 'REQUIRED' }), 'FST_ETAG_SOURCE_MISSING', 'PUT /documents/:id needs a source: the policy REQUIRED of its plugin makes PUT name the version that it changes'],
  ['weak without tolerate', route({ source: 'version', weak: true, load }), 'FST_ETAG_WEAK_SOURCE', /^PUT \/documents\/:id: weak tags never match the If-Match of a PUT/],
  ['register that is not awaited, at the root', async app => {
    app.register(etagPlugin)
    app.put('/documents/:id', { config: { etag: { source: 'version' } } }, handler)
    await app.ready()
  }, 'FST_ETAG_TOO_EARLY', /^PUT \/documents\/:id was declared before fastify-etag-policy was loaded in its scope: await register first/],
  ['register that is not awaited, in a scope', async app => {
    await app.register(etagPlugin)
    app.register(async scope => {
      scope.register(etagPlugin, { policy: 'REQUIRED' })
      scope.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    })
    await app.ready()
  }, 'FST_ETAG_TOO_EARLY', /^PUT \/documents\/:id was declared before/],
  ['settings of a scope that come after those of a scope within', async app => {
    app.register(async child => {
      await child.register(etagPlugin)
      child.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    })
    app.register(etagPlugin, { policy: 'REQUIRED' })
    await app.ready()
  }, 'FST_ETAG_TOO_EARLY', /^PUT \/documents\/:id was declared before/],
  ['settings of a scope that come after a read that asks by allReads', async app => {
    await app.register(etagPlugin, { allReads: true, source: 'version' })
    app.register(async scope => {
      scope.get('/documents', handler)
      await scope.register(etagPlugin, { source: 'rev' })
    })
    await app.ready()
  }, 'FST_ETAG_TOO_EARLY', /^GET \/documents was declared before/],
  ['a read that stands ahead of allReads', async app => {
    app.get('/documents', handler)
    await app.register(etagPlugin, { allReads: true, source: 'version' })
  }, 'FST_ETAG_TOO_EARLY', /^GET \/documents was declared before/],
  ['a write that stands ahead of allReads, and would not refuse what it cannot compare', async app => {
    app.put('/documents', handler)
    await app.register(etagPlugin, { allReads: true, source: 'version' })
  }, 'FST_ETAG_TOO_EARLY', /^PUT \/documents was declared before/],
  ['never registered', async app => {
    app.put('/documents/:id', { config: { etag: { source: 'version' } } }, handler)
    await app.ready()
  }, 'FST_ETAG_NOT_REGISTERED', 'PUT /documents/:id asks for ETags, by config.etag or an annotated schema, and fastify-etag-policy is not registered in its scope'],
  ['config.etag that a later hook adds', async app => {
    await app.register(etagPlugin, { policy: 'REQUIRED' })
    app.addHook('onRoute', options => { options.config = { ...options.config, etag: { source: 'version', load } } })
    app.put('/documents/:id', handler)
    await app.ready()
  }, 'FST_ETAG_NOT_REGISTERED', /^PUT \/documents\/:id asks for ETags/],
  ['registered in another scope', async app => {
    app.register(async scope => { await scope.register(etagPlugin) })
    app.register(async scope => { scope.put('/documents/:id', { config: { etag: { source: 'version' } } }, handler) })
    await app.ready()
  }, 'FST_ETAG_NOT_REGISTERED', /^PUT \/documents\/:id asks for ETags/],
  ['registered twice', async app => {
    await app.register(etagPlugin)
    await app.register(etagPlugin)
  }, 'FST_ETAG_REGISTERED_TWICE', /registered twice in one scope/],
  ['a hook behind ours', async app => {
    await app.register(etagPlugin)
    await app.register(fp(async instance => {
      instance.addHook('onRoute', options => {
        options.preHandler = [options.preHandler ?? [], async function authenticate () {}].flat()
      })
    }))
    app.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    await app.ready()
  }, 'FST_ETAG_LATER_HOOK', /^PUT \/documents\/:id: the preHandler hook authenticate runs behind the one that decides preconditions;/],
  ['a hook behind ours in onRequest', async app => {
    await app.register(etagPlugin, { at: 'onRequest' })
    app.addHook('onRoute', options => { options.onRequest = [options.onRequest ?? [], async () => {}].flat() })
    app.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    await app.ready()
  }, 'FST_ETAG_LATER_HOOK', /^PUT \/documents\/:id: the onRequest hook anonymous runs behind/],
  ['a hook that replaced ours', async app => {
    await app.register(etagPlugin)
    app.addHook('onRoute', options => { delete options.preHandler })
    app.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    await app.ready()
  }, 'FST_ETAG_LATER_HOOK', /PUT \/documents\/:id/],
  ['@fastify/etag beside it', async app => {
    await app.register(fastifyEtag)
    await app.register(etagPlugin)
    app.put('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    await app.ready()
  }, 'FST_ETAG_BESIDE_ETAG', /^PUT \/documents\/:id is served by @fastify\/etag as well/],
  ['@fastify/etag after it', async app => {
    await app.register(etagPlugin)
    app.register(async scope => {
      await scope.register(fastifyEtag)
      scope.get('/documents/:id', { config: { etag: { source: 'version', load } } }, handler)
    })
    await app.ready()
  }, 'FST_ETAG_BESIDE_ETAG', /^GET \/documents\/:id is served by @fastify\/etag as well/]
]

for (const [what, declare, code, message] of table) {
  t.test(`${what} stops the start by name`, async t => {
    const app = Fastify()
    const error = await declare(app).then(() => undefined, error => error)
    t.match(error, { code })
    if (typeof message === 'string') t.equal(error.message, message)
    else t.match(error.message, message)
  })
}

const starts: ReadonlyArray<readonly [what: string, declare: (app: FastifyInstance) => Promise<unknown>]> = [
  ['awaited', async app => { await app.register(etagPlugin); app.put('/', { config: { etag: { source: 'version' } } }, handler) }],
  ['not awaited, with the routes in a later plugin', async app => {
    app.register(etagPlugin)
    app.register(async scope => { scope.put('/', { config: { etag: { source: 'version' } } }, handler) })
  }],
  ['not awaited, with the routes in after()', async app => {
    app.register(etagPlugin)
    app.after(() => { app.put('/', { config: { etag: { source: 'version' } } }, handler) })
  }],
  ['in a plugin of its own, with the prefix that autoload passes', async app => {
    await app.register(fp(async instance => { await instance.register(etagPlugin, { prefix: '/api' } as object) }))
    app.put('/', { config: { etag: { source: 'version' } } }, handler)
  }],
  ['with routes before it that do not ask', async app => {
    app.put('/other', handler)
    app.put('/off', { config: { etag: false } }, handler)
    await app.register(etagPlugin)
    app.put('/', { config: { etag: { source: 'version' } } }, handler)
  }],
  ['beside @fastify/etag of another scope', async app => {
    app.register(async scope => { await scope.register(fastifyEtag); scope.get('/other', handler) })
    await app.register(etagPlugin)
    app.put('/', { config: { etag: { source: 'version' } } }, handler)
  }],
  ['with a hook that other routes have in front of ours', async app => {
    app.addHook('onRoute', options => { options.preHandler = [options.preHandler ?? [], async () => {}].flat() })
    await app.register(etagPlugin)
    app.put('/', { config: { etag: { source: 'version' } } }, handler)
  }]
]

for (const [what, declare] of starts) {
  t.test(`registered ${what}, the application starts and the route is guarded`, async t => {
    const app = Fastify()
    await declare(app)
    t.equal((await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"1"' } })).statusCode, 412)
  })
}

t.test('weak tags that If-Match may match start', async t => {
  const app = Fastify()
  await route({ source: 'version', weak: true, load, tolerate: { weak: true } })(app)
  const put = async (tag: string): Promise<number> => (await app.inject({ method: 'PUT', url: '/documents/1', headers: { 'if-match': tag } })).statusCode
  t.equal(await put('W/"1"'), 200)
  t.equal(await put('"1"'), 200)
  t.equal(await put('W/"0"'), 412)
})
