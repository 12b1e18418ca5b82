import t from 'tap'
import fc from 'fast-check'
import { formatEntityTag, isEntityTag, parseEntityTag, scanEntityTag, strongMatch, weakMatch } from '../lib/entity-tag.js'

const tag = (text: string) => parseEntityTag(text)!

// etagc = %x21 / %x23-7E / obs-text, written down a second time as the list of its characters
const characters = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code))
const etagc = characters.filter(c => c === '!' || (c >= '#' && c <= '~') || c >= '\x80')
const anyTag = fc.record({ weak: fc.boolean(), opaque: fc.string({ unit: fc.constantFrom(...etagc) }) })

t.test('the comparison table of RFC 9110, 8.8.3.2', async t => {
  const table = [
    // first, second, strong, weak
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true]
  ] as const
  for (const [a, b, strong, weak] of table) {
    for (const [first, second] of [[a, b], [b, a]] as const) {
      t.equal(strongMatch(tag(first), tag(second)), strong, `${first} and ${second}, strong`)
      t.equal(weakMatch(tag(first), tag(second)), weak, `${first} and ${second}, weak`)
    }
  }
})

t.test('two strong tags match only when their opaque text is the same to the letter', async t => {
  for (const [a, b] of [['"1"', '"2"'], ['"a"', '"A"'], ['""', '"0"'], ['"1"', '"01"'], ['"%41"', '"A"'], ['"\xe9"', '"e"']] as const) {
    t.equal(strongMatch(tag(a), tag(b)), false, `${a} and ${b}, strong`)
    t.equal(weakMatch(tag(a), tag(b)), false, `${a} and ${b}, weak`)
  }
})

t.test('an entity-tag is an optional W/ and the opaque text between its quotes', async t => {
  const table = [
    // the examples of RFC 9110, 8.8.3, come first
    ['"xyzzy"', false, 'xyzzy'],
    ['W/"xyzzy"', true, 'xyzzy'],
    ['""', false, ''],
    ['W/""', true, ''],
    ['"a,b"', false, 'a,b'],
    ['"W/"', false, 'W/'],
    ['"*"', false, '*'],
    ['"a\\"', false, 'a\\'],
    ['"!#~"', false, '!#~'],
    ['"\x80\xff"', false, '\x80\xff']
  ] as const
  for (const [text, weak, opaque] of table) t.strictSame(parseEntityTag(text), { weak, opaque }, text)
})

t.test('text outside the grammar is no entity-tag', async t => {
  const table = [
    '', '*', '1', '"', 'W', 'W/', 'W/"', '"a', 'a"', 'W/"a', 'W/a', 'w/"a"', 'W"a"', 'W\\"a"', 'W /"a"', 'W/ "a"', 'WW/"a"', 'W/W/"a"',
    ' "a"', '"a" ', '\t"a"', '"a"\t', '"a"\n', '"a"b', '"a"b"', '"a""b"', '"a", "b"', '"a",', "'a'", '“a”', 'W/“a”'
  ]
  for (const text of table) t.equal(parseEntityTag(text), undefined, JSON.stringify(text))
})

t.test('every character of etagc may stand between the quotes, and no other one may', async t => {
  for (const character of [...characters, '\u0100', '\u0121', '\u2028', '\ud800', '😀']) {
    const expected = etagc.includes(character) ? { weak: false, opaque: `a${character}b` } : undefined
    t.strictSame(parseEntityTag(`"a${character}b"`), expected, `U+${character.codePointAt(0)!.toString(16)}`)
  }
  t.equal(etagc.length, 1 + 92 + 128)
})

t.test('what is formatted parses back to the same tag, and is formatted again as the same text', async t => {
  t.equal(formatEntityTag({ weak: false, opaque: 'a' }), '"a"')
  t.equal(formatEntityTag({ weak: true, opaque: 'a' }), 'W/"a"')
  fc.assert(fc.property(anyTag, tag => {
    const text = formatEntityTag(tag)
    const parsed = parseEntityTag(text)
    return parsed?.weak === tag.weak && parsed.opaque === tag.opaque && formatEntityTag(parsed) === text
  }))
})

t.test('a tag inside a longer text is found where it begins, and the text goes on after its last quote', async t => {
  t.strictSame(scanEntityTag('"a", W/"b,c" x', 5), { tag: { weak: true, opaque: 'b,c' }, end: 12 })
  t.strictSame(scanEntityTag('"a", W/"b,c" x', 7), { tag: { weak: false, opaque: 'b,c' }, end: 12 })
  for (const start of [1, 3, 4, 6, 8, 13, 14, 99]) t.equal(scanEntityTag('"a", W/"b,c" x', start), undefined, `from ${start}`)

  fc.assert(fc.property(fc.string(), anyTag, fc.string(), (before, tag, after) => {
    const text = formatEntityTag(tag)
    const scanned = scanEntityTag(before + text + after, before.length)
    return scanned?.tag.weak === tag.weak && scanned.tag.opaque === tag.opaque && scanned.end === before.length + text.length
  }))
})

t.test('text is a tag exactly when it is formatted like one, and no text makes the parser throw', async t => {
  const nearly = fc.string({ unit: fc.constantFrom('"', 'W/', 'w/', 'a', ',', ' ', '\t', '\x7f', '\xff', '\u0100'), maxLength: 5 })
  fc.assert(fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), text => {
    const tag = parseEntityTag(text)
    return tag === undefined ? !/^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text) : formatEntityTag(tag) === text
  }), { numRuns: 2000 })
})

t.test('a long hostile value is read to its end, once', async t => {
  const long = 'a,'.repeat(500_000)
  t.equal(tag(`W/"${long}"`).opaque, long)
  t.equal(parseEntityTag(`"${long}`), undefined)
  for (const part of ['"', ',', ' ', 'W/', 'W/"', '"",', '""']) {
    t.equal(parseEntityTag(part.repeat(1_000_000 / part.length)), undefined, JSON.stringify(part))
  }
})

t.test('a text is an entity-tag where it can be parsed as one', async t => {
  const pieces = fc.constantFrom('W/', 'w/', '"', 'a', '!', ' ', ',', '\x7f', '\xff', '\u0100', '')
  const texts = fc.array(pieces, { maxLength: 6 }).map(parts => parts.join(''))
  t.doesNotThrow(() => fc.assert(fc.property(texts, text => isEntityTag(text) === (parseEntityTag(text) !== undefined)), { numRuns: 2000 }))
  t.doesNotThrow(() => fc.assert(fc.property(anyTag, tag => isEntityTag(formatEntityTag(tag)))))
})
