import createError from '@fastify/error'
import { DatabaseError } from 'pg'
import t from 'tap'
import { FST_ETAG_LOAD_FAILED, FST_ETAG_WRITE_FAILED } from '../lib/errors.js'
import { isAnswer, withhold } from '../lib/withheld-error.js'

/** An error with these members, as their packages write them. */
const made = (members: object, message = 'relation "page" does not exist'): Error => Object.assign(new Error(message), members)

class Unprocessable extends Error {
  readonly statusCode = 422
}

class Gone extends Error {
  get status (): number { return 410 }
}

type Table = ReadonlyArray<readonly [what: string, error: unknown]>

const ANSWERS: Table = [
  ['a FastifyError of the client', new (createError('APP_TAKEN', 'Taken', 409))()],
  ['a FastifyError of the server', new (createError('APP_DOWN', 'Down', 503))()],
  ['a FastifyError that speaks for a client of HTTP', Object.assign(new (createError('APP_DOWN', 'Down', 502))(), { response: {}, headers: {} })],
  // http-errors 2: createError(429, 'Slow down', { headers })
  ['an error of http-errors', made({ name: 'TooManyRequestsError', expose: true, statusCode: 429, status: 429, headers: { 'retry-after': '1' } })],
  ["an application's own class", new Unprocessable('no such tag')],
  ["an application's own class with a status", new Gone('moved away')],
  ["an application's own error with a body, which is none of PlanetScale", made({ name: 'ApiError', statusCode: 422, body: { field: 'tag' } })],
  ["an application's own DatabaseError", made({ name: 'DatabaseError', statusCode: 409 })],
  ['a status as a text, which Fastify takes', made({ statusCode: '404' })],
  ['a status where statusCode is no error', made({ statusCode: 200, status: 404 })],
  ['the first status of an error', made({ statusCode: 400 })],
  ['the last status of the client', made({ statusCode: 499 })],
  ['an error of the server that is meant for clients', made({ statusCode: 599, expose: true })]
]

const WITHHELD: Table = [
  ['a plain error', new Error('password of db is hunter2')],
  ['an error of the program', new TypeError("Cannot read properties of undefined (reading 'text')")],
  ['pg', Object.assign(new DatabaseError('relation "page" does not exist', 100, 'error'), { code: '42P01' })],
  ['no connection', made({ code: 'ECONNREFUSED', address: '127.0.0.1', port: 5432 })],
  // nano 11, lib/nano.js responseHandler
  ['nano, another revision', made({ scope: 'couch', statusCode: 409, headers: { uri: 'http://127.0.0.1:5984/db/a', server: 'CouchDB/3' }, request: {}, errid: 'non_200', error: 'conflict' })],
  ['nano, not found', made({ scope: 'couch', statusCode: 404, headers: { uri: 'http://127.0.0.1:5984/db/a' }, request: {}, errid: 'non_200', error: 'not_found' })],
  // pouchdb 9, lib/index.js: PouchError
  ['PouchDB', made({ status: 409, name: 'conflict', error: true, reason: 'Document update conflict' })],
  // objection 3, lib/model
  ['Objection, not found', made({ name: 'NotFoundError', type: 'NotFound', data: {}, statusCode: 404, modelClass: class Page {} })],
  ['Objection, not valid', made({ name: 'ValidationError', type: 'ModelValidation', data: {}, statusCode: 400, modelClass: class Page {} })],
  // @elastic/transport 9, lib/errors.js: statusCode and headers are getters of the class
  ['Elasticsearch', new (class ResponseError extends Error {
    override name = 'ResponseError'
    meta = { statusCode: 409, headers: { 'x-elastic-product': 'Elasticsearch' }, body: {} }
    get statusCode (): number { return this.meta.statusCode }
    get headers (): object { return this.meta.headers }
  })('version_conflict_engine_exception')],
  // @typespec/ts-http-runtime 0.3, restError.js: not enumerable
  ['Azure', Object.defineProperties(made({ name: 'RestError', code: 'UpdateConditionNotSatisfied', statusCode: 409 }), { request: { value: {} }, response: { value: {} } })],
  ['Azure, without an answer', Object.defineProperty(made({ name: 'RestError', statusCode: 503 }), 'request', { value: undefined })],
  ['AWS', made({ name: 'ConditionalCheckFailedException', $fault: 'client', $metadata: { httpStatusCode: 400 }, statusCode: 400 })],
  // aws-sdk 2, lib/request.js
  ['AWS, version 2', made({ code: 'ConditionalCheckFailedException', statusCode: 400, retryable: false, retryDelay: 40, requestId: 'R' })],
  // @planetscale/database 1.20, dist/index.js
  ['PlanetScale', made({ name: 'DatabaseError', status: 400, body: { code: 'UNKNOWN', message: "Duplicate entry 'a' for key 'page.slug' (errno 1062) (sqlstate 23000)" } })],
  ['PlanetScale, not itself', made({ name: 'UnknownError', status: 502, body: { code: 'UNKNOWN' }, context: {} })],
  // axios 1, lib/core/AxiosError.js
  ['a client of HTTP', made({ name: 'AxiosError', status: 404, config: {}, request: {}, response: {} })],
  ['an error of the server that nobody means for clients', made({ statusCode: 503 })],
  ['http-errors, of the server', made({ name: 'ServiceUnavailableError', expose: false, statusCode: 503, status: 503 })],
  // gremlin 3.8, lib/driver/response-error.js
  ['Gremlin', made({ name: 'ResponseError', statusCode: 500, statusMessage: "g.V().has('ssn', '123')", statusAttributes: {} })],
  // @xata.io/client: FetcherError
  ['Xata', made({ status: 429, requestId: 'R', errors: [] })],
  ['SurrealDB', made({ status: 403, statusText: 'Forbidden', buffer: new ArrayBuffer(1) })],
  // @supabase/storage-js, src/lib/errors.ts
  ['supabase', made({ name: 'StorageApiError', status: 409, __isStorageError: true })],
  ['InfluxDB', made({ name: 'HttpError', statusCode: 401, statusMessage: 'Unauthorized', body: '{}' })],
  ['the answer to a precondition, of anybody', made({ name: 'Error', statusCode: 412 })],
  ['the question for a precondition, of anybody', made({ name: 'Error', status: 428 })],
  ['the answer to a precondition, of Fastify', new (createError('APP_OLD', 'Old', 412))()],
  ['the answer to a precondition, of http-errors', made({ expose: true, status: 412, statusCode: 412 })],
  ['a status that is no error', made({ statusCode: 304 })],
  ['a status below those of errors', made({ statusCode: 399 })],
  ['a status above those of errors', made({ statusCode: 600 })],
  ['a status that is no number', made({ statusCode: 'bad', status: null })],
  ['a status that cannot be a number', made({ statusCode: Symbol('404') })],
  ['a status that throws', Object.defineProperty(new Error('read'), 'statusCode', { get () { throw new Error('read') } })],
  ['an object with a status', { statusCode: 404, message: 'thrown as it is' }],
  ['null', null],
  ['undefined', undefined],
  ['a text', 'no such page'],
  ['a number', 404]
]

