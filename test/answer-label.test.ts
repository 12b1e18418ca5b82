import t from 'tap'
import { AnswerLabel } from '../lib/answer-label.js'
import type { DescribedState } from '../lib/sources/described-state.js'

const describe = (state: unknown): DescribedState => {
  const { version } = state as { version?: string }
  return { version, etag: version === undefined ? undefined : { weak: false, opaque: version } }
}
const labelOf = (method: string, answer = true): AnswerLabel => new AnswerLabel({ source: 'field', answer, annotation: undefined }, method, { describe, describeNamed: describe })
const state = (version: string): object => ({ version })

t.test('the object that is sent is asked first, and what was found in it stays where bytes follow', async t => {
  const label = labelOf('GET')
  label.find(state('sent'), state('current'))
  t.equal(label.found?.version, 'sent')
  label.find(undefined, state('later'))
  t.equal(label.found?.version, 'sent')
  label.find(state('another'), undefined)
  t.equal(label.found?.version, 'another')
})

t.test('a name that comes late goes before what was found', async t => {
  const label = labelOf('GET')
  label.find(state('sent'), undefined)
  label.name(state('named'))
  t.equal(label.found, undefined)
  label.find(undefined, undefined)
  t.equal(label.found!.version, 'named')
})

t.test('a write is labelled by what was written, unless its answer is to have no label', async t => {
  for (const [answer, expected] of [[true, 'written'], [false, undefined]] as const) {
    const label = labelOf('PUT', answer)
    label.written = state('written')
    label.find(state('sent'), state('before'))
    t.equal(label.found?.version, expected)
  }
})

t.test('an answer shows what was loaded, else what is sent', async t => {
  const label = labelOf('GET')
  t.equal(label.shown(undefined), undefined)
  const sent = state('sent')
  label.find(sent, undefined)
  label.find(undefined, undefined)
  t.equal(label.shown(undefined), sent)
  const current = state('current')
  t.equal(label.shown(current), current)
})
