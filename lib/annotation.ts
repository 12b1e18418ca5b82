import { FST_ETAG_INVALID_ANNOTATION } from './errors.js'
import { isPolicy, type Policy } from './policy.js'
import type { MembersSource } from './sources/members.js'

/** The keyword by which a schema says what of a state names it. */
export const KEYWORD = 'x-etag'

/** What the keyword says of a field of a state. */
export const FIELDS = ['version', 'last-modified', 'id'] as const
export type FieldAnnotation = typeof FIELDS[number]

/** What the keyword says of a state as a whole; `true` says no more than that it is one. */
export type StateAnnotation = true | { readonly policy?: Policy, readonly weak?: boolean }

/** What a schema says of the states that it describes. */
export interface Annotation {
  readonly source?: string | { readonly field: string } | MembersSource
  readonly lastModified?: readonly string[]
  readonly policy?: Policy
  readonly weak?: boolean
  /** Where an answer has its state; empty where it is the state itself. */
  readonly envelope: readonly string[]
}

/** What came of reading a schema. */
export interface Read {
  readonly annotation: Annotation | undefined
  /** Where the states stand of an answer that has several, and so is none of them. */
  readonly several: readonly string[]
  /** References to schemas that nobody has added. */
  readonly unknown: readonly string[]
}

type Schema = Readonly<Record<string, unknown>>
type Path = readonly string[]

/** A node of a schema, and the document that its references are relative to. */
interface Node {
  readonly schema: Schema
  readonly root: Schema
}

interface Mark {
  readonly kind: FieldAnnotation
  readonly path: Path
}

/** What stands below a node and describes a state of its own. */
interface Inner extends Node {
  readonly path: Path
  readonly isList: boolean
}

interface Gathered {
  readonly marks: Mark[]
  readonly inner: Inner[]
}

/** Reads what a schema says by the keyword. Throws FST_ETAG_INVALID_ANNOTATION under the name of its place. */
export function readAnnotation (schema: unknown, place: string, find: (id: string) => unknown): Read {
  const reader = new Reader(place, find)
  const annotation = isSchema(schema) ? reader.stateAt({ schema, root: schema }) : undefined
  return { annotation, several: reader.several, unknown: [...reader.unknown] }
}

class Reader {
  readonly #place: string
  readonly #find: (id: string) => unknown
  readonly unknown = new Set<string>()
  several: readonly string[] = []

  constructor (place: string, find: (id: string) => unknown) {
    this.#place = place
    this.#find = find
  }

  /** The state that a node describes: itself where fields of it are marked, else the one that stands below it. */
  stateAt (node: Node): Annotation | undefined {
    const said = this.#saidOfState(node, new Set())
    const gathered: Gathered = { marks: [], inner: [] }
    this.#gather(node, [], gathered, new Set())
    if (gathered.marks.some(({ kind }) => kind !== 'id')) return { ...this.#stateOf(gathered.marks), ...said, envelope: [] }

    const states = gathered.inner.map(inner => ({ at: inner.path.join('.'), state: this.#stateIn(inner) })).filter(({ state }) => state !== undefined)
    if (states.length > 1) this.several = states.map(({ at }) => at)
    if (states.length > 0) return states.length > 1 ? undefined : { ...said, ...states[0]!.state! }
    return said === undefined ? undefined : { ...said, envelope: [] }
  }

  #stateIn (inner: Inner): Annotation | undefined {
    const state = this.stateAt(inner)
    if (state === undefined || inner.isList) return state && this.#listOf(inner, state)
    return { ...state, envelope: [...inner.path, ...state.envelope] }
  }

  #stateOf (marks: readonly Mark[]): Omit<Annotation, 'envelope'> {
    const version = this.#onlyOne(marks, 'version')
    const lastModified = this.#onlyOne(marks, 'last-modified')
    return {
      ...(version !== undefined && { source: sourceAt(version) }),
      ...(lastModified !== undefined && { lastModified })
    }
  }

  // Members of members are no list of one resource, and what has no version cannot be told by its date.
  #listOf ({ path, schema, root }: Inner, member: Annotation): Annotation | undefined {
    const { source, policy, weak, envelope } = member
    if (source === undefined || envelope.length > 0 || (typeof source === 'object' && 'members' in source)) return undefined
    const gathered: Gathered = { marks: [], inner: [] }
    this.#gather({ schema, root }, [], gathered, new Set())
    const id = this.#onlyOne(gathered.marks, 'id')
    return {
      source: { members: source, ...(id !== undefined && { id: id.join('.') }), ...(path.length > 0 && { at: path.join('.') }) },
      ...(policy !== undefined && { policy }),
      ...(weak !== undefined && { weak }),
      envelope: []
    }
  }

  #onlyOne (marks: readonly Mark[], kind: FieldAnnotation): Path | undefined {
    const paths = new Map(marks.filter(mark => mark.kind === kind).map(({ path }) => [path.join('.'), path]))
    if (paths.size > 1) this.#refuse(`${kind} stands on ${[...paths.keys()].join(' and ')}`)
    return [...paths.values()][0]
  }

