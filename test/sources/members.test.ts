import { createHash } from 'node:crypto'
import t from 'tap'
import { formatEntityTag } from '../../lib/entity-tag.js'
import { formatOpaqueText } from '../../lib/opaque-text.js'
import { membershipOf, type MembersSource } from '../../lib/sources/members.js'
import { resolveSource } from '../../lib/sources/source.js'

interface Row { id?: unknown, version?: unknown }

const nameOf = (state: unknown, source: MembersSource = { members: 'version' }) => resolveSource(source)(state, undefined)
const tagOf = (state: unknown, source?: MembersSource) => {
  const { etag } = nameOf(state, source)
  return etag && formatEntityTag(etag)
}

const rows: readonly Row[] = [{ id: 1, version: 1 }, { id: 2, version: 5 }]
const [one, two] = rows as [Row, Row]

t.test('adding, removing, changing and reordering a member changes the tag, and nothing else does', async t => {
  const tag = tagOf(rows)
  t.match(tag, /^"[A-Za-z0-9_-]{43}"$/)
  t.equal(tagOf([{ ...one, title: 'other' }, { version: 5, id: 2 }]), tag)
  t.equal(tagOf([{ id: '1', version: '1' }, { id: 2n, version: 5n }]), tag, 'another driver gives other types')
  const others = [
    [...rows, { id: 3, version: 1 }], [one], [two], [], [two, one], [one, { id: 2, version: 6 }], [one, { id: 3, version: 5 }],
    [{ id: 1, version: 5 }, { id: 2, version: 1 }], [one, one, two], [{ id: '1","1"],["2', version: 5 }], [{ id: 11, version: '' }, two], [{ id: 1, version: 12 }, { id: '', version: 5 }]
  ]
  const tags = others.map(list => tagOf(list))
  for (const other of tags) t.match(other, /^"[A-Za-z0-9_-]{43}"$/)
  t.equal(new Set([tag, ...tags]).size, others.length + 1)
})

t.test('an empty list has a tag, always the same', async t => {
  t.equal(tagOf([]), '"T1PNoYwrqgwDVLtfmj7L5e0Sq02OEbqHPC8RFhICuUU"')
  t.strictSame(nameOf([]).version, [])
})

t.test('the version of a list is the list of the versions of its members', async t => {
  t.strictSame(nameOf(rows).version, [1, 5])
  t.strictSame(nameOf({ items: rows, total: 9 }, { members: 'version', at: 'items' }).version, [1, 5])
  t.strictSame(nameOf({ data: { rows } }, { members: 'version', at: 'data.rows' }).version, [1, 5])
})

t.test('a list has one tag wherever it stands, and whatever names its members', async t => {
  const tag = tagOf(rows)
  t.equal(tagOf({ items: rows, total: 9 }, { members: 'version', at: 'items' }), tag)
  t.equal(tagOf(rows, { members: 'version', at: 'items' }), tag)
  t.equal(tagOf(rows.map(({ id, version }) => ({ _id: id, meta: { rev: version } })), { members: { field: 'meta.rev' }, id: '_id' }), tag)
  t.equal(tagOf(rows, { members: (row: { version: number }) => row.version }), tag)
  t.equal(tagOf(rows.map(({ id, version }) => ({ id, a: null, b: String(version) })), { members: { timestamp: ['a', 'b'] } }), tag)
  t.equal(tagOf(rows, { members: (row: { version: number }) => `W/"${row.version}"` })?.startsWith('W/"'), true, 'no stronger than its members')
})

t.test('what is no list, or has a member without id or version, has no name', async t => {
  const nameless = { version: undefined, etag: undefined }
  for (const state of [{}, { items: {} }, 'ab', null, [{ id: 1 }], [{ version: 1 }], [{ id: null, version: 1 }], [{ id: {}, version: 1 }], [one, 2], [null]]) {
    t.strictSame(nameOf(state), nameless, JSON.stringify(state))
    t.strictSame(nameOf(state, { members: 'version', at: 'items' }), nameless, JSON.stringify(state))
  }
})

t.test('a list with a member that has no tag has none, and a version that is no version is an error', async t => {
  t.strictSame(nameOf([one, { id: 2, version: null }]), { version: [1, null], etag: undefined })
  t.throws(() => nameOf([{ id: 1, version: new Date() }]), { code: 'FST_ETAG_INVALID_VERSION', message: /The field version cannot name a version/ })
  t.throws(() => nameOf([{ id: 1, version: NaN }]), { code: 'FST_ETAG_INVALID_VERSION' })
})

t.test('members are told apart by id, in the list itself, unless said otherwise', async t => {
  t.strictSame(membershipOf({ members: 'version' }), { id: 'id', path: [] })
  t.strictSame(membershipOf({ members: 'version', id: '_id', at: 'data.items' }), { id: '_id', path: ['data', 'items'] })
})

t.test('the tag of a list is the digest of its ids and tags as JSON, whatever characters they are of', async t => {
  const TEXTS = ['', '1', '"', '\\', '\x00', '\x1f', '\x7f', '\xe9', '\ud83d', '🙂', '"],["', 'a text of some length', 'a text of some length"', 'ein längerer Text', '55e84b95-c2e6-4d1e-8a8e-2f3c5a9d0b11']
  const lists = TEXTS.flatMap(id => TEXTS.map(version => [{ id, version }, { id: `${id}x`, version: 1 }]))
  const digest = (list: readonly Row[], weak: string) => createHash('sha256')
    .update(JSON.stringify(list.map(({ id, version }) => [id, `${weak}"${formatOpaqueText(String(version))}"`]))).digest('base64url')
  for (const list of lists) {
    t.equal(tagOf(list), `"${digest(list, '')}"`, JSON.stringify(list))
    const weakly = { members: ({ version }: Row) => ({ weak: true, opaque: formatOpaqueText(String(version)) }) }
    t.equal(tagOf(list, weakly), `W/"${digest(list, 'W/')}"`, JSON.stringify(list))
  }
  const own = [{ id: 1, version: 'back\\slash' }, { id: 2, version: '\x80' }]
  const whole = { members: ({ version }: Row) => ({ weak: false, opaque: String(version) }) }
  t.equal(tagOf(own, whole), `"${createHash('sha256').update(JSON.stringify([['1', '"back\\slash"'], ['2', '"\x80"']])).digest('base64url')}"`)
})
