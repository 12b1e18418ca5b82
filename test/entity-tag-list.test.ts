import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import fc from 'fast-check'
import { formatEntityTag, parseEntityTag, type EntityTag } from '../lib/entity-tag.js'
import { findTag, hasTags, mayContain, parseEntityTagList, parseUnquotedList, tagAt, tagsNamed, type EntityTagList, type EntityTags } from '../lib/entity-tag-list.js'
import { StandIns } from '../lib/stand-ins.js'

// a list as the text of each of its tags
function listed (list: EntityTagList | undefined): '*' | string[] | undefined {
  return list === undefined || list === '*' ? list : Array.from(list, formatEntityTag)
}

// how many tags a list has; none where it is no list
function count (list: EntityTagList | undefined): number | undefined {
  return list === undefined || list === '*' ? undefined : [...list].length
}

t.test('a list has the tags that stand between its commas, in their order', async t => {
  const table: ReadonlyArray<readonly [text: string, tags: string[]]> = [
    // the examples of RFC 9110, 13.1.1 and 13.1.2, come first
    ['"xyzzy"', ['"xyzzy"']],
    ['"xyzzy", "r2d2xxxx", "c3piozzzz"', ['"xyzzy"', '"r2d2xxxx"', '"c3piozzzz"']],
    ['W/"xyzzy", W/"r2d2xxxx", W/"c3piozzzz"', ['W/"xyzzy"', 'W/"r2d2xxxx"', 'W/"c3piozzzz"']],
    ['"1","2"', ['"1"', '"2"']],
    ['"1"\t,\t W/"2"', ['"1"', 'W/"2"']],
    ['"1" ,"1"', ['"1"', '"1"']],
    [' \t"1"\t ', ['"1"']],
    ['"a,b"', ['"a,b"']],
    ['"a,", ",b",","', ['"a,"', '",b"', '","']],
    ['"a,W/b", W/"c,*"', ['"a,W/b"', 'W/"c,*"']],
    ['"", W/""', ['""', 'W/""']],
    ['"\x80\xff"', ['"\x80\xff"']]
  ]
  for (const [text, tags] of table) t.strictSame(listed(parseEntityTagList(text)), tags, text)
})

t.test('empty elements are passed over, and empty text is a list of no tags', async t => {
  for (const text of ['', ' ', '\t', ' \t ', ',', ',,', ' , ', '\t,\t,\t']) t.strictSame(listed(parseEntityTagList(text)), [], JSON.stringify(text))
  for (const text of [',"1","2"', '"1","2",', '"1",,"2"', ', ,"1", ,\t,"2" ,\t,']) {
    t.strictSame(listed(parseEntityTagList(text)), ['"1"', '"2"'], JSON.stringify(text))
  }
})

t.test('only an asterisk that stands alone means any representation', async t => {
  for (const text of ['*', ' *', '*\t', ' \t*\t ']) t.equal(parseEntityTagList(text), '*', JSON.stringify(text))
  for (const text of ['*, "x"', '"x", *', '*,', ',*', ', *', '*,*', '**', '* *', '*"x"', 'W/*']) {
    t.equal(parseEntityTagList(text), undefined, JSON.stringify(text))
  }
  t.strictSame(listed(parseEntityTagList('"*"')), ['"*"'])
})

t.test('one element outside the grammar makes the whole text unreadable', async t => {
  const table = [
    '1', 'x', '"1', '1"', '"', '"1", 2', '2, "1"', '"1", "2', 'w/"x"', '"1", w/"2"', 'W/ "x"', 'W/x', '"1" "2"', '"1""2"', '"1"\t"2"', 'W/"1"W/"2"',
    '"1"; "2"', '"a b"', '"a\tb"', '"a\x7fb"', '"a"\n', '\n', '"1",\n"2"', '\xa0', '"1",\xa0"2"', "'1'", '"\u0100"', '"1", undefined'
  ]
  for (const text of table) t.equal(parseEntityTagList(text), undefined, JSON.stringify(text))
})

