import t from 'tap'
import fc from 'fast-check'
import { parseEntityTag, type EntityTag } from '../lib/entity-tag.js'
import { formatOpaqueText } from '../lib/opaque-text.js'
import { isEmpty, codesOf, type AsksPart } from '../lib/part.js'
import { evenWithSuffix, inAcceptedCoding, isOfState, representationTag, stateTag } from '../lib/representation-tag.js'

const strong = (opaque: string): EntityTag => ({ weak: false, opaque })

t.test('the tag of a state has coding and variant behind it where it has any', async t => {
  const table = [
    [['3', undefined], '3'],
    [['3', undefined, 'identity'], '3'],
    [['3', undefined, 'gzip'], '3;gzip'],
    [['3', ''], '3;identity;'],
    [['3', '', 'gzip'], '3;gzip;'],
    [['3', 'summary'], '3;identity;summary'],
    [['3', 'summary', 'br'], '3;br;summary'],
    [['3', '2.0.0;summary', 'br'], '3;br;2.0.0;summary'],
    [['', undefined, 'gzip'], ';gzip']
  ] as const
  for (const [[state, variant, coding], opaque] of table) {
    for (const weak of [true, false]) t.strictSame(representationTag({ weak, opaque: state }, variant, coding), { weak, opaque })
    t.strictSame(stateTag({ weak: true, opaque }), { weak: true, opaque: state }, 'and its state is what stands before them')
  }
})

// short, of few characters, so that many are the same
const anyText = fc.string({ unit: fc.constantFrom('a', ';', '%', 'gzip'), maxLength: 2 }).map(formatOpaqueText)
const anyCoding = fc.constantFrom('identity', 'gzip', 'br', 'zstd')

t.test('two representations never have one tag, and all of a state have its own', async t => {
  const anyOne = fc.record({ state: anyText, variant: fc.option(anyText, { nil: undefined }), coding: anyCoding })
  fc.assert(fc.property(anyOne, anyOne, (one, other) => {
    const [a, b] = [one, other].map(({ state, variant, coding }) => representationTag(strong(state), variant, coding)) as [EntityTag, EntityTag]
    const same = one.state === other.state && one.variant === other.variant && one.coding === other.coding
    return (a.opaque === b.opaque) === same && stateTag(a).opaque === one.state && parseEntityTag(`"${a.opaque}"`) !== undefined
  }), { numRuns: 3000 })
})

/** Is the tag one of those, by what follows this state in it? */
function asks (passes: AsksPart, state: string, opaque: string): boolean {
  return passes(codesOf(`"${opaque}", "`), state.length + 1, opaque.length + 1)
}

const gzipAlone: AsksPart = (codes, start, end) => codes.toString('latin1', start, end) === 'gzip'

t.test('a tag stands for that of the same representation in a coding that is accepted, and for no other', async t => {
  const table: ReadonlyArray<readonly [current: string, yes: readonly string[], no: readonly string[]]> = [
    ['3', ['3', '3;gzip'], ['3;br', '3;gzip;summary', '3;identity;summary', '3;', '3;gzip;', '3-gzip']],
    ['3;identity;summary', ['3;identity;summary', '3;gzip;summary'], ['3', '3;gzip', '3;br;summary', '3;gzip;x;summary', '3;summary', '3;gzip;summary;', '3;identity']],
    ['3;identity;2.0.0;summary', ['3;gzip;2.0.0;summary'], ['3;gzip;summary', '3;gzip;2.0.0']],
    ['3;identity;', ['3;identity;', '3;gzip;'], ['3', '3;gzip', '3;']],
    ['', ['', ';gzip'], [';', ';br']],
    // such a one a handler has made
    ['3;own', ['3;own'], ['3', '3;gzip', '3;gzip;own']]
  ]
  for (const [current, yes, no] of table) {
    const passes = inAcceptedCoding(strong(current), gzipAlone)
    const { opaque: state } = stateTag(strong(current))
    for (const sent of yes) t.equal(asks(passes, state, sent), true, `${sent} for ${current}`)
    for (const sent of no) t.equal(asks(passes, state, sent), false, `${sent} for ${current}`)
  }
})

t.test('a tag is one of a state whatever follows the semicolon', async t => {
  for (const sent of ['3', '3;', '3;gzip', '3;gzip;summary']) t.equal(asks(isOfState, '3', sent), true, sent)
  for (const sent of ['3-gzip', '33']) t.equal(asks(isOfState, '3', sent), false, sent)
})

t.test('what proxies write at the end of a tag is passed over, once', async t => {
  const table = [
    [isEmpty, '3', ['3', '3-gzip', '3--gzip', '3-br', '3-zstd', '3-deflate', '3-gunzip', '3-df'],
      ['3-gzip-gzip', '3---gzip', '3gzip', '3-GZIP', '3-gzipx', '3-', '3--', '3-g', '3-xdeflate', '3;gzip']],
    [isEmpty, 'own-gzip', ['own-gzip', 'own-gzip-br'], []],
    [isEmpty, '', ['', '-gzip', '--gzip'], ['gzip', '-']],
    // two dashes are taken for the proxy's
    [isEmpty, '3-', ['3-'], ['3--gzip']],
    [isOfState, '3', ['3-gzip', '3;gzip-gzip', '3;x'], ['3-x', '3-x-gzip']]
  ] as const
  for (const [passes, state, yes, no] of table) {
    for (const sent of yes) t.equal(asks(evenWithSuffix(passes), state, sent), true, `${sent} for ${state}`)
    for (const sent of no) t.equal(asks(evenWithSuffix(passes), state, sent), false, `${sent} for ${state}`)
  }
})
