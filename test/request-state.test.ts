import t from 'tap'
import type { FastifyRequest } from 'fastify'
import { RequestState } from '../lib/request-state.js'
import { resolveRoute } from '../lib/route.js'

const requestOf = (method: string, body?: unknown): FastifyRequest =>
  ({ method, url: '/', body, log: { warn: () => {}, debug: () => {} }, routeOptions: {} }) as unknown as FastifyRequest

function stateOf (method: string, etag: object, body?: unknown): RequestState {
  return new RequestState(resolveRoute({ url: '/', methods: [method], etag, bodyOf: state => JSON.stringify(state) }, []), requestOf(method, body))
}

t.test('the state is asked for where it is needed, and where the policy depends on it', async t => {
  const load = (): object => ({ version: 1 })
  const table: ReadonlyArray<readonly [method: string, etag: object, isNeeded: boolean, loads: number]> = [
    ['PUT', { source: 'version', load }, false, 0],
    ['PUT', { source: 'version', load }, true, 1],
    ['PUT', { source: 'version', load, policy: 'REQUIRED' }, false, 1],
    ['PUT', { source: 'version', load, policy: () => 'OPTIONAL' }, false, 1],
    ['PUT', { source: 'version' }, true, 0],
    ['GET', { source: 'version', load }, true, 1],
    ['GET', { source: { digest: 'sha1' }, load }, true, 0]
  ]
  for (const [method, etag, isNeeded, loads] of table) {
    const state = stateOf(method, etag)
    await state.prepare(isNeeded)
    t.equal(state.loads, loads, `${method} ${JSON.stringify(etag)}, ${isNeeded}`)
    t.equal(state.isKnown, loads > 0)
  }
})

t.test('a read that is named by its body has a date of its state, and a name of what the handler names', async t => {
  const etag = { source: { digest: 'sha1' }, lastModified: 'at', load: () => ({ at: '2026-01-02T03:04:05Z' }) }
  const state = stateOf('GET', etag)
  await state.ask()
  t.equal(state.isKnown, false)
  t.match(state.described, { etag: undefined, lastModified: 1767323045 })
  t.match(state.describeNamed({ a: 1 }), { etag: { opaque: /^.{28}$/ } })
  t.throws(() => state.describeNamed({ at: 'no date' }), { code: 'FST_ETAG_INVALID_DATE' })
  t.throws(() => state.describeNamed({ toJSON () { throw new Error('secret') } }), { code: 'FST_ETAG_LOAD_FAILED' })
  const write = stateOf('PUT', etag)
  await write.ask()
  t.match(write.described, { etag: { opaque: /^.{28}$/ } })
})

t.test('of a list that is only partly there the rest is missed', async t => {
  const etag = { source: { members: 'version' }, load: () => [{ id: 1, version: 1 }] }
  for (const [body, isPart] of [[[{ id: 1 }], false], [[{ id: 1 }, { id: 2 }], true]] as const) {
    const state = stateOf('PUT', etag, body)
    state.readMembers()
    await state.ask()
    t.equal(state.isPart, isPart)
  }
  t.throws(() => stateOf('PUT', etag, 'text').readMembers(), { code: 'FST_ETAG_INVALID_MEMBERS' })
  t.equal(stateOf('PUT', { source: 'version', load: () => null }).isPart, false)
})

t.test('what was loaded anew is under the policy that is asked anew', async t => {
  const states = [{ version: 1, locked: false }, { version: 2, locked: true }]
  const state = stateOf('PUT', { source: 'version', load: () => states.shift() ?? null, policy: (_request: unknown, row: { locked: boolean }) => row.locked ? 'REQUIRED' : 'OPTIONAL' })
  await state.prepare(false)
  t.equal(state.policy.isRequired, false)
  await state.reload()
  t.equal(state.policy.isRequired, true)
  t.equal(state.wasThere, true)
  await state.reload()
  t.equal(state.value, null)
  state.forget()
  t.equal(state.value, undefined)
})
