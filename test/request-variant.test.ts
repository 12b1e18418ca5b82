import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { formatEntityTag, parseEntityTag, type EntityTag } from '../lib/entity-tag.js'
import { parseEntityTagList, parseUnquotedList, type EntityTags } from '../lib/entity-tag-list.js'
import { evaluate } from '../lib/preconditions.js'
import { RequestVariant } from '../lib/request-variant.js'
import type { Variant } from '../lib/option-schemas.js'
import type { Route } from '../lib/route.js'

const tag = (text: string): EntityTag => parseEntityTag(text)!
const list = (text: string): EntityTags => parseEntityTagList(text) as EntityTags

function variantOf (method: string, acceptEncoding?: string, route: Partial<Route> = {}): RequestVariant {
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }
  return new RequestVariant({ variant: undefined, apiVersion: undefined, tolerate: {}, ...route }, { method, raw: { headers } })
}

/** Each tag that a request sent, as it is compared with the current one: that, or another one as it is. */
function knownAs (variant: RequestVariant, sent: string, current: string, isOwn = false): readonly string[] {
  return Array.from(list(sent), one => {
    const { ifMatch } = variant.known({ ifMatch: list(formatEntityTag(one)) }, { etag: tag(current) }, isOwn)
    return [...ifMatch as EntityTags].map(({ opaque }) => opaque).join()
  })
}

t.test('a read compares all of a tag, in the codings that it accepts; a write compares the state', async t => {
  const sent = '"3", "3;gzip", "3;br", "3;identity;summary", "3;gzip;summary"'
  t.strictSame(knownAs(variantOf('GET', 'gzip'), sent, '"3"'), ['3', '3', '3;br', '3;identity;summary', '3;gzip;summary'])
  t.strictSame(knownAs(variantOf('GET', 'gzip'), sent, '"3;identity;summary"'), ['3', '3;gzip', '3;br', '3;identity;summary', '3;identity;summary'])
  t.strictSame(knownAs(variantOf('GET'), sent, '"3"'), ['3', '3;gzip', '3;br', '3;identity;summary', '3;gzip;summary'], 'without Accept-Encoding nothing is coded')
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) t.strictSame(knownAs(variantOf(method), sent, '"3"'), ['3', '3', '3', '3', '3'], method)
})

t.test('several codings on one answer are all to be accepted', async t => {
  t.strictSame(knownAs(variantOf('GET', 'gzip, br'), '"3;br,gzip"', '"3"'), ['3'])
  t.strictSame(knownAs(variantOf('GET', 'gzip'), '"3;br,gzip"', '"3"'), ['3;br,gzip'])
})

t.test('a suffix is taken off where it is tolerated and the tag is no other already', async t => {
  const tolerant = { tolerate: { suffix: true } }
  for (const method of ['GET', 'PUT']) {
    t.strictSame(knownAs(variantOf(method, undefined, tolerant), '"3-gzip", W/"3--gzip", "3", "4-br"', '"3"'), ['3', '3', '3', '4-br'], method)
    t.strictSame(knownAs(variantOf(method), '"3-gzip"', '"3"'), ['3-gzip'], `${method}: off by default`)
    t.strictSame(knownAs(variantOf(method, undefined, tolerant), '"3-gzip"', '"3-gzip"'), ['3-gzip'], `${method}: a complete tag may end so`)
  }
  t.strictSame(knownAs(variantOf('GET', undefined, tolerant), '"own-gzip", "own;gzip"', '"own"', true), ['own', 'own;gzip'], 'of a tag that the handler set')
  t.strictSame(knownAs(variantOf('GET', 'gzip'), '"own;gzip"', '"own"', true), ['own;gzip'])
})

t.test('what has no tags stays as it was sent, and so does all where the state has no tag', async t => {
  const variant = variantOf('PUT')
  for (const sent of [{}, { ifUnmodifiedSince: 1 }]) t.equal(variant.known(sent, { etag: tag('"3"') }), sent)
  t.match(variant.known({ ifMatch: '*', ifNoneMatch: [] }, { etag: tag('"3"') }), { ifMatch: '*', ifNoneMatch: [] })
  const sent = { ifMatch: list('"3;gzip"') }
  t.equal(variant.known(sent, {}), sent)
})

