import { inspect } from 'node:util'
import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { FST_ETAG_INVALID_OPTION } from './errors.js'
import type { LastModified } from './sources/last-modified.js'
import type { Source } from './sources/source.js'

/** Why a state is loaded: to be read, to be compared before a write, or to be compared again after another writer came first. */
export type Purpose = 'read' | 'check' | 'retry'

/** Finds the state that a request is about; `null` or `undefined` where there is none, or none that its caller may see. */
export type Load = (request: any, purpose: Purpose) => unknown

const anyFunction = Type.Function([], Type.Any())
const name = Type.String({ minLength: 1 })

const policy = Type.Union([
  Type.Literal('REQUIRED'),
  Type.Literal('REQUIRED_FOR_DELETE'),
  Type.Literal('OPTIONAL')
], {
  default: 'OPTIONAL',
  expected: "'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL'",
  description: 'When a PUT, PATCH or DELETE must name the version that it changes. A POST only where its own route says so.'
})

const source = Type.Unsafe<Source>(Type.Union([
  name,
  Type.Object({ field: name }, { additionalProperties: false }),
  anyFunction
], {
  expected: "a field, { field: 'path.to.field' } or a function of state and request",
  description: 'Where a state has its version, from which its ETag is made.'
}))

const lastModified = Type.Unsafe<LastModified>(Type.Union([
  name,
  Type.Array(name, { minItems: 1 }),
  anyFunction
], {
  expected: 'a field, a list of fields or a function of state and request',
  description: 'Where a state has its modification date; of several fields the first that is set.'
}))

const load = Type.Unsafe<Load>({
  ...anyFunction,
  expected: 'a function of request and purpose',
  description: 'Finds the state that the request is about, once a request at most and only when it is needed.'
})

const create = Type.Union([
  Type.Literal('never'),
  Type.Literal('may'),
  Type.Literal('only')
], {
  default: 'may',
  expected: "'never', 'may' or 'only'",
  description: 'May a PUT make what is not there: never (404), if nothing is there, or only then (412 otherwise)?'
})

const member = Type.Unsafe<unknown>(anyFunction)

/** What `register` takes: defaults for the routes of the scope that ask. */
export const pluginOptionsSchema = Type.Object({
  policy: Type.Optional(policy),
  source: Type.Optional(source),
  lastModified: Type.Optional(lastModified)
}, { additionalProperties: false })

/** What `config.etag` takes. `of` and `tag` are what `defineEtag` adds. */
export const routeOptionsSchema = Type.Object({
  policy: Type.Optional(policy),
  source: Type.Optional(source),
  lastModified: Type.Optional(lastModified),
  load: Type.Optional(load),
  create: Type.Optional(create),
  of: Type.Optional(member),
  tag: Type.Optional(member)
}, { additionalProperties: false })

export type PluginOptions = Static<typeof pluginOptionsSchema>
export type RouteOptions = Static<typeof routeOptionsSchema>

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
  const error = Value.Errors(schema, given).First()
  if (error === undefined) return given
  const key = error.path.split('/')[1]
  if (key === undefined) throw new FST_ETAG_INVALID_OPTION(where, `expected an object, found ${describe(given)}`)

  const options: Record<string, TSchema> = schema.properties
  const option = Object.hasOwn(options, key) ? options[key] : undefined
  if (option === undefined) {
    const known = Object.keys(options).filter(name => name !== 'of' && name !== 'tag').join(', ')
    throw new FST_ETAG_INVALID_OPTION(where, `there is no option ${key}; the options are ${known}`)
  }
  const found = (given as Record<string, unknown>)[key]
  throw new FST_ETAG_INVALID_OPTION(where, `${key} must be ${option.expected ?? 'a function'}, found ${describe(found)}`)
}

function describe (value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity })
}
