import t from 'tap'
import { Kind, Type } from '@sinclair/typebox'
import { EtagId, EtagLastModified, EtagState, EtagVersion } from '../lib/annotate.js'

t.test('a schema says what it is by the keyword, and the one that it was made of stays what it was', async t => {
  const integer = Type.Integer({ minimum: 1 })
  const version = EtagVersion(integer)
  t.strictSame({ ...version }, { ...integer, 'x-etag': 'version' })
  t.equal(version[Kind], 'Integer')
  t.notOk('x-etag' in integer)
  t.equal(EtagLastModified(Type.String())['x-etag'], 'last-modified')
  t.equal(EtagId(Type.String())['x-etag'], 'id')
  t.equal(EtagState(Type.Object({}))['x-etag'], true)
  t.strictSame(EtagState(Object.freeze(Type.Object({ version })), { policy: 'REQUIRED', weak: true })['x-etag'], { policy: 'REQUIRED', weak: true })
  const hidden = Object.defineProperty({ type: 'integer' as const }, '~kind', { value: 'Integer' })
  t.equal((EtagVersion(hidden) as unknown as { '~kind': string })['~kind'], 'Integer', 'what TypeBox 1 hides is kept')
  t.equal(JSON.stringify(EtagVersion(EtagLastModified(Type.Integer()))), '{"type":"integer","x-etag":"version"}')
})
