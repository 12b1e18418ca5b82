import { FST_ETAG_INVALID_LIST, FST_ETAG_INVALID_MEMBERS, FST_ETAG_UNCLEAR_RESULT } from './errors.js'
import { idOf, listIn, withList } from './sources/listed.js'
import { isNothing } from './written.js'
import type { Membership } from './sources/members.js'

const NAMING = new Set(['PUT', 'PATCH', 'DELETE'])

/** Can a request of this method say in its body which members it is about? A DELETE may, PUT and PATCH must. */
export function namesMembers (method: string): boolean {
  return NAMING.has(method)
}

/**
 * The members of a list that one request is about: for PUT, PATCH, and a DELETE with a body those of its body, in the
 * order of the body; else all that there are.
 */
export class RequestMembers {
  readonly #membership: Membership
  readonly #request: { readonly method: string, readonly body?: unknown }
  #named: readonly string[] | undefined

  constructor (membership: Membership, request: { readonly method: string, readonly body?: unknown }) {
    this.#membership = membership
    this.#request = request
  }

  /** Reads the ids of the body, once. Throws FST_ETAG_INVALID_MEMBERS where they do not say which members are meant. */
  read (): void {
    const { method, body } = this.#request
    const isWhole = method === 'DELETE' && (body === undefined || body === null)
    if (namesMembers(method) && !isWhole) this.#named ??= this.#readIds()
  }

  /**
   * Of what was loaded the members that the request names, in its order; all where it names none, or where its body is
   * not read yet. Throws FST_ETAG_INVALID_LIST.
   */
  pick (loaded: unknown): unknown {
    const { id, path } = this.#membership
    if (this.#named === undefined) return loaded
    const list = listIn(loaded, path)
    if (list === undefined) throw new FST_ETAG_INVALID_LIST(path.length === 0 ? 'there is no list' : `there is no list at ${path.join('.')}`)
    const found = this.#byId(list)
    if (found.has(undefined)) throw new FST_ETAG_INVALID_LIST(`a member has no ${id}`)
    if (found.size < list.length) throw new FST_ETAG_INVALID_LIST(`two members have one ${id}`)
    return withList(loaded, path, this.#named.flatMap(name => found.has(name) ? [found.get(name)] : []))
  }

  /** Is each member there that the request names? */
  isWhole (picked: unknown): boolean {
    return this.#named === undefined || this.#areOf(picked, this.#named)
  }

  /** Does what is sent show the members of this state, in their order? */
  isShown (sent: unknown, state: unknown): boolean {
    const ids = this.#idsOf(state)
    return ids !== undefined && this.#areOf(sent, ids)
  }

  /** Is the request about members that are there, so that its write is done where all of them are written? */
  get areMeant (): boolean {
    return namesMembers(this.#request.method)
  }

  /**
   * Were the members written? All are, or none: throws FST_ETAG_UNCLEAR_RESULT for anything in between, and for a result
   * that shows neither them nor how many they are.
   */
  areWritten (result: unknown, current: unknown): boolean {
    const expected = this.#named ?? this.#idsOf(current) ?? []
    if (isNothing(result)) return typeof result !== 'object' && expected.length === 0
    if (typeof result === 'number' || typeof result === 'bigint') return this.#areAll(Number(result), expected.length)
    const list = listIn(result, this.#membership.path)
    if (list === undefined) throw new FST_ETAG_UNCLEAR_RESULT('a list is written where all of its members are')
    const written = list.filter(member => !isNothing(member))
    if (written.length === 0) return expected.length === 0
    const found = this.#byId(written)
    return this.#areAll(expected.every(id => found.has(id)) ? written.length : expected.filter(id => found.has(id)).length, expected.length)
  }

  #areAll (written: number, expected: number): true {
    if (written === expected) return true
    throw new FST_ETAG_UNCLEAR_RESULT(`of the ${expected} members of a list it shows ${written} as written, and all of them must be or none`)
  }

  #areOf (value: unknown, ids: ReadonlyArray<string | undefined>): boolean {
    const found = this.#idsOf(value)
    return found !== undefined && found.length === ids.length && found.every((id, at) => id === ids[at])
  }

  #idsOf (value: unknown): ReadonlyArray<string | undefined> | undefined {
    return listIn(value, this.#membership.path)?.map(member => idOf(member, this.#membership.id))
  }

  #byId (list: readonly unknown[]): Map<string | undefined, unknown> {
    return new Map(list.map(member => [idOf(member, this.#membership.id), member]))
  }

  #readIds (): readonly string[] {
    const { method, body } = this.#request
    const { id: field, path } = this.#membership
    const list = listIn(body, path)
    if (list === undefined) {
      throw new FST_ETAG_INVALID_MEMBERS(`${method} needs the list of the members that it is about${path.length === 0 ? '' : `, in ${path.join('.')}`}.`)
    }
    const ids = new Set<string>()
    list.forEach((member, at) => {
      const id = idOf(member, field)
      if (id === undefined) throw new FST_ETAG_INVALID_MEMBERS(`The member at ${at} needs its ${field}, a text or an exact number.`)
      if (ids.has(id)) throw new FST_ETAG_INVALID_MEMBERS(`The member at ${at} has the ${field} of one before it: each may be there once.`)
      ids.add(id)
    })
    return [...ids]
  }
}