t.test('the variant stands behind the tag: the version of the API first, then what the function says', async t => {
  const table: ReadonlyArray<readonly [route: Partial<Route>, opaque: string]> = [
    [{}, '3'],
    [{ apiVersion: '2.0.0' }, '3;identity;2.0.0'],
    [{ variant: () => 'summary' }, '3;identity;summary'],
    [{ variant: () => 7n }, '3;identity;7'],
    [{ variant: () => null }, '3'],
    [{ variant: () => undefined }, '3'],
    [{ variant: () => '' }, '3;identity;'],
    [{ apiVersion: '2.0.0', variant: () => '' }, '3;identity;2.0.0;'],
    [{ variant: () => 'pt-br' }, '3;identity;pt%2Dbr'],
    [{ variant: () => 'a;b "c"' }, '3;identity;a%3Bb%20%22c%22'],
    [{ apiVersion: '2.0.0', variant: ({ method }) => method }, '3;identity;2.0.0;GET']
  ]
  for (const [route, opaque] of table) t.equal(variantOf('GET', undefined, route).tagOf(tag('"3"')).opaque, opaque)
  t.equal(variantOf('GET', undefined, { apiVersion: '2.0.0' }).tagOf(tag('W/"3"'), 'gzip').opaque, '3;gzip;2.0.0')
})

t.test('a long variant becomes a digest, since it is made of what a client sent', async t => {
  const tagWith = (text: string): string => variantOf('GET', undefined, { variant: () => text }).tagOf(tag('"3"')).opaque
  t.equal(tagWith('x'.repeat(42)), `3;identity;${'x'.repeat(42)}`)
  t.match(tagWith('x'.repeat(43)), /^3;identity;[\w-]{43}$/)
  t.not(tagWith('x'.repeat(43)), tagWith('x'.repeat(44)))
})

t.test('reads are compared with the representation, writes with the state, and the function is asked once', async t => {
  let asked = 0
  const route = { variant: () => { asked++; return 'summary' } }
  const read = variantOf('GET', undefined, route)
  const described = { etag: tag('"3"'), lastModified: 1 }
  t.strictSame(read.comparedWith(described), { etag: tag('"3;identity;summary"'), lastModified: 1 })
  read.read()
  t.equal(asked, 1)
  t.equal(variantOf('PUT', undefined, route).comparedWith(described), described)
  t.equal(variantOf('GET').comparedWith(described), described, 'and a state is its own representation where there is no variant')
  const dated = { lastModified: 1 }
  t.equal(read.comparedWith(dated), dated)
})

t.test('a variant that cannot be told is an error of the server, whose own words stay here', async t => {
  const table: ReadonlyArray<readonly [variant: () => unknown, code: string]> = [
    [() => { throw new Error('secret') }, 'FST_ETAG_LOAD_FAILED'],
    [() => ({}), 'FST_ETAG_INVALID_VERSION'],
    [() => NaN, 'FST_ETAG_INVALID_VERSION'],
    [async () => 'x', 'FST_ETAG_INVALID_VERSION']
  ]
  for (const [variant, code] of table) t.throws(() => variantOf('GET', undefined, { variant: variant as Variant }).read(), { code }, String(variant))
})

t.test('a 304 carries the tag of the representation that its client has', async t => {
  const variant = variantOf('GET', 'gzip')
  const table = [
    ['"3"', '3'],
    ['"2", "3;gzip"', '3;gzip'],
    ['W/"3;gzip", "3"', '3;gzip'],
    ['"3;br"', '3'],
    ['*', '3']
  ] as const
  for (const [sent, opaque] of table) t.strictSame(variant.heldTag({ ifNoneMatch: list(sent) }, tag('"3"')), { weak: false, opaque }, sent)
  t.strictSame(variant.heldTag({ ifModifiedSince: 1 }, tag('W/"3"')), tag('W/"3"'))
})

