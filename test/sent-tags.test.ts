import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { formatEntityTag, type EntityTag } from '../lib/entity-tag.js'
import { SentTags } from '../lib/sent-tags.js'
import { StandIns } from '../lib/stand-ins.js'

// field values whose tags are told apart by what is in them, each beside those tags
const OPAQUE = ['', '3', '33', '3;gzip', '3-gzip', ',', ',3', '3,', 'W/', '7654321', '7654321;br', '7654321-br', '765432']
const own = fc.constantFrom(...OPAQUE)
const quoted = fc.record({ weak: fc.boolean(), opaque: own.chain(opaque => fc.constantFrom(opaque, `${opaque}x`, `x${opaque}`)) }, { noNullPrototype: true })
  .map(tag => ({ tag, text: formatEntityTag(tag) }))
const bare = own.filter(opaque => opaque !== '' && !opaque.includes(',')).map(opaque => ({ tag: { weak: false, opaque }, text: opaque }))
const separators = fc.constantFrom(',', ', ', ' ,\t', ',,', ' , ,')
const sent = fc.tuple(fc.array(fc.oneof(quoted, bare), { maxLength: 6 }), separators, fc.constantFrom('', ' ', ',', '\t,'))
  .map(([parts, separator, around]) => ({
    text: around + parts.map(({ text }) => text).join(separator) + around,
    tags: parts.map(({ tag }): EntityTag => tag)
  }))

t.test('a text gives the tags that are in it, as often as it is asked', async t => {
  fc.assert(fc.property(sent, ({ text, tags }) => {
    const list = new SentTags(text)
    return isDeepStrictEqual([...list], tags) && isDeepStrictEqual([...list], tags) && list.text === text
  }), { numRuns: 5000, seed: 1 })
})

t.test('two texts can be read by turns', async t => {
  const [one, two] = [new SentTags('"1", "2"'), new SentTags('W/"3", 4')]
  const [first, second] = [one[Symbol.iterator](), two[Symbol.iterator]()]
  t.strictSame([first.next().value, second.next().value, first.next().value, one.at(5), second.next().value], [
    { weak: false, opaque: '1' }, { weak: true, opaque: '3' }, { weak: false, opaque: '2' }, { weak: false, opaque: '2' }, { weak: false, opaque: '4' }
  ])
})

t.test('by its opaque text the first tag is found, and a strong one that comes after a weak one', async t => {
  let found = 0
  fc.assert(fc.property(sent, own, ({ text, tags }, opaque) => {
    const list = new SentTags(text)
    const same = tags.filter(tag => tag.opaque === opaque)
    const strong = same.find(({ weak }) => !weak)
    const due = same[0]?.weak && strong ? [same[0], strong] : same.slice(0, 1)
    if (same.length > 0) found++
    const first = list.named(opaque)
    // asked for another one between, it looks again
    return isDeepStrictEqual(first, due) && list.named(opaque) === first && list.named(`${opaque}y`).length === 0 &&
      isDeepStrictEqual(list.named(opaque), due)
  }), { numRuns: 20_000, seed: 1 })
  t.ok(found > 1000, `${found} were there`)
})

// the tag as it is written at this place
function formatted (text: string, at: number): string {
  return /^(?:(?:W\/)?"[^"]*"|[^ \t,"]+)/.exec(text.slice(at))![0]
}

t.test('the first is found that stands for another tag, or the first strong one, and again from there on', async t => {
  const SUFFIX = /--?(?:gzip|gunzip|br|deflate|zstd|df)$/
  let found = 0
  const kinds = fc.record({ isAny: fc.boolean(), suffix: fc.boolean(), isStrong: fc.boolean() })
  fc.assert(fc.property(sent, own.filter(state => !/[;-]/.test(state)), kinds, ({ text, tags }, state, { isAny, suffix, isStrong }) => {
    const list = new SentTags(text)
    const standIns = isAny ? StandIns.ofState(suffix) : StandIns.itself(suffix)
    const passes = (rest: string): boolean => rest === '' || (isAny && rest.startsWith(';'))
    const isDue = ({ weak, opaque }: EntityTag): boolean => {
      const rest = opaque.slice(state.length)
      return !(weak && isStrong) && opaque.startsWith(state) && (passes(rest) || (suffix && passes(rest.replace(SUFFIX, ''))))
    }
    const all = tags.filter(isDue)
    if (all.length > 1) found++
    // one after the other, each from behind the one before
    let from = 0
    for (const due of all) {
      const at = list.find(state, standIns, from, isStrong)
      if (at === undefined || !isDeepStrictEqual(list.at(at), due) || list.find(state, standIns, at, isStrong) !== at) return false
      from = at + formatted(text, at).length
    }
    return list.find(state, standIns, from, isStrong) === undefined
  }), { numRuns: 20_000, seed: 2 })
  t.ok(found > 400, `${found} had several`)
})

t.test('what stands in a long hostile text is found in one pass', async t => {
  const long = (part: string) => part.repeat(1_000_000 / part.length)
  for (const part of [',', ' ', '"",', 'W/"3x",', '"3;x",', '"33",', '"3-",', 'W/"7654321x",', '3x,']) {
    const list = new SentTags(`${long(part)}, W/"3", "3", "7654321"`)
    t.strictSame(list.named('3'), [{ weak: true, opaque: '3' }, { weak: false, opaque: '3' }], part)
    t.strictSame(list.named('7654321'), [{ weak: false, opaque: '7654321' }], part)
    t.strictSame(list.named('4'), [], part)
    t.ok(list.find('7654321', StandIns.itself(true), 0, true), part)
  }
})
