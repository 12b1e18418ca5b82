/** A JSON Schema, or any other object that is written like one. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Finds a schema that is shared by its `$id`. */
export type SharedSchema = (id: string) => unknown

/** Is the value an object, so that it can have keywords? */
export function isObject (value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Are all schemas of a route JSON Schema, and none of a library that has its own, such as zod? */
export function isJsonSchema (schema: unknown): boolean {
  if (!isObject(schema)) return true
  const { headers, querystring, query, params, body, response } = schema
  return [headers, querystring, query, params, body, ...valuesOf(response)].flatMap(withInner).every(isPlain)
}

// Libraries put their own schemas below these keywords as well.
function withInner (schema: unknown): readonly unknown[] {
  if (!isObject(schema) || !isPlain(schema)) return [schema]
  return [schema, schema.properties, ...valuesOf(schema.content).map(media => isObject(media) ? media.schema : undefined)]
}

function isPlain (schema: unknown): boolean {
  if (typeof schema === 'function') return false
  if (!isObject(schema)) return true
  // Fastify asks those of fluent-json-schema for the JSON Schema that they are
  if (schema.isFluentSchema === true) return true
  const prototype = Object.getPrototypeOf(schema)
  return (prototype === Object.prototype || prototype === null) && !('~standard' in schema)
}

function valuesOf (schemas: unknown): readonly unknown[] {
  return isObject(schemas) ? Object.values(schemas) : []
}

/** The names of the properties that a schema declares: in itself, in what it combines and in what it refers to. */
export function propertyNames (schema: unknown, shared: SharedSchema, seen = new Set<unknown>()): readonly string[] {
  if (!isObject(schema) || seen.has(schema)) return []
  seen.add(schema)
  const { properties, allOf, anyOf, oneOf, $ref } = schema
  const others = [allOf, anyOf, oneOf, typeof $ref === 'string' ? referredTo($ref, shared) : undefined].flat()
  return [...Object.keys(isObject(properties) ? properties : {}), ...others.flatMap(other => propertyNames(other, shared, seen))]
}

// A $ref is the $id of a shared schema, and maybe a JSON pointer into it.
function referredTo ($ref: string, shared: SharedSchema): unknown {
  const [id, pointer = ''] = $ref.split('#')
  return pointer.split('/').slice(1).reduce<unknown>((at, key) => isObject(at) ? at[key] : undefined, shared(id!))
}
