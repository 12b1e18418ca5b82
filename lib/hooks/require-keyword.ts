import type { FastifyInstance, FastifyServerOptions, RouteOptions } from 'fastify'
import { KEYWORD } from '../annotation.js'
import { FST_ETAG_KEYWORD_MISSING } from '../errors.js'

const PARTS = ['body', 'querystring', 'params', 'headers'] as const

/**
 * Refuses a route whose requests refer to an annotated schema that Ajv would refuse, in words that say why, where that is
 * sure; where it is not, Ajv speaks for itself. Throws FST_ETAG_KEYWORD_MISSING.
 */
export function requireKeyword (scope: FastifyInstance, { method, url, schema, validatorCompiler }: RouteOptions): void {
  if (validatorCompiler !== undefined || scope.validatorCompiler !== undefined || knowsKeyword(scope)) return
  const part = PARTS.find(part => needsKeyword(schema?.[part], scope))
  if (part !== undefined) throw new FST_ETAG_KEYWORD_MISSING(`${[method].flat().join(', ')} ${url}, schema.${part}`)
}

// Fastify tells nobody what it was given for Ajv, so this looks where it keeps it, and may not find it.
function knowsKeyword (scope: FastifyInstance): boolean {
  const options = optionsOf(scope)
  if (options === undefined || options.schemaController !== undefined) return true
  const { plugins = [], customOptions = {} } = options.ajv ?? {}
  const { strict, strictSchema, keywords } = customOptions as Readonly<Record<string, unknown>>
  return plugins.length > 0 || keywords !== undefined || strict === false || strictSchema === false
}

function optionsOf (scope: FastifyInstance): FastifyServerOptions | undefined {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === 'fastify.options')
    if (symbol !== undefined) return (at as Record<symbol, FastifyServerOptions>)[symbol]
  }
  return undefined
}

// `isShared`: what stands inline is relieved of the keyword.
function needsKeyword (value: unknown, scope: FastifyInstance, isShared = false, seen = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false
  seen.add(value)
  if (isShared && Object.hasOwn(value, KEYWORD)) return true
  const { $ref } = value as { readonly $ref?: unknown }
  const shared = typeof $ref === 'string' ? scope.getSchema($ref.split('#', 1)[0]!) : undefined
  return needsKeyword(shared, scope, true, seen) || Object.values(value).some(one => needsKeyword(one, scope, isShared, seen))
}
