import t from 'tap'
import type { FastifyInstance } from 'fastify'
import { requireKeyword } from '../../lib/hooks/require-keyword.js'

const shared: Record<string, unknown> = { Document: { properties: { version: { 'x-etag': 'version' } } } }
const route = { method: 'PUT' as const, url: '/', handler: async () => {}, schema: { body: { $ref: 'Document#' } } }
const scopeOf = (members: object): FastifyInstance => Object.assign({ getSchema: (id: string) => shared[id] }, members) as unknown as FastifyInstance
const kOptions = Symbol('fastify.options')
const refuses = (scope: FastifyInstance, options = {}): boolean => {
  try {
    requireKeyword(scope, { ...route, ...options })
    return false
  } catch (error) {
    t.match(error, { code: 'FST_ETAG_KEYWORD_MISSING' })
    return true
  }
}

t.test('a route is refused where Fastify keeps the options that Ajv surely lacks the keyword by', async t => {
  t.equal(refuses(scopeOf({ [kOptions]: {} })), true)
  t.equal(refuses(Object.create(scopeOf({ [kOptions]: { ajv: { plugins: [], customOptions: {} } } }))), true, 'in a scope within')
  t.equal(refuses(scopeOf({})), false, 'another Fastify may keep them elsewhere')
  t.equal(refuses(scopeOf({ [kOptions]: { schemaController: {} } })), false)
  t.equal(refuses(scopeOf({ [kOptions]: {}, validatorCompiler: () => () => true })), false)
  t.equal(refuses(scopeOf({ [kOptions]: {} }), { validatorCompiler: () => () => true }), false)
  t.equal(refuses(scopeOf({ [kOptions]: {} }), { schema: undefined }), false)
})
