import { inspect } from 'node:util'
import { Value } from '@sinclair/typebox/value'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import { pluginOptionsSchema, routeOptionsSchema, type PluginOptions, type RouteOptions } from './option-schemas.js'
import type { TSchema } from '@sinclair/typebox'

// what defineEtag adds
const ADDED = new Set(['of', 'guarded', 'tag'])

// Fastify and its plugins pass these in the same object; they say nothing about us.
const OF_REGISTER = new Set(['prefix', 'logLevel', 'logSerializers'])

/** Reads the options of `register`. Throws FST_ETAG_INVALID_OPTION for what it does not know. */
export function readPluginOptions (given: object): PluginOptions {
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => !OF_REGISTER.has(key)))
  return readOptions(pluginOptionsSchema, Array.isArray(given) ? given : own, 'fastify-etag-policy') as PluginOptions
}

/** Reads `config.etag` of a route, which `route` names in the error. Throws FST_ETAG_INVALID_OPTION. */
export function readRouteOptions (given: unknown, route: string): RouteOptions {
  return readOptions(routeOptionsSchema, given, `${route}, config.etag`) as RouteOptions
}

function readOptions (schema: typeof pluginOptionsSchema | typeof routeOptionsSchema, given: unknown, where: string): unknown {
  const path = wrongPath(schema, given)
  if (path === undefined) return given
  const [key] = path
  if (key === undefined) throw new FST_ETAG_INVALID_OPTION(where, `expected an object, found ${describe(given)}`)

  const options: Record<string, TSchema> = schema.properties
  const option = Object.hasOwn(options, key) ? options[key] : undefined
  if (option === undefined) {
    const known = Object.keys(options).filter(name => !ADDED.has(name)).join(', ')
    throw new FST_ETAG_INVALID_OPTION(where, `there is no option ${key}; the options are ${known}`)
  }
  const found = (given as Record<string, unknown>)[key]
  throw new FST_ETAG_INVALID_OPTION(where, `${key} must be ${option.expected ?? 'a function'}, found ${describe(found)}`)
}

// Where the first wrong value stands: the option and what is inside it; nothing inside where the whole is wrong.
function wrongPath (schema: typeof pluginOptionsSchema | typeof routeOptionsSchema, given: unknown): readonly string[] | undefined {
  const error = Value.Errors(schema, given).First()
  if (error === undefined) return Object.entries(given as object).find(([, value]) => isSpecial(value))
  // a JSON pointer
  return error.path.split('/').slice(1).map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

// An object of a class, a Map or Headers for instance, keeps what it has where no schema looks.
function isSpecial (value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null
}

function describe (value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity })
}
