import { KEYWORD } from './keyword.js'
import { BY_NAME, IN_PLACE } from './schema-graph.js'

const PARTS = ['body', 'querystring', 'query', 'params', 'headers']

const NAMED = new Set<string>(BY_NAME)
const PLACED = new Set<string>(IN_PLACE)

/**
 * The schema of a route whose requests are validated without our keyword, which a strict validator refuses. What has it is
 * copied, with all that another library keeps in it; what has not stays what it was.
 */
export function relieved<Schema extends object> (schema: Schema): Schema {
  const done = new Map<unknown, unknown>()
  return withEach(schema, key => PARTS.includes(key), part => withoutKeyword(part, done))
}

// What is used in several places is copied once. A schema that contains itself is refused by every validator.
function withoutKeyword (value: unknown, done: Map<unknown, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!done.has(value)) {
    done.set(value, value)
    done.set(value, copyWithout(value, one => withoutKeyword(one, done)))
  }
  return done.get(value)
}

function copyWithout (value: object, relieve: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return withEach(value, () => true, relieve)
  const inPlace = withEach(value, key => PLACED.has(key), relieve)
  const own = withEach(inPlace, key => NAMED.has(key), named => isObject(named) ? withEach(named, () => true, relieve) : named)
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