t.test('an error whose members cannot be read is not the cause either, since a logger would read them', async t => {
  const throws = (): never => { throw new Error('read') }
  const unreadable = [
    new Proxy(new Unprocessable(), { getPrototypeOf: throws }),
    new Proxy(new Error('x'), { get: throws }),
    Object.defineProperty(new Error('x'), 'message', { get: throws }),
    Object.defineProperty(new Error('x'), 'detail', { get: throws, enumerable: true })
  ]
  for (const error of unreadable) t.match(withhold(error), { code: 'FST_ETAG_LOAD_FAILED', cause: { message: 'The members of this error cannot be read' } })
})

t.test('what the application means as its answer goes through as it is', async t => {
  for (const [what, error] of ANSWERS) {
    t.equal(isAnswer(error), true, what)
    t.equal(withhold(error), error, what)
    t.equal(withhold(error, FST_ETAG_WRITE_FAILED), error, what)
  }
})

t.test('anything else is withheld: it is the cause of an error that says nothing of it', async t => {
  const table = [
    [FST_ETAG_LOAD_FAILED, 'FST_ETAG_LOAD_FAILED', 'The state could not be loaded or described'],
    [FST_ETAG_WRITE_FAILED, 'FST_ETAG_WRITE_FAILED', 'The write failed']
  ] as const
  for (const [what, error] of WITHHELD) {
    t.equal(isAnswer(error), false, what)
    for (const [Failed, code, message] of table) {
      const withheld = withhold(error, Failed) as Error & { code?: unknown, statusCode?: unknown }
      t.ok(withheld instanceof Failed, what)
      t.ok(withheld.cause === error, `${what} is the cause`)
      t.same({ ...withheld, cause: undefined }, { code, message, name: 'FastifyError', statusCode: 500, cause: undefined }, `${what}: nothing else`)
    }
  }
})

t.test('a failed load is what is said where nothing else is asked for', async t => {
  t.equal((withhold(new Error('x')) as Error & { code: string }).code, 'FST_ETAG_LOAD_FAILED')
})

t.test('an error is withheld for what it is, not for the one that it is made from', async t => {
  const store = made({ scope: 'couch', statusCode: 409, headers: {} })
  t.equal(isAnswer(Object.assign(new Unprocessable('taken'), { cause: store })), true)
  t.equal(isAnswer(made({ cause: new Unprocessable('taken') })), false)
})
