import t from 'tap'
import { namesMembers, RequestMembers } from '../lib/request-members.js'

const ITSELF = { id: 'id', path: [] }
const IN_ITEMS = { id: 'key', path: ['items'] }
const rows = [{ id: 1, rev: 'a' }, { id: 2, rev: 'b' }, { id: 3, rev: 'c' }] as const
const [one, two, three] = rows

function membersOf (method: string, body?: unknown, membership: { id: string, path: readonly string[] } = ITSELF): RequestMembers {
  const members = new RequestMembers(membership, { method, body })
  members.read()
  return members
}

t.test('PUT, PATCH and DELETE can name members, and no other method', async t => {
  t.strictSame(['PUT', 'PATCH', 'DELETE', 'POST', 'GET', 'HEAD'].map(namesMembers), [true, true, true, false, false, false])
})

t.test('the members of the body are picked from what was loaded, in the order of the body', async t => {
  const table: ReadonlyArray<readonly [body: ReadonlyArray<{ id: unknown }>, picked: readonly unknown[], isWhole: boolean]> = [
    [[{ id: 1 }, { id: 2 }, { id: 3 }], rows, true],
    [[{ id: 3 }, { id: 1 }], [three, one], true],
    [[{ id: '2' }], [two], true],
    [[{ id: 2n }], [two], true],
    [[], [], true],
    [[{ id: 1 }, { id: 4 }], [one], false],
    [[{ id: 4 }], [], false],
    [[{ id: '__proto__' }], [], false]
  ]
  for (const [body, picked, isWhole] of table) {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const members = membersOf(method, body)
      const found = members.pick([three, two, one])
      t.strictSame(found, picked)
      t.equal(members.isWhole(found), isWhole)
    }
  }
})

t.test('an envelope is picked from as a whole, and may be written by a list alone', async t => {
  for (const body of [{ items: [{ key: 'b' }] }, [{ key: 'b' }]]) {
    const members = membersOf('PUT', body, IN_ITEMS)
    const found = members.pick({ total: 2, items: [{ key: 'a' }, { key: 'b' }] })
    t.strictSame(found, { total: 2, items: [{ key: 'b' }] })
    t.ok(members.isWhole(found))
  }
})

t.test('what names no members is about all that there are: a DELETE without a body, a POST, a read', async t => {
  for (const [method, body] of [['DELETE', undefined], ['DELETE', null], ['POST', { id: 1 }], ['POST', [{ id: 1 }]], ['GET', undefined]] as const) {
    const members = membersOf(method, body)
    t.equal(members.pick(rows), rows)
    t.equal(members.isWhole(rows), true)
  }
})

t.test('before the body is read all that was loaded is there', async t => {
  const members = new RequestMembers(ITSELF, { method: 'PUT', body: [{ id: 2 }] })
  t.equal(members.pick(rows), rows)
  t.equal(members.isWhole(rows), true)
  members.read()
  t.strictSame(members.pick(rows), [two])
  t.equal(members.isWhole(rows), false)
})

t.test('the body is read once: what becomes of it later changes nothing', async t => {
  const body = [{ id: 1 }]
  const members = membersOf('PUT', body)
  body.push({ id: 2 })
  members.read()
  t.strictSame(members.pick(rows), [one])
})

t.test('a body that does not say which members are meant is refused', async t => {
  const table: ReadonlyArray<readonly [body: unknown, message: string, membership?: { id: string, path: readonly string[] }]> = [
    [undefined, 'PUT needs the list of the members that it is about.'],
    [null, 'PUT needs the list of the members that it is about.'],
    [{}, 'PUT needs the list of the members that it is about.'],
    ['[]', 'PUT needs the list of the members that it is about.'],
    [{ items: {} }, 'PUT needs the list of the members that it is about, in items.', IN_ITEMS],
    [[{ id: 1 }, {}], 'The member at 1 needs its id, a text or an exact number.'],
    [[{ id: 2 ** 53 }], 'The member at 0 needs its id, a text or an exact number.'],
    [[{ id: true }], 'The member at 0 needs its id, a text or an exact number.'],
    [[null], 'The member at 0 needs its id, a text or an exact number.'],
    [[7], 'The member at 0 needs its id, a text or an exact number.'],
    [{ items: [{ id: 1 }] }, 'The member at 0 needs its key, a text or an exact number.', IN_ITEMS],
    [[{ id: 1 }, { id: 2 }, { id: 1 }], 'The member at 2 has the id of one before it: each may be there once.'],
    [[{ id: 1 }, { id: '1' }], 'The member at 1 has the id of one before it: each may be there once.']
  ]
  for (const [body, message, membership] of table) {
    t.throws(() => membersOf('PUT', body, membership), { code: 'FST_ETAG_INVALID_MEMBERS', statusCode: 400, message }, JSON.stringify(body))
  }
  t.throws(() => membersOf('DELETE', {}), { code: 'FST_ETAG_INVALID_MEMBERS', message: 'DELETE needs the list of the members that it is about.' })
})

