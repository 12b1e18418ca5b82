import t, { type Test } from 'tap'
import { labelOf, type Describing, type LabelFacts } from '../lib/label.js'
import type { DescribedState } from '../lib/sources/described-state.js'

// States that describe themselves, so that the label is the very state that it was found in.
const tagged = (opaque: string): DescribedState => ({ version: opaque, etag: { weak: false, opaque }, lastModified: 1 })
const sent = tagged('sent')
const current = tagged('current')
const written = tagged('written')
const dated: DescribedState = { version: undefined, etag: undefined, lastModified: 1 }
const blank: DescribedState = { version: undefined, etag: undefined, lastModified: undefined }
// says by null that it has no tag, where blank says nothing at all
const untagged: DescribedState = { version: null, etag: undefined, lastModified: undefined }
const named = tagged('named')

const NAMES = new Map<unknown, string>(Object.entries({ sent, current, written, dated, blank, untagged, named }).map(([name, state]) => [state, name]))
const nameOf = (value: unknown) => NAMES.get(value) ?? String(value)

const NOTHING = undefined

type Facts = Partial<Omit<LabelFacts, 'describing'> & Describing>
type Table = ReadonlyArray<readonly [facts: Facts, label: DescribedState | undefined]>

const asItIs = (state: unknown) => state as DescribedState

const label = (method: string, { describe = asItIs, describeNamed = asItIs, ...facts }: Facts) => labelOf({
  method,
  source: 'field',
  sent: undefined,
  current: undefined,
  handedOut: false,
  written: undefined,
  named: undefined,
  answer: true,
  describing: { describe, describeNamed },
  ...facts
})

async function compare (t: Test, methods: readonly string[], table: Table): Promise<void> {
  for (const [facts, expected] of table) {
    const told = Object.entries(facts).map(([name, value]) => `${name}: ${nameOf(value)}`).join(', ')
    for (const method of methods) t.equal(label(method, facts), expected, `${method} with { ${told} } is labelled by ${nameOf(expected)}`)
  }
}

const READS = ['GET', 'HEAD']
const WRITES = ['PUT', 'PATCH', 'POST']

t.test('a read is labelled by the state that is sent, else by the one that was loaded before', t => compare(t, READS, [
  [{}, NOTHING],
  [{ sent }, sent],
  [{ current }, current],
  [{ sent, current }, sent],
  [{ sent, current, handedOut: true }, sent],
  [{ sent: blank, current }, current],
  [{ sent: blank, current, handedOut: true }, current],
  [{ sent: dated, current }, current],
  [{ sent: blank }, NOTHING],
  [{ sent: blank, current: blank }, NOTHING],
  [{ sent, current: null }, sent],
  [{ written }, NOTHING]
]))

t.test('a read whose source is a function is labelled by the state that the handler asked for, and by no other', t => compare(t, READS, [
  [{ source: 'function', sent, current, handedOut: true }, current],
  [{ source: 'function', sent, current: blank, handedOut: true }, NOTHING],
  [{ source: 'function', sent, current }, sent],
  [{ source: 'function', sent }, sent],
  [{ source: 'function', current }, current]
]))

t.test('what the handler named labels the answer to any method, before all else that is known', async t => {
  const facts = { sent, current, written, handedOut: true }
  await compare(t, [...READS, ...WRITES, 'DELETE', 'OPTIONS'], [
    [{ named }, named],
    [{ named, ...facts }, named],
    [{ named, ...facts, source: 'function' }, named],
    [{ named, ...facts, answer: false }, named],
    [{ named: dated, ...facts }, dated],
    [{ named: untagged, ...facts }, untagged],
    [{ named: blank, ...facts }, blank],
    [{ named: null, ...facts }, NOTHING]
  ])
  const asked: string[] = []
  const describe = (state: unknown) => { asked.push(nameOf(state)); return state as DescribedState }
  label('PUT', { ...facts, named: blank, describe, describeNamed: describe })
  t.strictSame(asked, ['blank'], 'nothing else is looked at')
  t.equal(label('GET', { ...facts, named: 'a text', describeNamed: state => ({ ...written, version: state }) })?.version, 'a text', 'a name may be any value')
})

t.test('answer: false takes the label from writes, and from no read', async t => {
  const describe = () => t.fail('a source was asked') as never
  await compare(t, WRITES, [
    [{ answer: false, written, describe }, NOTHING],
    [{ answer: false, written, sent, current, handedOut: true, describe }, NOTHING],
    [{ answer: false, source: 'function', written, sent, describe }, NOTHING]
  ])
  await compare(t, READS, [
    [{ answer: false, sent }, sent],
    [{ answer: false, current }, current],
    [{ answer: false, source: 'function', current, handedOut: true }, current]
  ])
})

