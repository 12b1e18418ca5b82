import { FST_ETAG_INVALID_ANNOTATION } from './errors.js'
import { anyOf, isObject, nodeOf, resolveRef, standInsOf, within, type Schema, type SchemaNode, type SharedSchemas } from './schema-graph.js'
import { FIELDS, hasKeyword, KEYWORD, KeywordReader, type FieldAnnotation, type Said } from './keyword.js'
import type { MembersSource } from './sources/members.js'

/** What a schema says of the states that it describes. */
export interface Annotation extends Said {
  readonly source?: string | { readonly field: string } | MembersSource
  readonly lastModified?: readonly string[]
  /** Where an answer has its state; empty where it is the state itself. */
  readonly envelope: readonly string[]
}

/** What came of reading a schema. */
export interface Read {
  readonly annotation: Annotation | undefined
  /** Does the keyword stand anywhere in it? */
  readonly isAnnotated: boolean
  /** Where the states stand of an answer that has several, and so is none of them. */
  readonly several: readonly string[]
  /** References to schemas that nobody has added. */
  readonly unknown: readonly string[]
}

export const NOTHING_READ: Read = { annotation: undefined, isAnnotated: false, several: [], unknown: [] }

type Path = readonly string[]

interface Mark {
  readonly kind: FieldAnnotation
  readonly path: Path
}

/** What stands below a node and may describe a state of its own. */
interface Inner {
  readonly node: SchemaNode
  readonly path: Path
  readonly isList: boolean
}

/** What a node says of itself, with paths from itself. */
interface Yield {
  readonly marks: readonly Mark[]
  readonly inner: readonly Inner[]
}

/** Reads what a schema says by the keyword. Throws FST_ETAG_INVALID_ANNOTATION under the name of its place. */
export function readAnnotation (schema: unknown, place: string, shared: SharedSchemas): Read {
  const node = nodeOf(schema)
  if (node === undefined) return NOTHING_READ
  const unknown = unknownIn(node, shared)
  // most schemas have nothing of it, however large they are
  if (!anyOf(node, hasKeyword, shared)) return { ...NOTHING_READ, unknown }
  const reader = new Reader(place, shared)
  return { annotation: reader.stateAt(node), isAnnotated: true, several: reader.several, unknown }
}

function unknownIn (node: SchemaNode, shared: SharedSchemas): readonly string[] {
  const unknown = new Set<string>()
  anyOf(node, one => {
    const { $ref } = one.schema
    if (typeof $ref === 'string' && resolveRef($ref, one, shared) === undefined) unknown.add($ref)
    return false
  }, shared)
  return [...unknown]
}

const FEW = 4

class Reader {
  readonly #place: string
  readonly #shared: SharedSchemas
  readonly #keyword: KeywordReader
  readonly #yields = new Map<Schema, Yield>()
  readonly #states = new Map<Schema, Annotation | undefined>()
  several: readonly string[] = []

  constructor (place: string, shared: SharedSchemas) {
    this.#place = place
    this.#shared = shared
    this.#keyword = new KeywordReader(place, shared)
  }

  /** The state that a node describes: itself where fields of it are marked, else the one that stands below it. */
  stateAt (node: SchemaNode): Annotation | undefined {
    const { schema } = node
    if (!this.#states.has(schema)) {
      // what contains itself has no state of its own in there
      this.#states.set(schema, undefined)
      this.#states.set(schema, this.#readStateAt(node))
    }
    return this.#states.get(schema)
  }

