import { KEYWORD, type StateAnnotation } from './keyword.js'

/** A schema that says its type in other words than `type`, which is looked at when the application starts. */
type Untyped = { readonly type?: never } & (
  { readonly anyOf: unknown } | { readonly allOf: unknown } | { readonly oneOf: unknown } | { readonly $ref: string } |
  { readonly enum: unknown } | { readonly const: unknown } | { readonly static: unknown } | { readonly '~unsafe': unknown })

type Several<Type> = Type | readonly Type[]

/** A schema of what can name a version, or tell a member of a list from the others: text or a number, or nothing. */
type Nameable = { readonly type: Several<'string' | 'integer' | 'number' | 'bigint' | 'null'> } | Untyped

/** A schema of what can say when a state was modified. */
type Datable = { readonly type: Several<'string' | 'integer' | 'number' | 'Date' | 'date' | 'null'> } | Untyped

/** A schema that says this by `x-etag`. */
type Annotated<Schema, Said> = Schema & { readonly 'x-etag': Said }

/** The schema of the field that names the version of a state. */
export function EtagVersion<Schema extends Nameable> (schema: Schema): Annotated<Schema, 'version'> {
  return annotated(schema, 'version')
}

/** The schema of the field that says when a state was modified. */
export function EtagLastModified<Schema extends Datable> (schema: Schema): Annotated<Schema, 'last-modified'> {
  return annotated(schema, 'last-modified')
}

/** The schema of the field that tells a member of a list from the others, where that is not called `id`. */
export function EtagId<Schema extends Nameable> (schema: Schema): Annotated<Schema, 'id'> {
  return annotated(schema, 'id')
}

/** The schema of a state, also where it stands inside an envelope, with its policy. */
export function EtagState<Schema extends object> (schema: Schema, said: StateAnnotation = true): Annotated<Schema, StateAnnotation> {
  return annotated(schema, said)
}

// TypeBox tells its types by symbols, or by members that are not enumerable.
function annotated<Schema extends object, Said> (schema: Schema, said: Said): Annotated<Schema, Said> {
  const members = { ...Object.getOwnPropertyDescriptors(schema), [KEYWORD]: { value: said, enumerable: true, configurable: true, writable: true } }
  return Object.create(Object.getPrototypeOf(schema), members)
}
