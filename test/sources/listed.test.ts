import t from 'tap'
import { idOf, listIn, withList } from '../../lib/sources/listed.js'

t.test('a list is found where it is itself, or at the end of its path', async t => {
  const list = [{ id: 1 }]
  const table: ReadonlyArray<readonly [value: unknown, path: readonly string[], isFound: boolean]> = [
    [list, [], true],
    [list, ['items'], true],
    [{ items: list }, ['items'], true],
    [{ data: { items: list } }, ['data', 'items'], true],
    [{ items: list }, [], false],
    [{ items: list }, ['data', 'items'], false],
    [{ items: { 0: 'a', length: 1 } }, ['items'], false],
    [{ items: 'abc' }, ['items'], false],
    [null, ['items'], false],
    [undefined, [], false],
    ['abc', [], false],
    [{ 0: 'a', length: 1 }, [], false]
  ]
  for (const [value, path, isFound] of table) t.equal(listIn(value, path), isFound ? list : undefined, `${JSON.stringify(value)} at ${path.join('.')}`)
})

t.test('another list takes its place in a copy', async t => {
  const other = [{ id: 2 }]
  const envelope = { total: 3, data: { more: true, items: [{ id: 1 }] } }
  t.equal(withList([{ id: 1 }], ['items'], other), other)
  t.equal(withList([{ id: 1 }], [], other), other)
  t.strictSame(withList(envelope, ['data', 'items'], other), { total: 3, data: { more: true, items: other } })
  class Page { readonly items = [{ id: 1 }]; get size (): number { return this.items.length } }
  t.equal((withList(new Page(), ['items'], []) as Page).size, 0)
  t.strictSame(envelope, { total: 3, data: { more: true, items: [{ id: 1 }] } })
})

t.test('an id is a text, a number or a bigint, and these are one where their texts are', async t => {
  for (const id of ['7', 7, 7n]) t.equal(idOf({ id }, 'id'), '7')
  t.equal(idOf({ _id: 'a', id: 'b' }, '_id'), 'a')
  t.equal(idOf({ id: '' }, 'id'), '')
  t.equal(idOf({ id: 1.5 }, 'id'), '1.5')
  t.equal(idOf({ id: { toJSON: () => '55e84b95c2e66d1e0a8e46b2' } }, 'id'), '55e84b95c2e66d1e0a8e46b2', 'an ObjectId')
  for (const member of [{}, { id: null }, { id: true }, { id: NaN }, { id: Infinity }, { id: 2 ** 53 }, { id: { toJSON: 'a' } }, { id: { toJSON: () => ({}) } }, { id: { a: 1 } }, { id: [7] }, null, undefined, 7, '7']) {
    t.equal(idOf(member, 'id'), undefined, JSON.stringify(member))
  }
})
