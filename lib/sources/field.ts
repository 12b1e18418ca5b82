import { versionTag } from './version-tag.js'
import type { NameState } from './named-state.js'

/** Names a state by the field at the end of a path. */
export function fieldSource (path: readonly string[]): NameState {
  const name = `The field ${path.join('.')}`
  return state => {
    const version = readField(state, path)
    return { version, etag: versionTag(version, name) }
  }
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
