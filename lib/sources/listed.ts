import { readField } from './field.js'

/** Where a list stands: itself, or at the end of a path into an envelope. */
export function listIn (value: unknown, path: readonly string[]): readonly unknown[] | undefined {
  const list = Array.isArray(value) ? value : path.length > 0 ? readField(value, path) : undefined
  return Array.isArray(list) ? list : undefined
}

/** The same with another list in its place; nothing else of an envelope is copied. */
export function withList (value: unknown, [key, ...path]: readonly string[], list: readonly unknown[]): unknown {
  if (Array.isArray(value) || key === undefined) return list
  const envelope = value as Record<string, unknown>
  // an envelope of a class stays one
  return Object.assign(Object.create(Object.getPrototypeOf(envelope)), envelope, { [key]: withList(envelope[key], path, list) })
}

/**
 * What tells a member from the others, as the text of what JSON shows: drivers give a bigint as text and an ObjectId as
 * an object. `undefined` where it tells nothing, as a number beyond those that are exact.
 */
export function idOf (member: unknown, field: string): string | undefined {
  const id = member === null || member === undefined ? undefined : shownInJson((member as Record<string, unknown>)[field])
  if (typeof id === 'string') return id
  if (typeof id === 'number') return Number.isFinite(id) && (Number.isSafeInteger(id) || !Number.isInteger(id)) ? String(id) : undefined
  return typeof id === 'bigint' ? String(id) : undefined
}

function shownInJson (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value) : value
}