t.test('a state that says by null that it has no tag labels where nothing has a tag or a date', async t => {
  const other: DescribedState = { ...untagged }
  await compare(t, READS, [
    [{ sent: untagged }, untagged],
    [{ sent: untagged, current }, current],
    [{ sent: untagged, current: dated }, dated],
    [{ sent: dated, current: untagged }, dated],
    [{ sent: blank, current: untagged }, untagged],
    [{ sent: untagged, current: blank }, untagged],
    [{ sent: untagged, current: other }, untagged],
    [{ source: 'function', sent, current: untagged, handedOut: true }, untagged],
    [{ source: 'function', sent, current: dated, handedOut: true }, dated]
  ])
  await compare(t, WRITES, [
    [{ written: untagged }, untagged],
    [{ written: untagged, sent }, sent],
    [{ written: untagged, sent: dated }, dated],
    [{ written: blank, sent: untagged }, untagged],
    [{ sent: untagged, current }, untagged]
  ])
})

t.test('a date alone labels where nothing has a tag', async t => {
  const alone: DescribedState = { ...dated, lastModified: 2 }
  await compare(t, READS, [
    [{ sent: dated }, dated],
    [{ sent: dated, current }, current],
    [{ sent: dated, current: alone }, dated],
    [{ sent: blank, current: dated }, dated],
    [{ sent: blank, current: blank }, NOTHING]
  ])
  await compare(t, WRITES, [
    [{ written: dated, sent }, sent],
    [{ written: dated, sent: alone }, dated],
    [{ written: blank, sent: dated }, dated]
  ])
})

t.test('a write is labelled by what was written, else by what is sent, never by the state before it', async t => {
  for (const source of ['field', 'function'] as const) {
    await compare(t, WRITES, [
      [{ source }, NOTHING],
      [{ source, written }, written],
      [{ source, sent }, sent],
      [{ source, written, sent, current }, written],
      [{ source, written, sent, current, handedOut: true }, written],
      [{ source, written: blank, sent, current }, sent],
      [{ source, sent, current, handedOut: true }, sent],
      [{ source, current }, NOTHING],
      [{ source, current, handedOut: true }, NOTHING],
      [{ source, written: blank, sent: blank, current }, NOTHING]
    ])
  }
})

t.test('what a DELETE removed labels nothing, and is not looked at', t => {
  const describe = () => t.fail('a source was asked') as never
  return compare(t, ['DELETE'], [
    [{ written, sent, current, handedOut: true, describe }, NOTHING],
    [{ source: 'function', written, sent, current, handedOut: true, describe }, NOTHING],
    [{ written: dated, describe }, NOTHING]
  ])
})

t.test('a method that concerns no representation has no label', t => compare(t, ['OPTIONS', 'TRACE', 'CONNECT'], [
  [{ sent }, NOTHING],
  [{ written, sent, current, handedOut: true }, NOTHING],
  [{ sent: dated, current: dated }, NOTHING]
]))

t.test('the state before a write is not looked at, nor what comes after the label was found', async t => {
  const asked: string[] = []
  const describe = (state: unknown) => { asked.push(nameOf(state)); return state as DescribedState }
  label('PUT', { current, handedOut: true, describe })
  t.strictSame(asked.splice(0), [])
  label('PUT', { written, sent, current, describe })
  t.strictSame(asked.splice(0), ['written'])
  label('GET', { sent, current, describe })
  t.strictSame(asked.splice(0), ['sent'])
})

t.test('text, numbers and nothing that a handler sends are no states, whatever a source would find in them', async t => {
  const describe = (state: unknown) => typeof state === 'object' && state !== null ? state as DescribedState : written
  for (const source of ['field', 'function'] as const) {
    for (const primitive of ['text', '', 7, 0, 9n, true, false, Symbol('x'), null, undefined]) {
      await compare(t, READS, [
        [{ source, describe, sent: primitive }, NOTHING],
        [{ source, describe, sent: primitive, current }, current],
        [{ source, describe, current: primitive, handedOut: true }, primitive === null || primitive === undefined ? NOTHING : written]
      ])
      await compare(t, WRITES, [
        [{ source, describe, written: primitive }, NOTHING],
        [{ source, describe, written: primitive, sent }, sent]
      ])
    }
  }
})

t.test('an error of a source goes through, since only the caller knows what it may cost', async t => {
  const error = new Error('no version')
  const describe = () => { throw error }
  t.throws(() => label('GET', { sent, describe }), error)
  t.throws(() => label('PUT', { written, describe }), error)
})
