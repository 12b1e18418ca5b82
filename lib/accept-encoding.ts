import { Words, type Codes } from './part.js'

// codings [ weight ]      weight = OWS ";" OWS "q=" qvalue
const ACCEPTED = /^([^\s;]+)[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?))?$/i

const COMMA = 0x2c
const SEMICOLON = 0x3b

/** Which content codings a request takes. */
export class AcceptedCodings {
  readonly #others: boolean
  readonly #excepted: Words

  constructor (field: string) {
    const said = new Map<string, boolean>()
    for (const element of field.split(',')) {
      const [, name, weight = '1'] = ACCEPTED.exec(element.trim()) ?? []
      if (name !== undefined && !said.has(name.toLowerCase())) said.set(name.toLowerCase(), Number(weight) > 0)
    }
    const others = said.get('*') ?? false
    this.#others = others
    this.#excepted = new Words([...said.keys()].filter(name => said.get(name) !== others))
  }

  /** Is this part of a text one of them, or several with commas between? */
  has (codes: Codes, start: number, end: number): boolean {
    return (this.#others || this.#excepted.mayHave(codes, start, end)) && this.#hasEach(codes, start, end)
  }

  #hasEach (codes: Codes, start: number, end: number): boolean {
    for (let from = start; from <= end;) {
      let to = from
      while (to < end && codes[to] !== COMMA && codes[to] !== SEMICOLON) to++
      if (this.#excepted.has(codes, from, to) === this.#others || (to < end && codes[to] === SEMICOLON)) return false
      from = to + 1
    }
    return true
  }
}

let last: { readonly field: string, readonly codings: AcceptedCodings } | undefined

/**
 * Reads which content codings an Accept-Encoding takes (RFC 9110, 12.5.3). Who sends no such field is taken to want none, as those
 * servers do that code answers.
 */
export function readAcceptedCodings (field: string = ''): AcceptedCodings {
  // most clients send what the one before did
  if (last?.field !== field) last = { field, codings: new AcceptedCodings(field) }
  return last.codings
}
