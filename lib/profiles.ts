import type { PluginOptions } from './option-schemas.js'

/**
 * What RESTHeart asks of a write: the tag for the DELETE of a database or a collection, 409 where it is missing,
 * `?checkEtag`, and tags that come without their quotes. Its buckets are of the kind `coll`, its files of the kind `doc`.
 */
export const restheart = profile({
  policy: { db: 'REQUIRED_FOR_DELETE', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' },
  missing: 409,
  checkEtagParam: true,
  tolerate: { unquoted: true },
  createIgnoresIfMatch: true
})

/** What NetBox does with `last_updated` and `created`: weak tags that If-Match accepts, and nothing is made by PUT. */
export const netbox = profile({
  policy: 'OPTIONAL',
  source: { timestamp: ['last_updated', 'created'] },
  weak: true,
  tolerate: { weak: true },
  create: 'never'
})

/**
 * What Dotypos asks of a write: the tag for every PUT and PATCH, except for a PUT that makes something new. Its lists are
 * written whole under one tag, which the source `{ members }` of their routes says.
 */
export const dotypos = profile({
  policy: (request: { readonly method: string }) => request.method === 'DELETE' ? 'OPTIONAL' : 'REQUIRED',
  createIgnoresIfMatch: true
})

// All applications of a process share these objects.
function profile<Options extends PluginOptions> (options: Options): Readonly<Options> {
  freeze(options)
  return options
}

function freeze (value: unknown): void {
  if (typeof value !== 'object') return
  Object.values(Object.freeze(value) as object).forEach(freeze)
}