// OWS "," OWS, at least once; whatever repeats is an empty element
const ows = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 })
const comma = fc.tuple(ows, ows).map(([before, after]) => `${before},${after}`)
const commas = (minLength: number) => fc.array(comma, { minLength, maxLength: 3 }).map(all => all.join(''))
const etagc = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).filter(c => parseEntityTag(`"${c}"`))
const tag = fc.record({ weak: fc.boolean(), opaque: fc.string({ unit: fc.constantFrom(',', '*', ...etagc) }) })

t.test('formatted tags parse back, whatever blanks and empty elements stand around them', async t => {
  const element = fc.tuple(tag, commas(1))
  fc.assert(fc.property(ows, commas(0), fc.array(element), tag, commas(0), ows, (start, leading, elements, last, trailing, end) => {
    const between = elements.map(([tag, separator]) => formatEntityTag(tag) + separator).join('')
    const text = start + leading + between + formatEntityTag(last) + trailing + end
    return isDeepStrictEqual(listed(parseEntityTagList(text)), [...elements.map(([tag]) => tag), last].map(formatEntityTag))
  }))
})

t.test('text is readable exactly when the grammar of RFC 9110, 5.6.1.2, describes it, and no text makes the parser throw', async t => {
  const one = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`
  const grammar = new RegExp(String.raw`^[ \t]*(?:\*|(?:${one})?(?:[ \t]*,[ \t]*(?:${one})?)*)[ \t]*$`)
  const nearly = fc.string({ unit: fc.constantFrom('"', '"a"', ',', ' ', '\t', 'W/', '*'), maxLength: 9 })
  fc.assert(fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), text => {
    const list = parseEntityTagList(text)
    if (list === undefined || !grammar.test(text)) return list === undefined && !grammar.test(text)
    return list === '*' ? text.trim() === '*' : [...list].map(formatEntityTag).join() === [...text.matchAll(new RegExp(one, 'g'))].join()
  }), { numRuns: 5000 })
})

t.test('a long hostile value is read to its end, once', async t => {
  const long = (part: string) => part.repeat(1_000_000 / part.length)
  const lists = [[',', 0], [' ', 0], ['\t ', 0], [', ', 0], [' ,\t', 0], ['"",', 333_333], ['W/"a" , ', 125_000]] as const
  for (const [part, length] of lists) t.equal(count(parseEntityTagList(long(part))), length, JSON.stringify(part))
  for (const part of ['"a ', '""', 'W/', '*', '*,', '"', 'W/"', '"" ']) {
    t.equal(parseEntityTagList(long(part) + 'x'), undefined, JSON.stringify(part))
  }
  t.equal(parseEntityTagList(`"1"${long(' ')}"2"`), undefined, 'blanks where a comma is missing')
  t.strictSame(listed(parseEntityTagList(`"1"${long(' ')},${long('\t')}"2"`)), ['"1"', '"2"'], 'blanks around a comma')
  t.strictSame(listed(parseEntityTagList(`"${long(',')}"`)), [`"${long(',')}"`], 'commas between quotes')
})

t.test('without quotes a tag is the text between commas and blanks, and quoted tags may stand beside it', async t => {
  const table: ReadonlyArray<readonly [text: string, tags: string[]]> = [
    ['3', ['"3"']],
    ['53ce5fb5c2dbfd1a8e9b5a3c', ['"53ce5fb5c2dbfd1a8e9b5a3c"']],
    [' \t3\t ', ['"3"']],
    ['1,2', ['"1"', '"2"']],
    ['1 ,\t2', ['"1"', '"2"']],
    [',1,,2,', ['"1"', '"2"']],
    ['1, "2"', ['"1"', '"2"']],
    ['"1", 2', ['"1"', '"2"']],
    ['W/"1", 2, "3"', ['W/"1"', '"2"', '"3"']],
    ['"a,b", c', ['"a,b"', '"c"']],
    ['a, ",", W/"b,c"', ['"a"', '","', 'W/"b,c"']],
    ['"", 1', ['""', '"1"']],
    ['"*", 1', ['"*"', '"1"']],
    ["'3'", ['"\'3\'"']],
    ['3-gzip;v=1', ['"3-gzip;v=1"']],
    ['\x80\xff', ['"\x80\xff"']],
    ['$1$&', ['"$1$&"']]
  ]
  for (const [text, tags] of table) t.strictSame(listed(parseUnquotedList(text)), tags, text)
})

t.test('without quotes too, only an asterisk that stands alone means any representation, and no list holds one', async t => {
  for (const text of ['*', ' *', '*\t']) t.equal(parseUnquotedList(text), '*', JSON.stringify(text))
  for (const text of ['*, 1', '*, "1"', '1, *', '"1", *', '*, *', '*,', ',*']) t.equal(parseUnquotedList(text), undefined, JSON.stringify(text))
})

t.test('half a pair of quotes, and a tag that runs into another, stay unreadable where quotes may be left out', async t => {
  const table = [
    '"', '"1', '1"', '1"2', '"1", 2"', '1, "2', '"1,2', '1,2"', '"1","2', 'W/"', 'W/"1', 'W/1"', 'w/"1"', '"1"2', '1"2"', '"1""2"', '1 2', '"1" 2', '1 "2"',
    'a b, c', '"a b"', '"a b", 1', '1\n2', '1\x7f', '\x00', '\xa0', '1,\xa02', '\u0100', '"\u0100", 1'
  ]
  for (const text of table) t.equal(parseUnquotedList(text), undefined, JSON.stringify(text))
})

// pieces that lists are made of and broken by; an asterisk has its own test
const pieces = fc.string({ unit: fc.constantFrom('"', '"a"', '"b,c"', ',', ' ', '\t', 'W/', 'a', 'bc', '\x80'), maxLength: 9 })

t.test('what can be read with quotes is read the same where they may be left out', async t => {
  const strict = fc.oneof(pieces, fc.array(tag).map(tags => tags.map(formatEntityTag).join(', ')))
  fc.assert(fc.property(strict, text => {
    const list = parseEntityTagList(text)
    return list === undefined || isDeepStrictEqual(listed(parseUnquotedList(text)), listed(list))
  }), { numRuns: 5000 })
})

t.test('text is readable without quotes exactly when each element is a tag or bare text, and no text makes the parser throw', async t => {
  const quoted = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`
  const element = String.raw`(?:${quoted}|[\x21\x23-\x2b\x2d-\x7e\x80-\x9f\xa1-\xff]+)`
  const grammar = new RegExp(String.raw`^[ \t]*(?:${element})?(?:[ \t]*,[ \t]*(?:${element})?)*[ \t]*$`)
  const binary = fc.string({ unit: 'binary' }).filter(text => !text.includes('*'))
  fc.assert(fc.property(fc.oneof(pieces, binary), text => {
    const list = parseUnquotedList(text)
    if (list === undefined || !grammar.test(text)) return list === undefined && !grammar.test(text)
    const elements = [...text.matchAll(new RegExp(element, 'g'))].map(([found]) => found.endsWith('"') ? found : `"${found}"`)
    return isDeepStrictEqual(listed(list), elements)
  }), { numRuns: 5000 })
})

