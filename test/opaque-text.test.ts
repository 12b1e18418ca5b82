import t from 'tap'
import fc from 'fast-check'
import { parseEntityTag } from '../lib/entity-tag.js'
import { formatOpaqueText, readOpaqueText } from '../lib/opaque-text.js'

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // lone surrogates, and text that looks escaped already
  fc.string({ unit: fc.constantFrom('%', 'u', '%u', '0', '4', '1', '"', ' ', '\xff', '\u0100', '\ud83d', '\ude00') })
)

t.test('text that may stand between quotes stays as it is, save the percent sign, the semicolon and obs-text', async t => {
  const table = [
    ['', ''],
    ['3', '3'],
    ['2024-06-15T12:00:00.123456+00:00', '2024-06-15T12:00:00.123456+00:00'],
    ["!#$&'()*+,-./:<=>?@[\\]^_`{|}~", "!#$&'()*+,-./:<=>?@[\\]^_`{|}~"],
    ['a;b', 'a%3Bb'],
    ['pt-br', 'pt%2Dbr'],
    ['3--gzip', '3%2D%2Dgzip'],
    ['-zstd', '%2Dzstd'],
    ['br', 'br'],
    ['pt-br-x', 'pt-br-x'],
    ['a b', 'a%20b'],
    ['"a"', '%22a%22'],
    ['100%', '100%25'],
    ['%41', '%2541'],
    ['%u0041', '%25u0041'],
    ['\t\r\n\0', '%09%0D%0A%00'],
    ['\x7f\x80\xff', '%7F%80%FF'],
    ['\u0100\u20ac', '%u0100%u20AC'],
    ['😀', '%uD83D%uDE00'],
    ['\ud83d', '%uD83D']
  ] as const
  for (const [text, opaque] of table) t.equal(formatOpaqueText(text), opaque, JSON.stringify(text))
})

t.test('any text has a form inside the grammar of an opaque tag, in ASCII', async t => {
  fc.assert(fc.property(anyText, text => {
    const opaque = formatOpaqueText(text)
    return parseEntityTag(`"${opaque}"`)?.opaque === opaque && /^[\x21-\x7e]*$/.test(opaque)
  }), { numRuns: 2000 })
})

t.test('unescape gives the text back', async t => {
  for (let code = 0; code <= 0xffff; code++) {
    const unit = String.fromCharCode(code)
    if (unescape(formatOpaqueText(`a${unit}0`)) !== `a${unit}0`) t.fail(`U+${code.toString(16)}`)
  }
  fc.assert(fc.property(anyText, text => unescape(formatOpaqueText(text)) === text), { numRuns: 2000 })
})

t.test('two texts never have one form, even where one of them looks like the escape of the other', async t => {
  fc.assert(fc.property(anyText, anyText, (a, b) => (formatOpaqueText(a) === formatOpaqueText(b)) === (a === b)))
  fc.assert(fc.property(anyText, text => {
    const opaque = formatOpaqueText(text)
    return opaque === text || formatOpaqueText(opaque) !== opaque
  }))
})

t.test('the form of a text does not depend on what was formatted before', async t => {
  for (let i = 0; i < 3; i++) {
    t.equal(formatOpaqueText(' a'), '%20a')
    t.equal(formatOpaqueText('a'), 'a')
  }
})

t.test('a long hostile text is escaped to its end', async t => {
  for (const [part, form] of [[',', ','], [' ', '%20'], ['"', '%22'], ['%', '%25'], ['",', '%22,'], ['\uffff', '%uFFFF']] as const) {
    const times = 1_000_000 / part.length
    t.ok(formatOpaqueText(part.repeat(times)) === form.repeat(times), JSON.stringify(part))
  }
})

t.test('any text is read again as it was written, and what nobody wrote like that stays', async t => {
  t.doesNotThrow(() => fc.assert(fc.property(anyText, text => readOpaqueText(formatOpaqueText(text)) === text)))
  for (const opaque of ['%', '%4', '%u004', '%zz', '%3b', 'a%']) t.equal(readOpaqueText(opaque), opaque)
})