t.test('a 304 carries that tag too when the decision has passed over others before it', async t => {
  const table = [
    // tolerated, and no tag of ours
    ['"3;br", "3-gzip", "3;gzip"', '3;gzip'],
    ['"2", "3-gzip"', '3'],
    ['"3;br", "3;gzip-br", "3"', '3'],
    ['"3;br;x", "3;gzip", "3"', '3;gzip']
  ] as const
  for (const [sent, opaque] of table) {
    for (const isOwn of [false, true]) {
      const variant = variantOf('GET', 'gzip', { tolerate: { suffix: true } })
      const ifNoneMatch = list(sent)
      variant.known({ ifNoneMatch }, { etag: tag('"3"') }, isOwn)
      t.equal(variant.heldTag({ ifNoneMatch }, tag('"3"')).opaque, opaque, sent)
      t.equal(variant.heldTag({ ifNoneMatch }, tag('"2"')).opaque, '2', sent)
    }
  }
})

t.test('many tags in many codings are compared with what is accepted in one pass over each', async t => {
  const accepted = `${'b,'.repeat(3900)}a`
  const variant = variantOf('GET', accepted)
  const many = Array.from({ length: 1300 }, () => '"x;a"').join(',')
  const { ifMatch } = variant.known({ ifMatch: list(many) }, { etag: tag('"x"') })
  t.strictSame(ifMatch, [tag('"x"')])
  t.strictSame(knownAs(variant, `"x;${'a,'.repeat(3900)}a"`, '"x"'), ['x'])
})

const UNSENT = { ifMatch: undefined, ifNoneMatch: undefined }

/** The same, slowly: each tag is read as one that a client may have made of the current one. */
function slowlyKnown (sent: EntityTags, current: EntityTag, method: string, accepted: readonly string[], suffix: boolean, isOwn: boolean): readonly EntityTag[] {
  const plain = (opaque: string): string => {
    if (isOwn) return opaque
    const [state, coding, ...variant] = opaque.split(';')
    if (method === 'PUT') return state!
    if (coding === undefined || !coding.split(',').every(one => accepted.includes(one))) return opaque
    return variant.length === 0 ? state! : [state, 'identity', ...variant].join(';')
  }
  return Array.from(sent, ({ weak, opaque }) => {
    const bare = opaque.replace(/--?(?:gzip|br)$/, '')
    const isCurrent = [opaque, ...(suffix ? [bare] : [])].some(one => plain(one) === current.opaque)
    return { weak, opaque: isCurrent ? current.opaque : '\0' }
  })
}

t.test('what is known of a list decides as all of its tags do, read slowly one by one', async t => {
  const state = fc.constantFrom('3', '33', 'abcdefgh')
  const part = fc.constantFrom('', '', ';gzip', ';br', ';gzip,br', ';identity;x', ';gzip;x', ';br;x', '-gzip', '--br', ';gzip-gzip', '-', ';')
  const anyTag = fc.record({ weak: fc.boolean(), opaque: fc.tuple(state, part).map(parts => parts.join('')) }, { noNullPrototype: true })
  const accepted = fc.constantFrom([], ['gzip'], ['br'], ['gzip', 'br'], ['identity', 'gzip'])
  const came = new Set<string>()
  fc.assert(fc.property(fc.record({
    tags: fc.array(anyTag, { maxLength: 4 }), bare: fc.boolean(), own: fc.tuple(state, fc.constantFrom(undefined, 'x'), fc.boolean()), method: fc.constantFrom('GET', 'PUT'), accepted, suffix: fc.boolean(), isOwn: fc.boolean()
  }), ({ tags, bare, own: [opaque, variant, weak], method, accepted, suffix, isOwn }) => {
    const one = variantOf(method, accepted.join(', '), { tolerate: { suffix } })
    const current = { weak, opaque: variant === undefined || method === 'PUT' ? opaque : `${opaque};identity;${variant}` }
    const text = tags.map(formatEntityTag).join(', ')
    const sent = (bare ? parseUnquotedList(text.replaceAll(/(W\/)?"([^",]+)"/g, '$2')) ?? list(text) : list(text)) as EntityTags
    const slow = slowlyKnown(sent, current, method, accepted, suffix, isOwn)
    return ['ifMatch', 'ifNoneMatch'].every(field => [sent, [...sent]].every(sent => {
      const told = evaluate(method, one.known({ ...UNSENT, [field]: sent }, { etag: current }, isOwn), { etag: current })
      const due = evaluate(method, { [field]: slow }, { etag: current })
      came.add(JSON.stringify(due))
      return isDeepStrictEqual(told, due)
    }))
  }), { numRuns: 10_000, seed: 3 })
  t.equal(came.size, 6, [...came].join())
})