t.test('a list of more tags than are read at a time is read, or not, as a short one is', async t => {
  for (const parse of [parseEntityTagList, parseUnquotedList]) {
    for (const many of [199, 200, 201, 400, 401]) {
      for (const separator of [',', ' ,\t', ', , ']) {
        const list = `"a"${separator}`.repeat(many)
        t.equal(count(parse(list)), many)
        t.equal(count(parse(`${list}W/"b"`)), many + 1)
        for (const end of ['"', '*', '"b" "c"', '"b"\x7f']) t.equal(parse(list + end), undefined, end)
      }
    }
  }
})

t.test('a long hostile value without its quotes is read to its end, in time that grows with its length', async t => {
  const long = (part: string) => part.repeat(1_000_000 / part.length)
  const lists = [[',', 0], [' ', 0], ['a,', 500_000], ['a , ', 250_000], ['"",a,', 400_000], ['W/"a",b,', 250_000]] as const
  for (const [part, length] of lists) t.equal(count(parseUnquotedList(long(part))), length, JSON.stringify(part))
  for (const part of ['"', 'a"', '"a', 'W/"', 'W/', '"a b"', 'a ', '"" ', '"a",']) {
    t.equal(parseUnquotedList(long(part) + ' x"'), undefined, JSON.stringify(part))
  }
  t.strictSame(listed(parseUnquotedList(long('a'))), [`"${long('a')}"`], 'one bare tag')
  t.strictSame(listed(parseUnquotedList(`1${long(' ')},${long('\t')}2`)), ['"1"', '"2"'], 'blanks around a comma')
  t.equal(parseUnquotedList(`1${long(' ')}2`), undefined, 'blanks where a comma is missing')
})