  // Marks of fields, and what stands below and is a state of its own. Of a reference to itself nothing more can be learnt.
  #gather (node: Node, path: Path, gathered: Gathered, seen: Set<unknown>): void {
    const { schema, root } = node
    if (seen.has(schema)) return
    seen.add(schema)
    const said = schema[KEYWORD]
    if (typeof said === 'string') gathered.marks.push(this.#markOf(node, said, path))
    for (const part of this.#partsOf(node)) this.#gather(part, path, gathered, seen)
    if (isSchema(schema.items)) gathered.inner.push({ path, isList: true, schema: schema.items, root })
    for (const [key, property] of Object.entries(isSchema(schema.properties) ? schema.properties : {})) {
      if (!isSchema(property)) continue
      const child = { schema: property, root }
      if (this.#saidOfState(child, new Set()) === undefined) this.#gather(child, [...path, key], gathered, seen)
      else gathered.inner.push({ ...child, path: [...path, key], isList: false })
    }
    seen.delete(schema)
  }

  // What a node is made of, and stands in its place: what it refers to, and what it is composed of.
  #partsOf ({ schema, root }: Node): readonly Node[] {
    const parts = [schema.allOf, schema.anyOf, schema.oneOf].flat().filter(isSchema).map(part => ({ schema: part, root }))
    const referred = typeof schema.$ref === 'string' ? this.#resolve(schema.$ref, root) : undefined
    return referred === undefined ? parts : [referred, ...parts]
  }

  #resolve (ref: string, root: Schema): Node | undefined {
    const [id, pointer = ''] = ref.split('#') as [string, string?]
    const document = id === '' || id === root.$id ? root : this.#find(id)
    if (!isSchema(document)) {
      this.unknown.add(ref)
      return undefined
    }
    let at: unknown = document
    for (const name of pointer.split('/').slice(1)) at = isObject(at) ? at[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
    return isSchema(at) ? { schema: at, root: document } : undefined
  }

  /** What is said of the state as a whole, by the node or by what stands in its place; the nearest wins. */
  #saidOfState (node: Node, seen: Set<unknown>): Omit<Annotation, 'envelope'> | undefined {
    if (seen.has(node.schema)) return undefined
    seen.add(node.schema)
    const said = node.schema[KEYWORD]
    const own = said === undefined || typeof said === 'string' ? undefined : this.#readState(said)
    const parts = this.#partsOf(node).map(part => this.#saidOfState(part, seen)).filter(part => part !== undefined)
    return own === undefined && parts.length === 0 ? undefined : Object.assign({}, ...parts, own)
  }

  #readState (said: unknown): Omit<Annotation, 'envelope'> {
    if (said === true) return {}
    if (!isObject(said)) this.#refuse(`${KEYWORD} of an object must be true or { policy?, weak? }, found ${JSON.stringify(said)}`)
    const { policy, weak, ...others } = said as { policy?: unknown, weak?: unknown }
    if (Object.keys(others).length > 0) this.#refuse(`${KEYWORD} of an object knows policy and weak, and not ${Object.keys(others).join(', ')}`)
    if (policy !== undefined && !isPolicy(policy)) this.#refuse(`policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', found ${JSON.stringify(policy)}`)
    if (weak !== undefined && typeof weak !== 'boolean') this.#refuse(`weak must be a boolean, found ${JSON.stringify(weak)}`)
    return said as { policy?: Policy, weak?: boolean }
  }

  #markOf (node: Node, said: string, path: Path): Mark {
    const kind = FIELDS.find(field => field === said)
    if (kind === undefined) this.#refuse(`${KEYWORD} of a field must be ${FIELDS.map(field => `'${field}'`).join(' or ')}, found '${said}'`)
    if (path.length === 0) this.#refuse(`${KEYWORD}: '${said}' stands on the answer itself, and not on a field of it`)
    const wrong = this.#typesOf(node, new Set()).find(type => !TYPES[kind!].has(type))
    if (wrong !== undefined) this.#refuse(`${said} stands on ${path.join('.')}, whose type is ${wrong}`)
    return { kind: kind!, path }
  }

  #typesOf (node: Node, seen: Set<unknown>): readonly string[] {
    if (seen.has(node.schema)) return []
    seen.add(node.schema)
    const own = [node.schema.type].flat().filter(type => typeof type === 'string')
    return [...own, ...this.#partsOf(node).flatMap(part => this.#typesOf(part, seen))]
  }

  #refuse (what: string): never {
    throw new FST_ETAG_INVALID_ANNOTATION(this.#place, what)
  }
}

// `Date` is what TypeBox calls the type of a JavaScript Date.
const TYPES: Readonly<Record<FieldAnnotation, ReadonlySet<string>>> = {
  version: new Set(['string', 'integer', 'number', 'bigint', 'null']),
  'last-modified': new Set(['string', 'integer', 'number', 'Date', 'null']),
  id: new Set(['string', 'integer', 'number', 'bigint'])
}

function sourceAt (path: Path): string | { readonly field: string } {
  return path.length === 1 ? path[0]! : { field: path.join('.') }
}

function isObject (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Not what another library calls a schema, of zod for instance: that has methods, and no JSON.
function isSchema (value: unknown): value is Schema {
  return isObject(value) && typeof (value as { parse?: unknown }).parse !== 'function'
}
