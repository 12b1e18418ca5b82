import { Words, type AsksPart } from './part.js'

// codings [ weight ]      weight = OWS ";" OWS "q=" qvalue
const ACCEPTED = /^([^\s;]+)[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?$/i

const COMMA = 0x2c
const SEMICOLON = 0x3b

let last: { readonly field: string, readonly accepts: AsksPart } | undefined

/**
 * Reads which content codings an Accept-Encoding takes (RFC 9110, 12.5.3): is a part of a text one of them, or several with
 * commas between? Who sends no such field is taken to want none, as those servers do that code answers.
 */
export function readAcceptedCodings (field: string = ''): AsksPart {
  // most clients send what the one before did
  if (last?.field !== field) last = { field, accepts: read(field) }
  return last.accepts
}

function read (field: string): AsksPart {
  const said = new Map<string, boolean>()
  for (const element of field.split(',')) {
    const [, name, weight = '1'] = ACCEPTED.exec(element.trim()) ?? []
    if (name !== undefined && !said.has(name.toLowerCase())) said.set(name.toLowerCase(), Number(weight) > 0)
  }
  const others = said.get('*') ?? false
  const excepted = new Words([...said.keys()].filter(name => said.get(name) !== others))

  return (codes, start, end) => {
    for (let from = start; from <= end;) {
      // most of what is not accepted is known by its first letter
      if (!others && !excepted.mayBegin(codes[from]!)) return false
      let to = from
      while (to < end && codes[to] !== COMMA && codes[to] !== SEMICOLON) to++
      if (excepted.has(codes, from, to) === others || (to < end && codes[to] === SEMICOLON)) return false
      from = to + 1
    }
    return true
  }
}
