import t from 'tap'
import Fastify from 'fastify'
import etagPlugin, { type EtagPluginOptions } from '../lib/index.js'

// What docs/proxies.md says of the forms that proxies give to a tag, as they came over the wire.

const STRICT = {}
const WEAK = { tolerate: { weak: true } }
const SUFFIX = { tolerate: { suffix: true } }
const BOTH = { tolerate: { weak: true, suffix: true } }

interface Came {
  readonly read: 304 | 200
  readonly write: 200 | 412 | 428 | 400
}

async function cameOf (tag: string | undefined, options: EtagPluginOptions): Promise<Came> {
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version', policy: 'REQUIRED', ...options })
  const config = { etag: { load: () => ({ version: 3 }) } }
  app.get('/', { config }, request => request.precondition.load())
  app.put('/', { config }, request => request.precondition.guard(async () => ({ version: 4 })))
  const [read, write] = await Promise.all([
    app.inject({ url: '/', headers: tag === undefined ? {} : { 'if-none-match': tag } }),
    app.inject({ method: 'PUT', url: '/', headers: tag === undefined ? {} : { 'if-match': tag } })
  ])
  return { read: read.statusCode, write: write.statusCode } as Came
}

const TABLE: ReadonlyArray<readonly [proxy: string, tag: string | undefined, options: EtagPluginOptions, came: Came]> = [
  ['none, or one that codes nothing', '"3"', STRICT, { read: 304, write: 200 }],
  ['nginx, HAProxy, Varnish, Cloudflare', 'W/"3"', STRICT, { read: 304, write: 412 }],
  ['nginx, HAProxy, Varnish, Cloudflare', 'W/"3"', WEAK, { read: 304, write: 200 }],
  ['nginx and Varnish, where we code and they decode', 'W/"3;gzip"', WEAK, { read: 200, write: 200 }],
  ['Apache, lighttpd', '"3-gzip"', STRICT, { read: 200, write: 412 }],
  ['Apache, lighttpd', '"3-gzip"', SUFFIX, { read: 304, write: 200 }],
  ['Apache, lighttpd', '"3-br"', SUFFIX, { read: 304, write: 200 }],
  ['lighttpd', '"3-deflate"', SUFFIX, { read: 304, write: 200 }],
  ['lighttpd', '"3-zstd"', SUFFIX, { read: 304, write: 200 }],
  ['Traffic Server', '"3-df"', SUFFIX, { read: 304, write: 200 }],
  ['Jetty', '"3--gzip"', SUFFIX, { read: 304, write: 200 }],
  ['Apache with INFLATE, where we code', '"3;gzip-gunzip"', STRICT, { read: 200, write: 200 }],
  ['Apache and lighttpd, of a weak tag', 'W/"3-gzip"', SUFFIX, { read: 304, write: 412 }],
  ['Apache and lighttpd, of a weak tag', 'W/"3-gzip"', BOTH, { read: 304, write: 200 }],
  ['a list', '"2-gzip", "3-gzip"', SUFFIX, { read: 304, write: 200 }],
  ['an old version in any form', 'W/"2-gzip"', BOTH, { read: 200, write: 412 }],
  ['Envoy, which takes strong tags off', undefined, BOTH, { read: 200, write: 428 }],
  ['one that takes the quotes off', '3', STRICT, { read: 200, write: 400 }],
  ['one that takes the quotes off', '3', { tolerate: { unquoted: true } }, { read: 304, write: 200 }],
  ['one that codes and takes the quotes off', '3-gzip', { tolerate: { unquoted: true, suffix: true } }, { read: 304, write: 200 }]
]

for (const [proxy, tag, options, came] of TABLE) {
  t.test(`${tag ?? 'no tag'}, as it comes from ${proxy}, under ${JSON.stringify(options)}`, async t => {
    t.same(await cameOf(tag, options), came)
  })
}