const OPAQUE = ['', '3', '33', '3;gzip', '3-gzip', ',', ',3', '3,', 'W/', '7654321', '7654321;br', '7654321-br', '765432']
const own = fc.constantFrom(...OPAQUE)
// tags of a few states and nearly of them, bare ones, and what may stand between
const parts = fc.array(fc.oneof(
  own.chain(opaque => fc.constantFrom(`"${opaque}"`, `W/"${opaque}"`, `"${opaque}x"`, `"x${opaque}"`, opaque)),
  fc.constantFrom(' ', '\t', ',,')
), { maxLength: 6 })
const anyList: fc.Arbitrary<EntityTags> = fc.tuple(parts, fc.constantFrom(',', ', ', ' ,\t'), fc.boolean())
  .map(([parts, separator, unquoted]) => (unquoted ? parseUnquotedList : parseEntityTagList)(parts.join(separator)))
  .filter(list => list !== undefined && list !== '*')

const texts = (tags: Iterable<EntityTag>): string[] => [...new Set(Array.from(tags, formatEntityTag))].sort()

t.test('a list finds by their opaque text the tags that its elements are, one by one', async t => {
  let found = 0
  fc.assert(fc.property(anyList, own, (list, opaque) => {
    const slow = [...list].filter(tag => tag.opaque === opaque)
    const named = tagsNamed(list, opaque)
    if (slow.length > 0) found++
    // a weak one that comes after a strong one decides nothing
    const decides = slow[0]?.weak === false ? slow.filter(({ weak }) => !weak) : slow
    return isDeepStrictEqual(texts(named), texts(decides)) && isDeepStrictEqual(tagsNamed(list, opaque), named) &&
      isDeepStrictEqual(texts(tagsNamed([...list], opaque)), texts(slow)) && hasTags(list) === hasTags([...list]) && hasTags(list) === ([...list].length > 0)
  }), { numRuns: 20_000, seed: 1 })
  t.ok(found > 1000, `${found} were there`)
  t.equal(hasTags('*'), false)
})

t.test('an array of tags is searched as the text is that they were sent in', async t => {
  let found = 0
  const kinds = fc.record({ isAny: fc.boolean(), suffix: fc.boolean(), isStrong: fc.boolean() })
  fc.assert(fc.property(anyList, own.filter(state => !/[;-]/.test(state)), kinds, (list, state, { isAny, suffix, isStrong }) => {
    const standIns = isAny ? StandIns.ofState(suffix) : StandIns.itself(suffix)
    const array = [...list]
    const [inText, inArray] = [list, array].map(tags => findTag(tags, state, standIns, { isStrong }))
    if (inText === undefined || inArray === undefined) return inText === inArray
    found++
    return isDeepStrictEqual(tagAt(list, inText), array[inArray]) && tagAt(array, inArray) === array[inArray] &&
      findTag(list, state, standIns, { from: inText, isStrong }) === inText && findTag(array, state, standIns, { from: inArray, isStrong }) === inArray
  }), { numRuns: 20_000, seed: 2 })
  t.ok(found > 1000, `${found} were there`)
})

t.test('what stands ahead of a place is passed over', async t => {
  const text = parseEntityTagList('"3", W/"3", "4"') as EntityTags
  const itself = StandIns.itself(false)
  for (const [list, places] of [[text, [0, 5]], [[...text], [0, 1]]] as const) {
    t.equal(findTag(list, '3', itself), places[0])
    for (const from of places) t.equal(findTag(list, '3', itself, { from }), from)
    t.equal(findTag(list, '3', itself, { from: places[1], isStrong: true }), undefined)
  }
})

t.test('a list tells whether a character can be part of its tags', async t => {
  for (const list of [parseEntityTagList('"3", "3;gzip"') as EntityTags, [{ weak: false, opaque: '3;gzip' }]]) {
    t.equal(mayContain(list, ';'), true)
    t.equal(mayContain(list, '+'), false)
  }
})
