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
    [[{ id: 1 }, {}], 'The member at 1 needs its id, a text or a number.'],
    [[{ id: true }], 'The member at 0 needs its id, a text or a number.'],
    [[null], 'The member at 0 needs its id, a text or a number.'],
    [[7], 'The member at 0 needs its id, a text or a number.'],
    [{ items: [{ id: 1 }] }, 'The member at 0 needs its key, a text or a number.', IN_ITEMS],
    [[{ id: 1 }, { id: 2 }, { id: 1 }], 'The member at 2 has the id of one before it: each may be there once.'],
    [[{ id: 1 }, { id: '1' }], 'The member at 1 has the id of one before it: each may be there once.']
  ]
  for (const [body, message, membership] of table) {
    t.throws(() => membersOf('PUT', body, membership), { code: 'FST_ETAG_INVALID_MEMBERS', statusCode: 400, message }, JSON.stringify(body))
  }
  t.throws(() => membersOf('DELETE', {}), { code: 'FST_ETAG_INVALID_MEMBERS', message: 'DELETE needs the list of the members that it is about.' })
})

t.test('what load returned must be a list of members with ids, or the server is at fault', async t => {
  for (const [loaded, message] of [[{ items: [] }, /no list of members/], ['abc', /no list of members/], [[{ rev: 1 }], /a member without id/], [[null], /a member without id/]] as const) {
    t.throws(() => membersOf('PUT', [{ id: 1 }]).pick(loaded), { code: 'FST_ETAG_INVALID_VERSION', statusCode: 500, message }, JSON.stringify(loaded))
  }
})

t.test('all members are written, or none', async t => {
  const both = membersOf('PUT', [{ id: 1 }, { id: 2 }])
  t.equal(both.areWritten([one, two], []), true)
  t.equal(both.areWritten([two, one], []), true, 'a statement returns its rows in no order')
  for (const nothing of [null, undefined, false, 0, []]) t.equal(both.areWritten(nothing, rows), false, JSON.stringify(nothing))
  for (const some of [[one], [one, three], [one, one], [one, two, three], [{}, {}]]) {
    t.throws(() => both.areWritten(some, rows), { code: 'FST_ETAG_UNCLEAR_RESULT', message: new RegExp(`of 2 members it shows ${some.length} as written`) }, JSON.stringify(some))
  }
  for (const unclear of [true, 2, 'done', {}, { rowCount: 2, command: 'UPDATE' }, { items: [one, two] }]) {
    t.throws(() => both.areWritten(unclear, rows), { code: 'FST_ETAG_UNCLEAR_RESULT', message: /a list is written where all of its members are, so return them/ }, JSON.stringify(unclear))
  }
  t.equal(membersOf('PUT', []).areWritten([], []), true, 'of none all are written')
  t.equal(membersOf('PUT', { items: [{ key: 'a' }] }, IN_ITEMS).areWritten({ items: [{ key: 'a' }] }, undefined), true)
})

t.test('a DELETE without a body is about all members that are there, and a POST about none', async t => {
  const whole = membersOf('DELETE')
  t.equal(whole.areWritten(rows, rows), true)
  t.equal(whole.areWritten([], rows), false)
  t.equal(whole.areWritten([], []), true)
  t.throws(() => whole.areWritten([one], rows), { code: 'FST_ETAG_UNCLEAR_RESULT' })
  t.equal(membersOf('POST', { id: 4 }).areWritten([one], rows), undefined)
})
