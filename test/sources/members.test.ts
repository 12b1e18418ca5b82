import { hash } from 'node:crypto'
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

t.test('no two lists have one tag, whatever characters their ids and versions are of', async t => {
  const TEXTS = ['', '0', '1', '01', '-1', '1.5', '999999999999999', '1000000000000000', '"', '\\', '\x00', '\x7f', '\ud83d', '🙂', '"],["', 'a;b', 'W/"1"', 'ein längerer Text', '55e84b95-c2e6-4d1e-8a8e-2f3c5a9d0b11']
  const VALUES = [...TEXTS, 2, 2 ** 52, -3]
  const lists = [[], ...VALUES.flatMap(id => VALUES.flatMap(version => [[{ id, version }], [{ id, version }, { id: 7, version: 1 }], [{ id: 7, version: 1 }, { id, version }]]))]
  const weakly = { members: ({ version }: Row) => ({ weak: true, opaque: formatOpaqueText(String(version)) }) }
  const tags = lists.flatMap(list => [tagOf(list), tagOf(list, weakly)])
  // an empty list has no member to be weak
  t.equal(new Set(tags).size, tags.length - 1)
})

t.test('a number is the same as its text, since a driver gives the one for the other', async t => {
  const numbers = [{ id: 1, version: 7 }, { id: 2, version: 0 }]
  for (const same of [[{ id: '1', version: '7' }, { id: 2n, version: 0n }], [{ id: 1, version: '7' }, { id: '2', version: -0 }]]) t.equal(tagOf(same as unknown as Row[]), tagOf(numbers))
  const beyond = [{ id: 1.5, version: 2 ** 52 }]
  t.equal(tagOf([{ id: '1.5', version: String(2 ** 52) }]), tagOf(beyond))
  t.equal(tagOf(numbers, { members: { field: 'version' } }), tagOf(numbers))
})

t.test('the versions of a list are those that it had, whatever became of its members', async t => {
  const list = [{ id: 1, version: 7 }, { id: 2, version: 8 }]
  const named = nameOf(list)
  list[0]!.version = 9
  t.same(named.version, [7, 8])
})

t.test('the tag of a list has nothing of another list, longer or shorter, named before or meanwhile', async t => {
  const listOf = (length: number, version = 1): Row[] => Array.from({ length }, (_, id) => ({ id, version }))
  const expected = (list: readonly Row[]): string =>
    `"${hash('sha256', new Float64Array(list.flatMap(({ id, version }) => [id as number, version as number])), 'base64url')}"`
  // the last two need more memory than is kept
  for (const length of [3, 1000, 2, 5, 1000, 70_000, 1, 70_001, 4]) t.equal(tagOf(listOf(length)), expected(listOf(length)), `${length} members`)

  const inner = listOf(500, 9)
  let innerTag: unknown
  const nested = listOf(3)
  nested[1] = { id: 1, get version () { innerTag = tagOf(inner); return 1 } }
  t.equal(tagOf(nested), expected(listOf(3)))
  t.equal(innerTag, expected(inner))
  t.throws(() => tagOf([{ id: 1, get version () { throw new Error('no') } }]), { message: 'no' })
  t.equal(tagOf([{ id: 1, version: 1 }, { id: 'x', version: 1 }]) === undefined, false)
  t.equal(tagOf(listOf(4)), expected(listOf(4)))
})

t.test('-0 is 0', async t => {
  t.equal(tagOf([{ id: -0, version: -0 }]), tagOf([{ id: 0, version: 0 }]))
})
