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

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const letterAt = at => LETTERS[at % LETTERS.length]
const counted = (elementAt, length) => {
  const elements = []
  for (let at = 0, left = length; ; at++) {
    const element = `${elementAt(at)},`
    left -= element.length
    if (left < 0) return elements.join('')
    elements.push(element)
  }
}

/** The state that these contents are made for, and what the request accepts. */
export const SHORT_VERSION = '3'
export const ACCEPTED = 'gzip'

/** Field values that name one state again and again in other ways, and what a route tolerates that takes longest over them. */
export const CONTRIVED = {
  'own tag in many variants': { valueOf: length => counted(at => `"3;gzip;x${at}"`, length) },
  'own tag in a refused coding': { valueOf: length => filled('"3;br",', length) },
  'own tag in many codings': { valueOf: length => counted(at => `"3;${letterAt(at)}${letterAt(at / LETTERS.length | 0)}"`, length) },
  'own tag, weak, in many codings': { valueOf: length => counted(at => `W/"3;${letterAt(at)}"`, length) },
  'own tag with many endings': { tolerate: { suffix: true }, valueOf: length => counted(at => `"3-${letterAt(at)}"`, length) },
  'one bare letter': { tolerate: { unquoted: true }, valueOf: length => filled('a,', length) },
  'bare letters': { tolerate: { unquoted: true }, valueOf: length => counted(letterAt, length) },
  'bare own tag in many codings': { tolerate: { unquoted: true }, valueOf: length => counted(at => `3;${letterAt(at)}`, length) },
  'bare own tag in many codings, and blanks': { tolerate: { unquoted: true }, valueOf: length => counted(at => ` 3;${letterAt(at)}`, length) },
  'bare own tag with many endings': { tolerate: { unquoted: true, suffix: true }, valueOf: length => counted(at => `3-${letterAt(at)}`, length) },
  'bare tags begun like the own one': { tolerate: { unquoted: true, suffix: true }, valueOf: length => counted(at => `3${letterAt(at)}`, length) },
  'bare own tag in many codings, with the ending of a proxy': { tolerate: { unquoted: true, suffix: true }, valueOf: length => counted(at => `3;${letterAt(at)}-br`, length) },
  'own tag in a coding begun like one accepted': { tolerate: { suffix: true }, valueOf: length => filled('"3;g",', length) },
  'bare own tag in a coding begun like one accepted': { tolerate: { unquoted: true, suffix: true }, valueOf: length => filled('3;g,', length) }
}
