/** A JSON schema that is an object. */
export type Schema = Readonly<Record<string, unknown>>

/** A node of a schema, and what its references are relative to. */
export interface SchemaNode {
  readonly schema: Schema
  /** What `#` is: the nearest schema around it that has an `$id`, else the whole document. */
  readonly root: Schema
  /** The whole document, in which a schema may be referred to by its `$id`. */
  readonly document: Schema
}

/** The schemas that were added to a scope. */
export interface SharedSchemas {
  get (id: string): unknown
  all (): Readonly<Record<string, unknown>>
}

/** Where nothing is shared. */
export const NO_SCHEMAS: SharedSchemas = { get: () => undefined, all: () => ({}) }

/** Where a schema has others: by names of the caller's own, or in its place, one or several. */
export const BY_NAME = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas', 'dependencies', 'content'] as const
export const IN_PLACE = [
  'allOf', 'anyOf', 'oneOf', 'items', 'prefixItems', 'additionalItems', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else',
  'propertyNames', 'unevaluatedItems', 'unevaluatedProperties', 'schema'
] as const

/** The node that a schema is as a document of its own; `undefined` for what is none, or is one of another library. */
export function nodeOf (schema: unknown): SchemaNode | undefined {
  return isSchema(schema) ? { schema, root: schema, document: schema } : undefined
}

/** A schema inside a node. */
export function within ({ root, document }: SchemaNode, schema: Schema): SchemaNode {
  const { $id } = schema
  return { schema, root: typeof $id === 'string' && !$id.startsWith('#') ? schema : root, document }
}

/** All schemas that stand directly in a node. */
export function partsOf (node: SchemaNode): readonly SchemaNode[] {
  const named = BY_NAME.flatMap(key => isObject(node.schema[key]) ? Object.values(node.schema[key]) : [])
  const inPlace = IN_PLACE.flatMap(key => node.schema[key])
  return [...named, ...inPlace].filter(isSchema).map(schema => within(node, schema))
}

interface Index {
  readonly ids: ReadonlyMap<string, SchemaNode>
  readonly anchors: ReadonlyMap<string, SchemaNode>
}

const indexes = new WeakMap<Schema, Index>()

// A schema that has an `$id` may stand anywhere in a document, and so may an anchor.
function indexOf (document: Schema): Index {
  const known = indexes.get(document)
  if (known !== undefined) return known
  const ids = new Map<string, SchemaNode>()
  const anchors = new Map<string, SchemaNode>()
  const seen = new Set<Schema>()
  const visit = (node: SchemaNode): void => {
    if (seen.has(node.schema)) return
    seen.add(node.schema)
    const { $id, $anchor } = node.schema
    if (typeof $id === 'string') {
      const [id, anchor] = $id.split('#') as [string, string?]
      if (id !== '') ids.set(id, node)
      if (anchor) anchors.set(anchor, node)
    }
    if (typeof $anchor === 'string') anchors.set($anchor, node)
    partsOf(node).forEach(visit)
  }
  visit({ schema: document, root: document, document })
  const index = { ids, anchors }
  indexes.set(document, index)
  return index
}

/** What a reference stands for; `undefined` where nobody knows it. */
export function resolveRef (ref: string, { root, document }: SchemaNode, shared: SharedSchemas): SchemaNode | undefined {
  const [id, fragment = ''] = ref.split('#') as [string, string?]
  const base = id === '' ? { schema: root, root, document } : indexOf(document).ids.get(id) ?? sharedBy(id, shared)
  if (base === undefined || fragment === '') return base
  if (!fragment.startsWith('/')) return indexOf(base.document).anchors.get(fragment)
  let at: unknown = base.schema
  for (const name of fragment.split('/').slice(1)) at = isObject(at) || Array.isArray(at) ? (at as Schema)[unescaped(name)] : undefined
  return isSchema(at) ? within(base, at) : undefined
}

/** What stands in the place of a node: what it refers to, and what it is composed of. */
export function standInsOf (node: SchemaNode, shared: SharedSchemas): readonly SchemaNode[] {
  const { schema } = node
  const parts = [schema.allOf, schema.anyOf, schema.oneOf].flat().filter(isObject).map(part => within(node, part))
  if (typeof schema.$ref !== 'string') return parts
  const referred = resolveRef(schema.$ref, node, shared)
  return referred === undefined ? parts : [referred, ...parts]
}

function sharedBy (id: string, shared: SharedSchemas): SchemaNode | undefined {
  const own = nodeOf(shared.get(id))
  if (own !== undefined) return own
  for (const document of Object.values(shared.all())) {
    const inner = isSchema(document) ? indexOf(document).ids.get(id) : undefined
    if (inner !== undefined) return inner
  }
  return undefined
}

function unescaped (name: string): string {
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
}

/** Is it said of any schema that a node consists of, or refers to? Each is looked at once. */
export function anyOf (node: SchemaNode, isMeant: (node: SchemaNode) => boolean, shared: SharedSchemas): boolean {
  const seen = new Set<Schema>()
  const left = [node]
  while (left.length > 0) {
    const one = left.pop()!
    if (seen.has(one.schema)) continue
    seen.add(one.schema)
    if (isMeant(one)) return true
    left.push(...partsOf(one))
    const referred = typeof one.schema.$ref === 'string' ? resolveRef(one.schema.$ref, one, shared) : undefined
    if (referred !== undefined) left.push(referred)
  }
  return false
}

export function isObject (value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// What another library calls a schema, zod for instance, has methods, and is no JSON.
function isSchema (value: unknown): value is Schema {
  return isObject(value) && typeof (value as { parse?: unknown }).parse !== 'function'
}
