import { nameVersion } from './name-version.js'
import type { NameState } from './named-state.js'

/** Names a state by the field at the end of a path. */
export function fieldSource (path: readonly string[]): NameState {
  const name = `The field ${path.join('.')}`
  const [key] = path
  return path.length === 1
    ? state => nameVersion((state as Record<string, unknown> | null | undefined)?.[key!], name)
    : state => nameVersion(readField(state, path), name)
}

/** The value at the end of a path; `undefined` where the path breaks off. */
export function readField (state: unknown, path: readonly string[]): unknown {
  let value = state
  for (const key of path) {
    if (value === null || value === undefined) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
