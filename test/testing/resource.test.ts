import t from 'tap'
import { isUnguardedError, Resource, shownBy, type RouteUnderTest } from '../../lib/testing/resource.js'
import { endOf } from './planted.js'
import type { Came, Sent } from '../../lib/testing/target.js'

/** A resource that answers as it is told, and what was sent to it. */
function resourceOf (came: Partial<Came> | ((sent: Sent) => Partial<Came>) = {}, more: Partial<RouteUnderTest> = {}): { resource: Resource, sent: Sent[] } {
  const sent: Sent[] = []
  const route: RouteUnderTest = { read: '/rows/7', write: '/rows/7', change: (_state, turn) => ({ turn }), ...more }
  const resource = new Resource(route, async asked => {
    sent.push(asked)
    return { status: 200, etag: '"1"', body: { text: 'x' }, ...(typeof came === 'function' ? came(asked) : came) }
  })
  return { resource, sent }
}

const SHOWN = { etag: '"1"', body: { text: 'x' } }

t.test('a state is shown by a read that is 200 and has a tag', async t => {
  t.same(await resourceOf().resource.show(), SHOWN)
  for (const status of [204, 401, 404, 500]) t.equal(await endOf(resourceOf({ status }).resource.show()), 'not-there', String(status))
  t.equal(await endOf(resourceOf({ etag: undefined }).resource.show()), 'no-tag')
  t.same(shownBy({ sent: { method: 'GET', url: '/', headers: {} }, came: { status: 200, etag: '"2"', body: 'x' } }), { etag: '"2"', body: 'x' })
})

t.test('a url is read by GET, written by PUT and removed by DELETE, unless the request says otherwise', async t => {
  const { resource, sent } = resourceOf({}, { remove: '/rows/7' })
  await resource.read()
  await resource.write(SHOWN, {})
  await resource.remove({})
  await resource.create({ url: '/rows/8', body: 'made' }, {})
  t.same(sent, [
    { method: 'GET', url: '/rows/7', headers: {} },
    { method: 'PUT', url: '/rows/7', headers: {}, body: { turn: 1 } },
    { method: 'DELETE', url: '/rows/7', headers: {} },
    { method: 'PUT', url: '/rows/8', headers: {}, body: 'made' }
  ])
  const other = resourceOf({}, { read: { url: '/read', method: 'QUERY' }, write: { url: '/write', method: 'PATCH' }, remove: { url: '/remove', method: 'POST' } })
  await other.resource.read()
  await other.resource.write(SHOWN, {})
  await other.resource.remove({})
  t.same(other.sent.map(({ method, url }) => `${method} ${url}`), ['QUERY /read', 'PATCH /write', 'POST /remove'])
})

t.test('the fields of the request go before those of all requests, and conditions before both, however they are spelt', async t => {
  const { resource, sent } = resourceOf({}, { headers: { Authorization: 'all', 'X-All': '1' }, write: { url: '/rows/7', headers: { AUTHORIZATION: 'own', 'If-Match': '"0"' } } })
  await resource.write(SHOWN, { 'if-match': '"1"' })
  t.same(sent[0]!.headers, { authorization: 'own', 'x-all': '1', 'if-match': '"1"' })
})

t.test('change gets what was shown as its own, and a turn that never repeats', async t => {
  const turns: number[] = []
  const change = (state: { text: string }, turn: number): object => { turns.push(turn); state.text = 'changed'; return state }
  const { resource, sent } = resourceOf({}, { change, create: turn => ({ url: `/rows/${turn}` }) })
  const shown = await resource.show()
  await resource.write(shown, {})
  t.same(shown.body, { text: 'x' })
  t.same(sent.at(-1)!.body, { text: 'changed' })
  t.equal(resource.creation().url, '/rows/2')
  await resource.write(shown, {})
  t.same(turns, [1, 3])
})

t.test('change may take its time, and its error is that of the check', async t => {
  const { resource, sent } = resourceOf({}, { change: async () => 'later' })
  await resource.write(SHOWN, {})
  t.equal(sent[0]!.body, 'later')
  await t.rejects(resourceOf({}, { change: () => { throw new Error('of change') } }).resource.write(SHOWN, {}), { message: 'of change' })
})

t.test('a write with the current tag must be done', async t => {
  const { resource, sent } = resourceOf()
  await resource.move(SHOWN, { 'x-own': '1' })
  t.same(sent[0]!.headers, { 'if-match': '"1"', 'x-own': '1' })
  t.equal(await endOf(resourceOf({ status: 400 }).resource.move(SHOWN)), 'write-failed')
  t.equal(await endOf(resourceOf({ status: 500, body: { code: 'FST_ETAG_UNGUARDED' } }).resource.move(SHOWN)), 'not checked: since unguarded')
})

t.test('only the code of the plugin says that a write was unguarded', async t => {
  const came = (body: unknown): boolean => isUnguardedError({ sent: { method: 'PUT', url: '/', headers: {} }, came: { status: 500, etag: undefined, body } })
  t.equal(came({ code: 'FST_ETAG_UNGUARDED' }), true)
  for (const body of [{ code: 'OTHER' }, {}, null, undefined, 'FST_ETAG_UNGUARDED']) t.equal(came(body), false)
})

t.test('what is created is as it is given, or another one each turn', async t => {
  const fixed = { url: '/rows/new', body: { text: 'x' } }
  t.equal(resourceOf({}, { create: fixed }).resource.creation(), fixed)
  const { resource } = resourceOf({}, { create: turn => ({ url: `/rows/${turn}` }) })
  t.same([resource.creation(), resource.creation()], [{ url: '/rows/1' }, { url: '/rows/2' }])
  for (const wrong of [undefined, null, 'url', {}]) {
    t.throws(() => resourceOf({}, { create: () => wrong as any }).resource.creation(), { name: 'TypeError', message: 'checkRoute: create must return an object with url and body' })
  }
})

t.test('as many write at once as is asked for, else 8', async t => {
  t.equal(resourceOf().resource.writers, 8)
  t.equal(resourceOf({}, { writers: 3 }).resource.writers, 3)
})

t.test('two bodies show one state if they differ only in what changes at each read', async t => {
  let reads = 0
  const bodyOf = (text: string): object => ({ now: ++reads, text, rows: [{ at: reads, id: 1 }] })
  const { resource, sent } = resourceOf(() => ({ body: bodyOf('x') }))
  t.equal(await resource.isSame({ a: 1 }, { a: 1 }), true)
  t.equal(sent.length, 0, 'where nothing differs nothing is read')
  t.equal(await resource.isSame(bodyOf('x'), bodyOf('x')), true)
  t.equal(await resource.isSame(bodyOf('x'), bodyOf('y')), false)
  t.equal(await resource.isSame(bodyOf('x'), { ...bodyOf('x'), more: 1 }), false)
  t.equal(sent.length, 2, 'what changes is found once')
})

t.test('text that changes at each read shows nothing of the state, and bodies that stay as they are show all of it', async t => {
  let reads = 0
  const clock = resourceOf(() => ({ body: `read ${++reads}` })).resource
  t.equal(await clock.isSame('read 8', 'read 9'), true)
  t.equal(await clock.isSame({ text: 'x' }, { text: 'y' }), true)
  t.equal(await resourceOf().resource.isSame({ text: 'x' }, { text: 'y' }), false)
})

t.test('where the tag moves between two reads, nothing says that the body changes by itself', async t => {
  let reads = 0
  const { resource } = resourceOf(() => ({ etag: `"${++reads}"`, body: { now: reads } }))
  t.equal(await resource.isSame({ now: 1 }, { now: 2 }), false)
})
