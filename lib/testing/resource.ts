import { isDeepStrictEqual } from 'node:util'
import { setTimeout } from 'node:timers/promises'
import { isSuccess, type Exchange, type Send, type Sent } from './target.js'
import { NotChecked, Wrong } from './wrong.js'

type Fields = Readonly<Record<string, string>>

/** A request as `checkRoute` is told of it. */
export interface Asked {
  readonly method?: string
  readonly url: string
  readonly headers?: Fields
  /** The body of a create. */
  readonly body?: unknown
}

/** What `checkRoute` is told of a route. */
export interface RouteUnderTest<State = any> {
  /** The read of a resource that is there: its url, or more of the request. */
  readonly read: string | Asked
  /** The write of it, a PUT unless it says otherwise; its body comes from `change`. */
  readonly write: string | Asked
  /** Removes it. Without it no DELETE is checked. */
  readonly remove?: string | Asked | undefined
  /**
   * Makes a resource that is not there yet, by PUT to its own url; another one each turn where it is a function.
   * Without it no create is checked.
   */
  readonly create?: Asked | ((turn: number) => Asked) | undefined
  /** The body of a write, made from what was read; another one each turn, or a write may move no version. */
  readonly change: (state: State, turn: number) => unknown
  /** The policy that must be in force. Default: REQUIRED. */
  readonly policy?: 'REQUIRED' | 'REQUIRED_FOR_DELETE' | 'OPTIONAL' | undefined
  /** The status that must answer a write which names no version where it must. Default: 428. */
  readonly missing?: 428 | 409 | undefined
  /** Do answers to writes carry a tag? Default: true. */
  readonly answer?: boolean | undefined
  /** Fields that all requests carry, of authentication for instance. */
  readonly headers?: Fields | undefined
  /** How many write at once. Default: 8. */
  readonly writers?: number | undefined
}

/** A state as a read showed it. */
export interface Shown {
  readonly etag: string
  readonly body: unknown
}

// The longest that a clock in a body may stand still.
// A limit of requests, or of what the service can do, which says nothing about the route.
const BUSY = new Set([429, 503])

const OVER_A_SECOND = 1100

/** The state that a read shows. Fails where it shows none, or has no tag. */
export function shownBy (read: Exchange): Shown {
  const { came: { status, etag, body } } = read
  if (BUSY.has(status)) throw new NotChecked(`a read is answered by ${status}`)
  if (status !== 200) throw new Wrong('not-there', read)
  if (etag === undefined) throw new Wrong('no-tag', read)
  return { etag, body }
}

/** Is this what the plugin itself answers under `unguarded: 'error'`? */
export function isUnguardedError ({ came: { body } }: Exchange): boolean {
  return (body as { code?: unknown } | null | undefined)?.code === 'FST_ETAG_UNGUARDED'
}

/** The resource that is read and written, and removed at the end. */
export class Resource {
  readonly route: RouteUnderTest
  readonly #send: Send
  #turn = 0
  #reads: Promise<readonly [Exchange, Exchange]> | undefined

  constructor (route: RouteUnderTest, send: Send) {
    this.route = route
    this.#send = send
  }

  get writers (): number {
    return this.route.writers ?? 8
  }

  read (headers: Fields = {}): Promise<Exchange> {
    return this.#exchange('GET', this.route.read, headers)
  }

  /** The state as it is now. Fails where it cannot be read, or has no tag. */
  async show (): Promise<Shown> {
    return shownBy(await this.read())
  }

  /** Do two bodies show one state? What changes at each read, as a clock does, is no part of it. */
  async isSame (one: unknown, other: unknown): Promise<boolean> {
    if (isDeepStrictEqual(one, other)) return true
    this.#reads ??= this.#readTwice()
    const [first, second] = (await this.#reads).map(({ came }) => came)
    if (first!.etag !== second!.etag) return false
    return isDeepStrictEqual(steadyPart(one, first!.body, second!.body), steadyPart(other, first!.body, second!.body))
  }

  /** Writes a change of what was shown, with these fields. */
  async write (from: Shown, headers: Fields): Promise<Exchange> {
    return this.#exchange('PUT', this.route.write, headers, await this.route.change(structuredClone(from.body), ++this.#turn))
  }

  /** Writes with the tag that was shown, which must succeed unless another fault is named for it. */
  async move (from: Shown, headers: Fields = {}): Promise<Exchange> {
    const exchange = await this.write(from, { 'if-match': from.etag, ...headers })
    if (isUnguardedError(exchange)) throw new NotChecked('since unguarded')
    if (!isSuccess(exchange)) throw new Wrong('write-failed', exchange)
    return exchange
  }

  remove (headers: Fields): Promise<Exchange> {
    return this.#exchange('DELETE', this.route.remove!, headers)
  }

  /** The request that makes something new. */
  creation (): Asked {
    const { create } = this.route
    const asked = typeof create === 'function' ? create(++this.#turn) : create
    if (typeof asked?.url !== 'string') throw new TypeError('checkRoute: create must return an object with url and body')
    return asked
  }

  create (asked: Asked, headers: Fields): Promise<Exchange> {
    return this.#exchange('PUT', asked, headers, asked.body)
  }

  // Not at once: what lags behind a write has come by then, and is no clock.
  async #readTwice (): Promise<readonly [Exchange, Exchange]> {
    await setTimeout(OVER_A_SECOND)
    const first = await this.read()
    await setTimeout(OVER_A_SECOND)
    return [first, await this.read()]
  }

  async #exchange (method: string, asked: string | Asked, headers: Fields, body?: unknown): Promise<Exchange> {
    const own: Asked = typeof asked === 'string' ? { url: asked } : asked
    const sent: Sent = {
      method: own.method ?? method,
      url: own.url,
      headers: { ...lowerCased(this.route.headers), ...lowerCased(own.headers), ...headers },
      ...(body !== undefined && { body })
    }
    return { sent, came: await this.#send(sent) }
  }
}

function lowerCased (fields: Fields = {}): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
}

// What of a body is left when everything is taken off it that is different in two reads of one state.
function steadyPart (body: unknown, first: unknown, second: unknown): unknown {
  if (isDeepStrictEqual(first, second)) return body
  if (!isObject(body) || !isObject(first) || !isObject(second)) return undefined
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, steadyPart(value, first[name], second[name])]))
}

function isObject (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
