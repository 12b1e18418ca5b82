import t from 'tap'
import fc from 'fast-check'
import { codesOf, isPart, standsAt, Words } from '../lib/part.js'

// short, of few characters, so that many are the same
const anyText = fc.string({ unit: fc.constantFrom('a', 'b', 'ÿ'), maxLength: 3 })

t.test('a part is what stands between its bounds, and nothing beside it counts', async t => {
  fc.assert(fc.property(anyText, anyText, anyText, anyText, (before, part, after, what) => {
    const codes = codesOf(before + part + after)
    const [start, end] = [before.length, before.length + part.length]
    return isPart(codes, start, end, codesOf(what)) === (part === what) &&
      standsAt(codes, start, codesOf(what)) === (part + after).startsWith(what)
  }), { numRuns: 3000 })
})

t.test('a part is found among words exactly when it is one of them', async t => {
  const anyWord = fc.string({ unit: fc.constantFrom('a', 'b', 'ÿ', 'š', '€'), minLength: 1, maxLength: 4 })
  fc.assert(fc.property(fc.array(anyWord, { maxLength: 12 }), anyText, anyText, anyText, (words, before, part, after) => {
    const some = new Words(words)
    const codes = codesOf(before + part + after)
    const [start, end] = [before.length, before.length + part.length]
    const mayHave = words.some(({ length }) => part.length >= length) && part !== '' &&
      words.some(word => word[0] === part[0]) && words.some(word => word.at(-1) === part.at(-1))
    return some.has(codes, start, end) === words.includes(part) && some.mayHave(codes, start, end) === mayHave
  }), { numRuns: 5000 })
})

t.test('a part is looked up among very many words', async t => {
  const words = Array.from({ length: 100_000 }, (_, at) => at.toString(36))
  const some = new Words(words)
  const codes = codesOf(`${words.join(',')},-`)
  let at = 0
  t.ok(words.every(word => {
    const end = at + word.length
    const isThere = some.has(codes, at, end) && !some.has(codes, at, end + 1)
    at = end + 1
    return isThere
  }))
})
