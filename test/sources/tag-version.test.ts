import t from 'tap'
import fc from 'fast-check'
import { versionNamed } from '../../lib/sources/tag-version.js'
import { versionTag } from '../../lib/sources/version-tag.js'

t.test('the version that a tag names has that very tag, and other text names none', async t => {
  const table = [
    [Number, '3', 3], [Number, '-3', -3], [Number, '1.5', 1.5], [Number, '03', undefined], [Number, '3.0', undefined], [Number, '0x10', undefined], [Number, '', undefined],
    [Number, '1e3', undefined], [Number, 'abc', undefined], [Number, 'Infinity', undefined], [Number, '9007199254740993', undefined], [Number, ' 3', undefined],
    [BigInt, '9007199254740993', 9007199254740993n], [BigInt, 'abc', undefined],
    [String, '3', '3'], [String, '-3', '-3'], [String, '0', '0'], [String, '99999999999999999999', '99999999999999999999'],
    // texts that some store takes for another one
    [String, '03', undefined], [String, '+3', undefined], [String, '%203', undefined], [String, '0x3', undefined], [String, '3.0', undefined], [String, '-0', undefined], [String, '', undefined],
    [String, 'ABC', undefined], [String, '3F2504E0-4F89-11D3-9A0C-0305E82C3301', undefined], [String, '2024-06-15T12:00:00Z', undefined]
  ] as const
  for (const [parse, opaque, version] of table) t.strictSame(versionNamed(parse as (text: string) => unknown, opaque), version, `${parse.name} ${opaque}`)
})

t.test('what a parser throws, gives as no version, or promises names none', async t => {
  const parsers = [
    () => { throw new Error('no version') }, () => undefined, () => null, () => ({}), () => new Date(), () => NaN, async () => 3, async () => { throw new Error('no version') }
  ]
  for (const parse of parsers) t.equal(versionNamed(parse, '3'), undefined, String(parse))
})

t.test('any number is found in its own tag', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }).filter(number => !Object.is(number, -0)), number => versionNamed(Number, versionTag(number, '')!.opaque) === number)))
  t.doesNotThrow(() => fc.assert(fc.property(fc.bigInt(), number => versionNamed(BigInt, versionTag(number, '')!.opaque) === number)))
  t.doesNotThrow(() => fc.assert(fc.property(fc.bigInt(), number => versionNamed(String, versionTag(String(number), '')!.opaque) === String(number))))
})
