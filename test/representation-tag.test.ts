import t from 'tap'
import fc from 'fast-check'
import { parseEntityTag, type EntityTag } from '../lib/entity-tag.js'
import { formatOpaqueText } from '../lib/opaque-text.js'
import { representationTag, stateTag } from '../lib/representation-tag.js'

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
