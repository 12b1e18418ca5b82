import { FST_ETAG_INVALID_MEMBERS, FST_ETAG_INVALID_VERSION, FST_ETAG_UNCLEAR_RESULT } from './errors.js'
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
   * Of what was loaded the members that the request names, in its order; all where it names none. Throws
   * FST_ETAG_INVALID_VERSION for what is no list, or has members without an id.
   */
  pick (loaded: unknown): unknown {
    const { id, path } = this.#membership
    if (this.#named === undefined) return loaded
    const list = listIn(loaded, path)
    if (list === undefined) throw new FST_ETAG_INVALID_VERSION('What load returned', 'no list of members')
    const found = this.#byId(list)
    if (found.has(undefined)) throw new FST_ETAG_INVALID_VERSION('What load returned', `a member without ${id}`)
    return withList(loaded, path, this.#named.flatMap(name => found.has(name) ? [found.get(name)] : []))
  }

  /** Is each member there that the request names? */
  isWhole (picked: unknown): boolean {
    return this.#named === undefined || listIn(picked, this.#membership.path)?.length === this.#named.length
  }

  /**
   * Were the members written? All are, or none: throws FST_ETAG_UNCLEAR_RESULT for anything in between, and for a result
   * that does not show them. `undefined`: the request is not about members that are there.
   */
  areWritten (result: unknown, current: unknown): boolean | undefined {
    const expected = this.#expected(current)
    if (expected === undefined) return undefined
    if (isNothing(result)) return false
    const list = listIn(result, this.#membership.path)
    if (list === undefined) throw new FST_ETAG_UNCLEAR_RESULT('a list is written where all of its members are, so return them')
    if (list.length === 0) return expected.length === 0
    const written = this.#byId(list)
    if (list.length !== expected.length || !expected.every(id => written.has(id))) {
      throw new FST_ETAG_UNCLEAR_RESULT(`of ${expected.length} members it shows ${list.length} as written: write all of them or none`)
    }
    return true
  }

  #expected (current: unknown): ReadonlyArray<string | undefined> | undefined {
    if (this.#named !== undefined || this.#request.method !== 'DELETE') return this.#named
    return listIn(current, this.#membership.path)?.map(member => idOf(member, this.#membership.id))
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
      if (id === undefined) throw new FST_ETAG_INVALID_MEMBERS(`The member at ${at} needs its ${field}, a text or a number.`)
      if (ids.has(id)) throw new FST_ETAG_INVALID_MEMBERS(`The member at ${at} has the ${field} of one before it: each may be there once.`)
      ids.add(id)
    })
    return [...ids]
  }
}
