import t from 'tap'
import { reportVersion } from '../lib/report-version.js'
import { resolveRoute } from '../lib/route.js'
import type { Source } from '../lib/sources/source.js'

const UNMOVED = 'A guarded write returned a row whose version did not move'
const BACKWARDS = 'A guarded write returned a row whose version went back, so that a tag of an earlier state may fit again'

function said (before: unknown, after: unknown, source: Source = 'version'): unknown[] {
  const route = resolveRoute({ url: '/', methods: ['PUT'], etag: { source } }, [])
  const told: unknown[] = []
  const request = { log: { warn: (_bound: object, message: string) => { told.push(message) } } } as unknown as Parameters<typeof reportVersion>[1]
  const describe = (version: unknown) => route.describeState({ version }, undefined)
  reportVersion(route, request, describe(before), describe(after))
  return told
}

t.test('a version that stays the same is reported, and one that goes on is not', async t => {
  for (const version of [1, '1', 1n, 'a', '2026-01-02 03:04:05.678901+00']) t.same(said(version, version), [UNMOVED], String(version))
  for (const [before, after] of [[1, 2], ['1', '2'], ['9', '10'], ['9007199254740993', '9007199254740994'], [1n, 2], ['a', 'b'], ['b', 'a']]) {
    t.same(said(before, after), [], `${before} to ${after}`)
  }
})

t.test('a count that goes back is reported, as a number, a bigint or its text', async t => {
  for (const [before, after] of [[2, 1], ['10', '9'], [9007199254740993n, 9007199254740992n], ['9007199254740993', '9007199254740992'], [2, '1']]) {
    t.same(said(before, after), [BACKWARDS], `${before} to ${after}`)
  }
})

t.test('a list of no members has no version that could move', async t => {
  t.same(said([], [], { members: 'version', at: 'version' }), [])
  t.same(said([{ id: 1, version: 1 }], [{ id: 1, version: 1 }], { members: 'version', at: 'version' }), [UNMOVED])
  t.same(said([{ id: 1, version: 1 }], [{ id: 1, version: 2 }], { members: 'version', at: 'version' }), [])
})

t.test('what is no count, or comes from a function, has no direction; a state without a tag has no version', async t => {
  for (const [before, after] of [['b', 'a'], [1.5, 1], [-1, -2], ['v2', 'v1']]) t.same(said(before, after), [], `${before} to ${after}`)
  t.same(said(2, 1, (state: { version: number }) => state.version), [])
  for (const [before, after] of [[null, null], [1, null], [null, 1]]) t.same(said(before, after), [])
})
