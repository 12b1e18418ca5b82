import { FST_ETAG_INVALID_ANNOTATION } from './errors.js'
import { isPolicy, POLICIES, type Policy } from './policy.js'
import { anyOf, isObject, nodeOf, standInsOf, type Schema, type SchemaNode, type SharedSchemas } from './schema-graph.js'

/** The keyword by which a schema says what of a state names it. */
export const KEYWORD = 'x-etag'

/** What the keyword says of a field of a state. */
export const FIELDS = ['version', 'last-modified', 'id'] as const
export type FieldAnnotation = typeof FIELDS[number]

/** What the keyword says of a state as a whole. */
export interface Said {
  readonly policy?: Policy
  readonly weak?: boolean
}

/** The same as it is written; `true` says no more than that it is one. */
export type StateAnnotation = true | Said

/** Does the keyword stand on this node? */
export function hasKeyword ({ schema }: SchemaNode): boolean {
  return Object.hasOwn(schema, KEYWORD)
}

/** Does the keyword stand anywhere in a schema, or in what it refers to? */
export function mentionsKeyword (schema: unknown, shared: SharedSchemas): boolean {
  const node = nodeOf(schema)
  return node !== undefined && anyOf(node, hasKeyword, shared)
}

/** Reads the keyword on the nodes of one schema. Throws FST_ETAG_INVALID_ANNOTATION under the name of its place. */
export class KeywordReader {
  readonly #place: string
  readonly #shared: SharedSchemas

  constructor (place: string, shared: SharedSchemas) {
    this.#place = place
    this.#shared = shared
  }

  /** Which field of a state a node is marked as. */
  fieldOf (node: SchemaNode): FieldAnnotation | undefined {
    const said = node.schema[KEYWORD]
    if (typeof said !== 'string') return undefined
    const kind = FIELDS.find(field => field === said)
    if (kind === undefined) return this.#refuse(`${KEYWORD} of a field must be ${FIELDS.map(field => `'${field}'`).join(' or ')}, found '${said}'`)
    const wrong = this.#typesOf(node, new Set()).find(type => !TYPES[kind].has(type))
    if (wrong !== undefined) this.#refuse(`${said} stands on a field whose type is ${wrong}`)
    return kind
  }

  /** What is said of the state as a whole: by a node, else by what stands in its place, of which the strictest holds. */
  saidOf (node: SchemaNode, seen: Set<Schema> = new Set()): Said | undefined {
    const { schema } = node
    if (seen.has(schema)) return undefined
    seen.add(schema)
    const said = schema[KEYWORD]
    const own = said === undefined || typeof said === 'string' ? undefined : this.#readSaid(said)
    const parts = standInsOf(node, this.#shared).map(part => this.saidOf(part, seen)).filter(part => part !== undefined)
    if (own === undefined && parts.length === 0) return undefined
    const policy = own?.policy ?? POLICIES.find(policy => parts.some(part => part.policy === policy))
    const weak = own?.weak ?? parts.find(part => part.weak !== undefined)?.weak
    return { ...(policy !== undefined && { policy }), ...(weak !== undefined && { weak }) }
  }

  #readSaid (said: unknown): Said {
    if (said === true) return {}
    if (!isObject(said)) return this.#refuse(`${KEYWORD} of an object must be true or { policy?, weak? }, found ${JSON.stringify(said)}`)
    const { policy, weak, ...others } = said as { policy?: unknown, weak?: unknown }
    if (Object.keys(others).length > 0) this.#refuse(`${KEYWORD} of an object knows policy and weak, and not ${Object.keys(others).join(', ')}`)
    if (policy !== undefined && !isPolicy(policy)) this.#refuse(`policy must be 'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL', found ${JSON.stringify(policy)}`)
    if (weak !== undefined && typeof weak !== 'boolean') this.#refuse(`weak must be a boolean, found ${JSON.stringify(weak)}`)
    return said as Said
  }

  #typesOf (node: SchemaNode, seen: Set<Schema>): readonly string[] {
    if (seen.has(node.schema)) return []
    seen.add(node.schema)
    const own = [node.schema.type].flat().filter(type => typeof type === 'string')
    return [...own, ...standInsOf(node, this.#shared).flatMap(part => this.#typesOf(part, seen))]
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
