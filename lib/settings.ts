import { routeOptionsSchema, type PluginOptions, type RouteOptions } from './option-schemas.js'
import type { PolicyLevel } from './policy.js'

/** What `register` was given: for the plugin, or for a scope in which it was registered again. */
export interface OuterLevel {
  readonly level: Extract<PolicyLevel, 'plugin' | 'scope'>
  readonly options: PluginOptions
}

/** The settings of one place: the plugin, a scope, the schema of a route, or the route. */
export type Level = OuterLevel | { readonly level: 'schema' | 'route', readonly options: RouteOptions }

type Shared = Omit<RouteOptions, 'policy' | 'kind' | 'load' | 'loadValidators' | 'parseVersion' | 'bulk' | 'schema' | 'of' | 'guarded' | 'tag'>
type Optional = 'source' | 'lastModified' | 'variant' | 'isConflict' | 'isDuplicateKey' | 'headers' | 'problem'

/** The settings that every level knows, resolved: what has no default may be absent. */
export type Settings = Readonly<Required<Omit<Shared, Optional>> & { [Key in Optional]: Shared[Key] | undefined }>

/** Resolves what the levels say, from the outermost to the nearest, which wins; `tolerate` is merged key by key. */
export function resolveSettings (levels: readonly Level[]): Settings {
  return {
    source: nearest(levels, 'source'),
    weak: settingOf(levels, 'weak'),
    lastModified: nearest(levels, 'lastModified'),
    at: settingOf(levels, 'at'),
    missing: settingOf(levels, 'missing'),
    checkEtagParam: settingOf(levels, 'checkEtagParam'),
    accept: settingOf(levels, 'accept'),
    enforce: settingOf(levels, 'enforce'),
    create: settingOf(levels, 'create'),
    createIgnoresIfMatch: settingOf(levels, 'createIgnoresIfMatch'),
    tolerate: Object.fromEntries(levels.flatMap(({ options }) => Object.entries(options.tolerate ?? {}).filter(([, value]) => value !== undefined))),
    variant: nearest(levels, 'variant'),
    answer: settingOf(levels, 'answer'),
    unguarded: settingOf(levels, 'unguarded'),
    isConflict: nearest(levels, 'isConflict'),
    isDuplicateKey: nearest(levels, 'isDuplicateKey'),
    headers: nearest(levels, 'headers'),
    disclose: settingOf(levels, 'disclose'),
    problem: nearest(levels, 'problem')
  }
}

/** Do the reads of a scope ask without `config.etag`? */
export function asksForReads (levels: readonly OuterLevel[]): boolean {
  return levels.findLast(({ options }) => options.allReads !== undefined)?.options.allReads ?? false
}

function nearest<Key extends keyof Shared> (levels: readonly Level[], key: Key): Shared[Key] | undefined {
  return levels.findLast(({ options }) => options[key] !== undefined)?.options[key]
}

function settingOf<Key extends Exclude<keyof Shared, Optional>> (levels: readonly Level[], key: Key): Required<Shared>[Key] {
  return nearest(levels, key) ?? routeOptionsSchema.properties[key].default
}
