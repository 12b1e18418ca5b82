import type { FastifyInstance, FastifyServerOptions, RouteOptions } from 'fastify'
import { KEYWORD, mentionsKeyword } from '../keyword.js'
import { FST_ETAG_KEYWORD_MISSING } from '../errors.js'
import { etagKeywords } from '../etag-keywords.js'
import { anyOf, NO_SCHEMAS, nodeOf, resolveRef } from '../schema-graph.js'
import { titleOf } from './schemas-of.js'

const PARTS = ['body', 'querystring', 'query', 'params', 'headers'] as const

/** Does Ajv know our keyword: surely, surely not, or does nobody know? */
export type Knowledge = 'knows' | 'lacks' | 'unknown'

/** What Ajv knows in a scope, as far as Fastify lets it be seen. */
export function knowledgeOf (scope: FastifyInstance): Knowledge {
  const options = optionsOf(scope)
  if (options === undefined || options.schemaController !== undefined || scope.validatorCompiler !== undefined) return 'unknown'
  const { plugins = [], customOptions = {}, onCreate } = (options.ajv ?? {}) as NonNullable<FastifyServerOptions['ajv']> & { onCreate?: unknown }
  const { strict, strictSchema, keywords } = customOptions as Readonly<Record<string, unknown>>
  if (plugins.some(plugin => [plugin].flat()[0] === etagKeywords) || [keywords].flat().includes(KEYWORD)) return 'knows'
  if ([strict, strictSchema].some(how => how === false || how === 'log')) return 'knows'
  return plugins.length > 0 || onCreate !== undefined || keywords !== undefined ? 'unknown' : 'lacks'
}

/** The form of `after` that may fail, which Fastify's types leave out. */
type After = (then: (error: Error | null, done: (error?: Error | null) => void) => void) => unknown

/**
 * Refuses a route whose requests refer to an annotated schema that Ajv would refuse, in words that say why, where that is
 * sure; where it is not, Ajv speaks for itself. A scope may set another validator until it is complete.
 */
export function requireKeyword (scope: FastifyInstance, options: RouteOptions): void {
  if (options.validatorCompiler !== undefined || knowledgeOf(scope) !== 'lacks') return
  const part = PARTS.find(part => needsKeyword((options.schema as Readonly<Record<string, unknown>> | undefined)?.[part], scope))
  if (part === undefined) return
  const title = `${titleOf(options)}, schema.${part}`
  const after: unknown = scope.after.bind(scope)
  ;(after as After)((error, done) => { done(error ?? (knowledgeOf(scope) === 'lacks' ? new FST_ETAG_KEYWORD_MISSING(title) : null)) })
}

// What stands inline is relieved of the keyword, unless Ajv has it by its `$id` as well.
function needsKeyword (given: unknown, scope: FastifyInstance): boolean {
  const node = nodeOf(given)
  const shared = { get: (id: string) => scope.getSchema(id), all: () => scope.getSchemas() }
  if (node === undefined) return false
  return anyOf(node, one => {
    const { $ref, $id } = one.schema
    const referred = typeof $ref === 'string' ? resolveRef($ref, one, shared)?.schema : typeof $id === 'string' ? scope.getSchema($id) : undefined
    return referred !== undefined && mentionsKeyword(referred, shared)
  }, NO_SCHEMAS)
}

// Fastify tells nobody what it was given for Ajv, so this looks where it keeps it, and may not find it.
function optionsOf (scope: FastifyInstance): FastifyServerOptions | undefined {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === 'fastify.options')
    if (symbol !== undefined) return (at as Record<symbol, FastifyServerOptions>)[symbol]
  }
  return undefined
}
