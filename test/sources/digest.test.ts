import { createHash } from 'node:crypto'
import t from 'tap'
import { digestSource, resolveDigest, type Body } from '../../lib/sources/digest.js'

const sha1 = (body: Body): string => createHash('sha1').update(body).digest('base64')

t.test('an algorithm gives the text that others make of the same body', async t => {
  const digest = resolveDigest({ digest: 'sha1' })
  for (const body of ['', 'hello', 'ü€😀', Buffer.from([0, 255, 128]), new Uint8Array([1, 2, 3])]) {
    t.strictSame(digest(body), { weak: false, opaque: sha1(body) })
  }
  t.equal(digest('ü').opaque, digest(Buffer.from('ü')).opaque, 'text is what goes over the wire')
  t.not(resolveDigest({ digest: 'sha256' })('a').opaque, digest('a').opaque)
})

t.test('a function gives the opaque text, which is escaped, and nothing that is no text', async t => {
  t.strictSame(resolveDigest({ digest: (body: string) => `${body.length}; "x"` })('abc'), { weak: false, opaque: '3%3B%20%22x%22' })
  for (const wrong of [3, undefined, null, {}, Promise.resolve('x')]) {
    t.throws(() => resolveDigest({ digest: (() => wrong) as never })('abc'), { code: 'FST_ETAG_INVALID_VERSION', message: /^What the digest function returned/ })
  }
})

t.test('a state is named by the body that shows it, and has no name where nothing tells that', async t => {
  const nameState = digestSource({ digest: 'sha1' }, state => state === null ? undefined : JSON.stringify(state))
  const opaque = sha1('{"a":1}')
  t.strictSame(nameState({ a: 1 }, {}), { version: opaque, etag: { weak: false, opaque } })
  t.strictSame(nameState(null, {}), { version: undefined, etag: undefined })
})
