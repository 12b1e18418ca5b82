import { KEYWORD } from './annotation.js'

const PARTS = ['body', 'querystring', 'query', 'params', 'headers']

/** Where a schema has others: by names of the caller's own, or in its place, one or several. */
const BY_NAME = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas', 'dependencies', 'content'])
const IN_PLACE = new Set([
  'allOf', 'anyOf', 'oneOf', 'items', 'prefixItems', 'additionalItems', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else',
  'propertyNames', 'unevaluatedItems', 'unevaluatedProperties', 'schema'
])

/**
 * The schema of a route whose requests are validated without our keyword, which a strict validator refuses. What has it is
 * copied, with all that another library keeps in it; what has not stays what it was.
 */
export function relieved<Schema extends object> (schema: Schema): Schema {
  return withEach(schema, key => PARTS.includes(key), part => withoutKeyword(part, new Set()))
}

// `over`: what is being relieved. A schema that contains itself is refused by every validator.
function withoutKeyword (value: unknown, over: Set<unknown>): unknown {
  if (typeof value !== 'object' || value === null || over.has(value)) return value
  const within = new Set([...over, value])
  const relieve = (one: unknown): unknown => withoutKeyword(one, within)
  if (Array.isArray(value)) return withEach(value, () => true, relieve)
  const inPlace = withEach(value, key => IN_PLACE.has(key), relieve)
  const own = withEach(inPlace, key => BY_NAME.has(key), named => isObject(named) ? withEach(named, () => true, relieve) : named)
  if (!Object.hasOwn(own, KEYWORD)) return own
  const copy = copyOf(own) as Record<string, unknown>
  delete copy[KEYWORD]
  return copy
}

// The same where nothing becomes another.
function withEach<Value extends object> (value: Value, isMeant: (key: string) => boolean, become: (one: unknown) => unknown): Value {
  let copy = value
  for (const [key, one] of Object.entries(value)) {
    if (!isMeant(key)) continue
    const own = become(one)
    if (own === one) continue
    if (copy === value) copy = copyOf(value)
    Object.defineProperty(copy, key, { value: own, enumerable: true, writable: true, configurable: true })
  }
  return copy
}

// TypeBox tells its types by symbols, or by members that are not enumerable.
function copyOf<Value extends object> (value: Value): Value {
  if (Array.isArray(value)) return [...value] as unknown as Value
  const members = Object.getOwnPropertyDescriptors(value)
  // what is frozen is copied to be changed
  for (const member of Object.values(members)) member.configurable = true
  return Object.create(Object.getPrototypeOf(value), members)
}

function isObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