  #readStateAt (node: SchemaNode): Annotation | undefined {
    const said = this.#keyword.saidOf(node)
    const { marks, inner } = this.#yieldOf(node)
    if (marks.some(({ kind }) => kind !== 'id')) {
      const own = this.#ownStateOf(marks)
      return own && { ...own, ...said, envelope: [] }
    }
    const states = inner.map(one => ({ at: one.path.join('.'), state: this.#stateIn(one) })).filter(({ state }) => state !== undefined)
    if (states.length > 1) this.several = states.map(({ at }) => at)
    if (states.length > 0) return states.length > 1 ? undefined : { ...said, ...states[0]!.state! }
    return said?.policy === undefined ? undefined : { ...said, envelope: [] }
  }

  #stateIn ({ node, path, isList }: Inner): Annotation | undefined {
    const state = this.stateAt(node)
    if (state === undefined || isList) return state && this.#listOf(node, path, state)
    return { ...state, envelope: [...path, ...state.envelope] }
  }

  // Fields of one name in two objects are those of two states.
  #ownStateOf (marks: readonly Mark[]): Omit<Annotation, 'envelope'> | undefined {
    const version = this.#onlyOne(marks, 'version')
    const lastModified = this.#onlyOne(marks, 'last-modified')
    if (version === 'several' || lastModified === 'several') return undefined
    return {
      ...(version !== undefined && { source: this.#sourceAt(this.#fieldAt('version', version)) }),
      ...(lastModified !== undefined && { lastModified: this.#fieldAt('last-modified', lastModified) })
    }
  }

  // Members of members are no list of one resource, and what has no version cannot be told by its date: their policy stays.
  #listOf (node: SchemaNode, path: Path, { source, policy, weak, envelope }: Annotation): Annotation | undefined {
    const said = { ...(policy !== undefined && { policy }), ...(weak !== undefined && { weak }) }
    if (source === undefined || envelope.length > 0 || (typeof source === 'object' && 'members' in source)) {
      return policy === undefined ? undefined : { ...said, envelope: [] }
    }
    const id = this.#onlyOne(this.#yieldOf(node).marks, 'id')
    if (id !== undefined && id.length > 1) this.#refuse(`id stands on ${String(id)}, and must be a field of the member itself`)
    return {
      source: { members: source, ...(id !== undefined && { id: id[0]! }), ...(path.length > 0 && { at: this.#pathText(path) }) },
      ...said,
      envelope: []
    }
  }

  #onlyOne (marks: readonly Mark[], kind: FieldAnnotation): Path | 'several' | undefined {
    const paths = marks.filter(mark => mark.kind === kind).map(({ path }) => path)
    const [first, second] = paths
    if (first === undefined || second === undefined) return first
    const [one, other] = [first, second].map(path => path.slice(0, -1).join('.')) as [string, string]
    if (one === other) this.#refuse(`${kind} stands on ${first.join('.')} and ${second.join('.')}`)
    this.several = [one, other]
    return 'several'
  }

  // Of marks the nearest count: what is deeper belongs to a state that this one refers to.
  #yieldOf (node: SchemaNode): Yield {
    const { schema } = node
    const known = this.#yields.get(schema)
    if (known !== undefined) return known
    this.#yields.set(schema, { marks: [], inner: [] })
    const kind = this.#keyword.fieldOf(node)
    const groups: Array<readonly Mark[]> = kind === undefined ? [] : [[{ kind, path: [] }]]
    const inner: Inner[] = []
    const take = (below: Yield, path: Path): void => {
      groups.push(below.marks.map(mark => ({ ...mark, path: [...path, ...mark.path] })))
      inner.push(...below.inner.map(one => ({ ...one, path: [...path, ...one.path] })))
    }
    for (const part of standInsOf(node, this.#shared)) take(this.#yieldOf(part), [])
    if (isObject(schema.items)) inner.push({ node: within(node, schema.items), path: [], isList: true })
    for (const [key, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      if (!isObject(property)) continue
      const child = within(node, property)
      if (this.#keyword.saidOf(child) !== undefined) inner.push({ node: child, path: [key], isList: false })
      else take(this.#yieldOf(child), [key])
    }
    const marks = ofOneState(groups)
    const own = { marks: FIELDS.flatMap(kind => nearest(marks.filter(mark => mark.kind === kind))), inner: firstOf(inner.filter(({ node }) => anyOf(node, hasKeyword, this.#shared))) }
    this.#yields.set(schema, own)
    return own
  }

  #fieldAt (kind: FieldAnnotation, path: Path): Path {
    if (path.length === 0) this.#refuse(`${KEYWORD}: '${kind}' stands on the answer itself, and not on a field of it`)
    return path
  }

  #sourceAt (path: Path): string | { readonly field: string } {
    return path.length === 1 ? path[0]! : { field: this.#pathText(path) }
  }

  #pathText (path: Path): string {
    const dotted = path.find(key => key.includes('.'))
    if (dotted !== undefined) this.#refuse(`a path leads through ${dotted}, whose name has a dot`)
    return path.join('.')
  }

  #refuse (what: string): never {
    throw new FST_ETAG_INVALID_ANNOTATION(this.#place, what)
  }
}

// What has a version that is deeper than another one is a state that this one refers to, with all that it says.
function ofOneState (groups: ReadonlyArray<readonly Mark[]>): readonly Mark[] {
  const depthOf = (marks: readonly Mark[]): number => Math.min(...marks.filter(({ kind }) => kind === 'version').map(({ path }) => path.length))
  const depth = Math.min(...groups.map(depthOf))
  return groups.filter(marks => !(depthOf(marks) > depth && depthOf(marks) < Infinity)).flat()
}

// Two are enough to tell that they are several.
function nearest (marks: readonly Mark[]): readonly Mark[] {
  const depth = Math.min(...marks.map(({ path }) => path.length))
  const paths = new Map(marks.filter(({ path }) => path.length === depth).map(mark => [mark.path.join('\0'), mark]))
  return [...paths.values()].slice(0, 2)
}

// A graph of schemas may have more paths than anybody can walk.
function firstOf (inner: readonly Inner[]): readonly Inner[] {
  const byPath = new Map(inner.map(one => [`${one.path.join('\0')} ${one.isList}`, one]))
  return [...byPath.values()].sort((one, other) => one.path.length - other.path.length).slice(0, FEW)
}