t.test('what load returned must be a list whose members have ids of their own, or the server is at fault', async t => {
  const table: ReadonlyArray<readonly [loaded: unknown, why: string]> = [
    [{ items: [] }, 'there is no list'], ['abc', 'there is no list'], [[{ rev: 1 }], 'a member has no id'], [[null], 'a member has no id'], [[one, two, one], 'two members have one id']
  ]
  for (const [loaded, why] of table) {
    const message = `What load returned is no list of members that can be told apart: ${why}`
    t.throws(() => membersOf('PUT', [{ id: 1 }]).pick(loaded), { code: 'FST_ETAG_INVALID_LIST', statusCode: 500, message }, JSON.stringify(loaded))
  }
  t.throws(() => membersOf('PUT', [{ key: 1 }], IN_ITEMS).pick({ items: {} }), { message: /there is no list at items$/ })
})

t.test('what is sent shows a list where it has its members in their order', async t => {
  const members = membersOf('GET')
  for (const sent of [rows, rows.map(({ id }) => ({ id: String(id) }))]) t.equal(members.isShown(sent, rows), true)
  for (const sent of [[one, two], [two, one, three], [], { rows }, null, 'rows']) t.equal(members.isShown(sent, rows), false, JSON.stringify(sent))
  t.equal(members.isShown(rows, null), false)
  t.equal(membersOf('GET', undefined, IN_ITEMS).isShown({ items: [{ key: 1 }], total: 2 }, { items: [{ key: 1 }] }), true)
})

t.test('all members are written, or none', async t => {
  const both = membersOf('PUT', [{ id: 1 }, { id: 2 }])
  t.equal(both.areWritten([one, two], []), true)
  t.equal(both.areWritten([two, one], []), true, 'a statement returns its rows in no order')
  for (const count of [2, 2n]) t.equal(both.areWritten(count, rows), true)
  for (const count of [1, 3, 1n, -1, NaN]) t.throws(() => both.areWritten(count, rows), { code: 'FST_ETAG_UNCLEAR_RESULT' }, String(count))
  for (const nothing of [null, undefined, false, 0, 0n, [], [null, null], [undefined, 0]]) t.equal(both.areWritten(nothing, rows), false, String(nothing))
  for (const some of [[one], [one, three], [one, one], [one, two, three], [{}, {}], [one, null]]) {
    t.throws(() => both.areWritten(some, rows), { code: 'FST_ETAG_UNCLEAR_RESULT', message: /of the 2 members of a list it shows [013] as written, and all of them must be or none: return / }, JSON.stringify(some))
  }
  for (const unclear of [true, 'done', {}, { rowCount: 2, command: 'UPDATE' }, { items: [one, two] }]) {
    t.throws(() => both.areWritten(unclear, rows), { code: 'FST_ETAG_UNCLEAR_RESULT', message: /a list is written where all of its members are: return what was written/ }, JSON.stringify(unclear))
  }
  t.equal(membersOf('PUT', []).areWritten([], []), true, 'of none all are written')
  t.equal(membersOf('PUT', { items: [{ key: 'a' }] }, IN_ITEMS).areWritten({ items: [{ key: 'a' }] }, undefined), true)
})

t.test('a DELETE without a body is about all members that are there, and a POST about none', async t => {
  const whole = membersOf('DELETE')
  t.equal(whole.areWritten(rows, rows), true)
  t.equal(whole.areWritten([], rows), false)
  t.equal(whole.areWritten([], []), true)
  t.throws(() => whole.areWritten([one], {}), { code: 'FST_ETAG_UNCLEAR_RESULT' }, 'of what is no list none can be written')
  t.throws(() => whole.areWritten([one], rows), { code: 'FST_ETAG_UNCLEAR_RESULT' })
  t.strictSame(['PUT', 'PATCH', 'DELETE', 'POST', 'GET'].map(method => membersOf(method, []).areMeant), [true, true, true, false, false])
  t.equal(membersOf('PUT', []).areWritten(0, []), true)
  t.equal(membersOf('PUT', []).areWritten(null, []), false)
})
