// What may a client put into If-Match and If-None-Match? Contents of any length, each a way to make a parser work hard.

/** The tag of the state that they are compared with, of a usual length. */
export const VERSION = 'c0ffee-17-8b1a9953'
export const OWN = `"${VERSION}"`

const filled = (element, length) => element.repeat(Math.floor(length / element.length))
const tagOfLength = (at, length) => `"${String(at).padStart(length, 'x')}"`

function manyTags (count, length) {
  const each = Math.max(1, Math.floor(length / count) - 4)
  return Array.from({ length: count }, (_, at) => tagOfLength(at, each)).join(', ').slice(0, length)
}

// as many as there can be below 500
const tagsIn = length => Math.min(500, Math.floor(length / 8))

/** A field value of about so many bytes. */
export const CONTENTS = {
  commas: length => filled(',', length),
  blanks: length => `"a",${' '.repeat(length - 8)},"b"`,
  '`"a",` repeated': length => filled('"a",', length),
  '`"",` repeated': length => filled('"",', length),
  '500 tags at most': length => manyTags(tagsIn(length), length),
  'the same, own tag last': length => `${manyTags(tagsIn(length), length - OWN.length - 2)}, ${OWN}`,
  'one long tag': length => `"${'x'.repeat(length - 2)}"`,
  'no quotes': length => filled('abcdefg, ', length),
  'quotes alone': length => '"'.repeat(length),
  garbage: length => filled('W/"a" W/W/ "', length)
}
