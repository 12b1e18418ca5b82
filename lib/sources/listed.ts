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
  return { ...envelope, [key]: withList(envelope[key], path, list) }
}

/** What tells a member from the others, as text, since drivers give a bigint as text and a body has it as a number. */
export function idOf (member: unknown, field: string): string | undefined {
  const id = readField(member, [field])
  if (typeof id === 'string') return id
  return typeof id === 'bigint' || Number.isFinite(id) ? String(id) : undefined
}
