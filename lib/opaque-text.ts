/** What proxies write behind a dash or two at the end, inside the quotes, when they code an answer themselves. */
export const SUFFIXES = ['gzip', 'gunzip', 'br', 'deflate', 'zstd', 'df'] as const
const SUFFIX = new RegExp(`--?(?:${SUFFIXES.join('|')})$`)

// What may stand in an opaque tag as it is: etagc of RFC 9110, 8.8.3, without `%`, which marks an escape, without `;`,
// which ends the name of a state, and without obs-text, whose meaning depends on who reads it.
// What ends like the suffix of a proxy is no such text.
const PLAIN = new RegExp(String.raw`^[\x21\x23\x24\x26-\x3a\x3c-\x7e]*$(?<!-(?:${SUFFIXES.join('|')}))`)
const NOT_PLAIN = /[^\x21\x23\x24\x26-\x3a\x3c-\x7e]/g

/**
 * Any text, written so that it may stand between the quotes of an entity-tag.
 *
 * Two texts never become one: `%` is escaped too, so `unescape` of JavaScript gives the text back.
 */
export function formatOpaqueText (text: string): string {
  if (PLAIN.test(text)) return text
  // a suffix is escaped as well, so that it is never part of a name
  return text.replace(NOT_PLAIN, escaped).replace(SUFFIX, suffix => suffix.replaceAll('-', escaped))
}

/** The text that was written like that. */
export function readOpaqueText (opaque: string): string {
  return !opaque.includes('%') ? opaque : opaque.replace(/%(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g, (_escape, wide?: string, narrow?: string) => String.fromCharCode(parseInt((wide ?? narrow)!, 16)))
}

// One UTF-16 unit at a time, so that a lone surrogate has a form of its own as well.
function escaped (unit: string): string {
  const code = unit.charCodeAt(0)
  return code < 0x100
    ? '%' + code.toString(16).toUpperCase().padStart(2, '0')
    : '%u' + code.toString(16).toUpperCase().padStart(4, '0')
}
