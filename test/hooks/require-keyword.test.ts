import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import etagPlugin, { etagKeywords } from '../../lib/index.js'
import { knowledgeOf } from '../../lib/hooks/require-keyword.js'

const scopeOf = (members: object): FastifyInstance => members as FastifyInstance
const kOptions = Symbol('fastify.options')
const other = (ajv: unknown): unknown => ajv

t.test('Ajv knows the keyword, lacks it, or nobody can tell', async t => {
  const table: ReadonlyArray<readonly [options: object, knowledge: string]> = [
    [{}, 'lacks'],
    [{ ajv: {} }, 'lacks'],
    [{ ajv: { plugins: [], customOptions: { coerceTypes: false, strict: true } } }, 'lacks'],
    [{ ajv: { plugins: [etagKeywords] } }, 'knows'],
    [{ ajv: { plugins: [other, [etagKeywords, {}]] } }, 'knows'],
    [{ ajv: { customOptions: { keywords: ['x-etag', 'x-other'] } } }, 'knows'],
    [{ ajv: { customOptions: { strict: false } } }, 'knows'],
    [{ ajv: { customOptions: { strict: 'log' } } }, 'knows'],
    [{ ajv: { customOptions: { strictSchema: 'log' } } }, 'knows'],
    [{ ajv: { customOptions: { keywords: ['x-other'] } } }, 'unknown'],
    [{ ajv: { plugins: [other] } }, 'unknown'],
    [{ ajv: { onCreate: () => {} } }, 'unknown'],
    [{ schemaController: {} }, 'unknown']
  ]
  for (const [options, knowledge] of table) {
    t.equal(knowledgeOf(scopeOf({ [kOptions]: options })), knowledge, JSON.stringify(options))
    t.equal(knowledgeOf(Object.create(scopeOf({ [kOptions]: options }))), knowledge, 'in a scope within')
  }
  t.equal(knowledgeOf(scopeOf({})), 'unknown', 'another Fastify may keep its options elsewhere')
  t.equal(knowledgeOf(scopeOf({ [kOptions]: {}, validatorCompiler: () => () => true })), 'unknown')
})

const DOCUMENT = { $id: 'Document', type: 'object', properties: { version: { type: 'integer', 'x-etag': 'version' } } }

async function refusal (build: (app: FastifyInstance) => unknown, server: FastifyServerOptions = {}): Promise<string> {
  const app = Fastify(server)
  await app.register(etagPlugin)
  app.addSchema(DOCUMENT)
  app.addSchema({ $id: 'Parts', definitions: { plain: { type: 'object' }, own: DOCUMENT.properties.version } })
  app.addSchema({ $id: 'Fields', type: 'object', properties: { 'x-etag': { type: 'string' } }, default: { 'x-etag': 'a' } })
  build(app)
  return app.ready().then(() => 'started', ({ code }) => code)
}

t.test('a route is refused where Ajv would refuse it, and no other', async t => {
  const post = (schema: object, options = {}) => (app: FastifyInstance): void => { app.post('/', { schema, ...options }, async () => ({})) }
  const missing = 'FST_ETAG_KEYWORD_MISSING'
  t.equal(await refusal(post({ body: { $ref: 'Document#' } })), missing)
  t.equal(await refusal(post({ query: { $ref: 'Document#' } })), missing)
  t.equal(await refusal(post({ body: { type: 'object', properties: { a: { items: { $ref: 'Parts#/definitions/own' } } } } })), missing)
  t.equal(await refusal(post({ body: DOCUMENT })), missing, 'the one that is shared is taken for the one that stands there')
  t.equal(await refusal(post({ body: { $ref: 'Nowhere#' } })), 'FST_ERR_SCH_VALIDATION_BUILD')
  t.equal(await refusal(post({ body: { $ref: 'Parts#/definitions/plain' } })), 'started')
  t.equal(await refusal(post({ headers: { $ref: 'Fields#' } })), 'started', 'a field of that name')
  t.equal(await refusal(post({ body: { $ref: 'Document#' } }, { validatorCompiler: () => () => true })), 'started')
  t.equal(await refusal(app => { post({ body: { $ref: 'Document#' } })(app); app.setValidatorCompiler(() => () => true) }), 'started', 'another validator, set after the route')
  // the same by its $id, inline and shared
  t.equal(await refusal(post({ body: { type: 'object', properties: { document: DOCUMENT } } }), { ajv: { plugins: [etagKeywords] } }), 'started')
})

t.test('what fails otherwise is told as it is', async t => {
  const app = Fastify()
  await app.register(etagPlugin)
  app.addSchema(DOCUMENT)
  app.register(async scope => {
    scope.post('/', { schema: { body: { $ref: 'Document#' } } }, async () => ({}))
    scope.register(async () => { throw new Error('something else') })
    scope.post('/other', { schema: { body: { $ref: 'Document#' } } }, async () => ({}))
  })
  await t.rejects(async () => { await app.ready() })
})
