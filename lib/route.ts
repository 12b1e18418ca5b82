import { FST_ETAG_LOAD_MISSING, FST_ETAG_SOURCE_MISSING } from './errors.js'
import { readRouteOptions, type Load, type PluginOptions } from './options.js'
import { isRequired, type PolicyInForce, type PolicyLevel } from './policy.js'
import { resolveDescription, type DescribeState } from './sources/described-state.js'
import type { Create } from './verdict.js'

/** The settings of one place: the plugin, a scope in which it was registered again, or a route. */
export interface Level {
  readonly level: PolicyLevel
  readonly options: PluginOptions
}

/** What a route is called, and what it declared. */
export interface DeclaredRoute {
  readonly url: string
  readonly methods: readonly string[]
  /** The value of `config.etag`. */
  readonly etag: unknown
}

/** A route that asks, with every setting resolved: all that its hooks need. */
export interface Route {
  /** Its methods and url, as error messages call it. */
  readonly title: string
  readonly url: string
  /** The object that `config.etag` holds, or the one that it was spread from. */
  readonly definition: unknown
  readonly policy: PolicyInForce
  readonly create: Create
  readonly load: Load | undefined
  readonly describeState: DescribeState
  /** How the source was given: a function cannot tell a state from another object, a field can. */
  readonly source: 'none' | 'field' | 'function'
}

/** Under this key a definition keeps its identity when it is spread into another object. */
export const kDefinition = Symbol('fastify-etag-policy.definition')

/**
 * Resolves what a route declared over the settings of its scope; the nearest wins.
 * Throws FST_ETAG_INVALID_OPTION, and FST_ETAG_LOAD_MISSING or FST_ETAG_SOURCE_MISSING where a setting could never be kept.
 */
export function resolveRoute (declared: DeclaredRoute, outer: readonly Level[]): Route {
  const title = `${declared.methods.join(', ')} ${declared.url}`
  const options = readRouteOptions(declared.etag, title)
  const levels: readonly Level[] = [...outer, { level: 'route', options }]

  const source = nearest(levels, 'source')
  const lastModified = nearest(levels, 'lastModified')
  const route: Route = {
    title,
    url: declared.url,
    definition: identityOf(options),
    policy: nearestPolicy(levels),
    create: options.create ?? 'may',
    load: options.load,
    describeState: resolveDescription(source, lastModified),
    source: source === undefined ? 'none' : typeof source === 'function' ? 'function' : 'field'
  }
  refuseUnkeepable(route, declared.methods)
  return route
}

/** What tells one definition from another: it stays the same when the definition is spread. */
export function identityOf (options: object): unknown {
  return (options as { readonly [kDefinition]?: unknown })[kDefinition] ?? options
}

/** Must every request of this method be compared with a state, whatever fields it carries? */
export function alwaysNeedsState (route: Route, method: string): boolean {
  return isRequired(route.policy, method) || (method === 'PUT' && route.create === 'only')
}

function nearest<Key extends 'source' | 'lastModified'> (levels: readonly Level[], key: Key): PluginOptions[Key] | undefined {
  return levels.findLast(({ options }) => options[key] !== undefined)?.options[key]
}

function nearestPolicy (levels: readonly Level[]): PolicyInForce {
  const declaring = levels.findLast(({ options }) => options.policy !== undefined)
  return declaring === undefined
    ? { policy: 'OPTIONAL', level: 'plugin' }
    : { policy: declaring.options.policy!, level: declaring.level }
}

// What needs a state needs a way to it, and a required precondition is compared by the tag of that state.
function refuseUnkeepable (route: Route, methods: readonly string[]): void {
  const { title, policy: { policy, level } } = route
  const required = methods.find(method => isRequired(route.policy, method))
  if (required !== undefined) {
    const why = `the policy ${policy} of its ${level} makes ${required} name the version that it changes`
    if (route.load === undefined) throw new FST_ETAG_LOAD_MISSING(title, why)
    if (route.source === 'none') throw new FST_ETAG_SOURCE_MISSING(title, why)
  }
  if (route.load === undefined && route.create === 'only' && methods.includes('PUT')) {
    throw new FST_ETAG_LOAD_MISSING(title, "create: 'only' makes PUT find out whether something is there")
  }
}
