import createError from '@fastify/error'
import t from 'tap'
import { isConflict, isDuplicateKey, resolveStoreFailure, storeFailureOf, type StoreFailure } from '../lib/store-error.js'

// Errors as the sources of the packages make them. Those of packages that can be loaded without a server are made by
// the packages themselves in stores/packages.test.ts.

/** An error with these members; `name` may be one of them. */
const made = (members: object, message = 'said by the store'): Error => Object.assign(new Error(message), members)

/** An error whose class alone says what it is. */
const ofClass = (name: string, members: object = {}): Error => {
  const { [name]: Class } = { [name]: class extends Error {} }
  return Object.assign(new Class!(), members)
}

type Table = ReadonlyArray<readonly [what: string, error: unknown]>

const DUPLICATES: Table = [
  // pg-protocol 1.16, dist/messages.js: DatabaseError; its name is the kind of message
  ['pg', made({ name: 'error', length: 190, severity: 'ERROR', code: '23505', detail: 'Key (slug)=(a) already exists.', table: 'page', constraint: 'page_slug_key' })],
  // postgres 3.4, src/errors.js: PostgresError
  ['postgres.js', made({ name: 'PostgresError', code: '23505', constraint_name: 'page_slug_key', table_name: 'page' })],
  // mysql2 3, lib/packets/packet.js asError
  ['mysql2', made({ code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000', sqlMessage: "Duplicate entry 'a' for key 'page.slug'" })],
  ['mysql2, with the name of the key', made({ code: 'ER_DUP_ENTRY_WITH_KEY_NAME', errno: 1586, sqlState: '23000' })],
  // mariadb 3, lib/misc/errors.js: SqlError
  ['mariadb', made({ name: 'SqlError', code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000', fatal: false, sql: 'INSERT …' })],
  ['mariadb, an index that could not be written', made({ name: 'SqlError', code: 'ER_DUP_KEY', errno: 1022, sqlState: '23000' })],
  // mssql 12, lib/error/request-error.js: number and class are those of the token of tedious
  ['mssql, unique constraint', made({ name: 'RequestError', code: 'EREQUEST', number: 2627, lineNumber: 1, state: 1, class: 14, serverName: 'db', procName: '' })],
  ['mssql, unique index', made({ name: 'RequestError', code: 'EREQUEST', number: 2601, state: 1, class: 14 })],
  // tedious 19, lib/token/handler.js onErrorMessage
  ['tedious', made({ code: 'EREQUEST', number: 2627, state: 1, class: 14, serverName: 'db', procName: '', lineNumber: 1 })],
  // oracledb 26, lib/errors.js transformErr: what stands before the colon
  ['oracledb', made({ code: 'ORA-00001', errorNum: 1, offset: 0 }, 'ORA-00001: unique constraint (APP.PAGE_SLUG) violated')],
  // better-sqlite3 12, lib/sqlite-error.js; libsql 0.5 has the same
  ['better-sqlite3, primary key', made({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }, 'UNIQUE constraint failed: page.id')],
  ['better-sqlite3, unique index', made({ code: 'SQLITE_CONSTRAINT_UNIQUE' }, 'UNIQUE constraint failed: page.slug')],
  ['better-sqlite3, rowid', made({ code: 'SQLITE_CONSTRAINT_ROWID' }, 'UNIQUE constraint failed: page.rowid')],
  // sqlite3 6, src/macros.h EXCEPTION: the primary code alone
  ['sqlite3', made({ errno: 19, code: 'SQLITE_CONSTRAINT' }, 'SQLITE_CONSTRAINT: UNIQUE constraint failed: page.slug')],
  // @libsql/core 0.18, lib-cjs/api.js: LibsqlError, over the error of libsql for a file …
  ['@libsql/client', made({
    name: 'LibsqlError',
    code: 'SQLITE_CONSTRAINT',
    extendedCode: 'SQLITE_CONSTRAINT_PRIMARYKEY',
    rawCode: 1555,
    cause: made({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY', rawCode: 1555 })
  }, 'SQLITE_CONSTRAINT: UNIQUE constraint failed: page.id')],
  // … and over that of hrana for a server
  ['@libsql/client over HTTP', made({
    name: 'LibsqlError', code: 'SQLITE_CONSTRAINT', cause: made({ name: 'ResponseError', code: 'SQLITE_CONSTRAINT' })
  }, 'SQLITE_CONSTRAINT: SQLite error: UNIQUE constraint failed: page.id')],
  // Node 24, src/node_sqlite.cc CreateSQLiteError: the extended code
  ['node:sqlite, primary key', made({ code: 'ERR_SQLITE_ERROR', errcode: 1555, errstr: 'constraint failed' }, 'UNIQUE constraint failed: page.id')],
  ['node:sqlite, unique index', made({ code: 'ERR_SQLITE_ERROR', errcode: 2067, errstr: 'constraint failed' })],
  ['node:sqlite, rowid', made({ code: 'ERR_SQLITE_ERROR', errcode: 2579, errstr: 'constraint failed' })],
  ['mongodb', made({ name: 'MongoServerError', code: 11000, keyPattern: { slug: 1 }, keyValue: { slug: 'a' } })],
  ['mongodb, an update', made({ name: 'MongoServerError', code: 11001 })],
  ['mongodb 4, a bulk', made({ name: 'MongoBulkWriteError', code: 11000, writeErrors: [] })],
  // mongodb 3.7, lib/bulk/common.js
  ['mongodb 3, a bulk', made({ name: 'BulkWriteError', driver: true, code: 11000 })],
  ['Prisma', made({ name: 'PrismaClientKnownRequestError', code: 'P2002', meta: { modelName: 'Page' }, clientVersion: '7.10.0' })],
  // @prisma/client 7.10, runtime: a raw query over @prisma/adapter-mariadb, whose code is that of MySQL, as a text
  ['Prisma, a raw query on MariaDB', made({
    name: 'PrismaClientKnownRequestError',
    code: 'P2010',
    meta: { driverAdapterError: made({ name: 'DriverAdapterError', cause: { originalCode: '1062', originalMessage: 'Duplicate entry', kind: 'UniqueConstraintViolation' } }) }
  })],
  ['Prisma, a raw query on PostgreSQL', made({
    code: 'P2010',
    meta: { driverAdapterError: made({ name: 'DriverAdapterError', cause: { originalCode: '23505', kind: 'UniqueConstraintViolation', table: 'page' } }) }
  })],
  ['Sequelize', made({ name: 'SequelizeUniqueConstraintError', errors: [], fields: { slug: 'a' } })],
  ['Objection', ofClass('UniqueViolationError', { nativeError: made({ code: '23505' }), client: 'postgres' })],
  ['MikroORM', made({ name: 'UniqueConstraintViolationException', code: 'SQLITE_CONSTRAINT' })]
]

const ROLLED_BACK: Table = [
  ['PostgreSQL, serialization failure', made({ name: 'error', code: '40001', routine: 'ExecUpdate' })],
  ['PostgreSQL, deadlock', made({ name: 'error', code: '40P01' })],
  ['PostgreSQL, NOWAIT', made({ name: 'error', code: '55P03' })],
  ['Prisma', made({ name: 'PrismaClientKnownRequestError', code: 'P2034', meta: {} })],
  ['Prisma, a NOWAIT in a raw query', made({
    code: 'P2010', meta: { driverAdapterError: made({ name: 'DriverAdapterError', cause: { originalCode: '55P03', kind: 'postgres', code: '55P03' } }) }
  })],
  // @prisma/client 7.10: what a COMMIT says comes as the driver said it
  ['Prisma, a COMMIT on PostgreSQL', made({ name: 'DriverAdapterError', cause: { originalCode: '40001', kind: 'TransactionWriteConflict' } })],
  ['Prisma, a COMMIT on MariaDB', made({ name: 'DriverAdapterError', cause: { originalCode: '1213', kind: 'TransactionWriteConflict' } })],
  ['Prisma, a raw query on MariaDB', made({
    code: 'P2010', meta: { driverAdapterError: made({ cause: { originalCode: '1213', kind: 'TransactionWriteConflict' } }) }
  })],
  // @prisma/adapter-better-sqlite3 7.10: kind SocketTimeout, for the code beside it alone
  ['Prisma, SQLite', made({
    code: 'P1008', meta: { driverAdapterError: made({ cause: { originalCode: 'SQLITE_BUSY', kind: 'SocketTimeout' } }) }
  })],
  ['mysql2, deadlock', made({ code: 'ER_LOCK_DEADLOCK', errno: 1213, sqlState: '40001' })],
  ['mysql2, lock waited for', made({ code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205, sqlState: 'HY000' })],
  ['mysql2, NOWAIT', made({ code: 'ER_LOCK_NOWAIT', errno: 3572, sqlState: 'HY000' })],
  ['mariadb, another snapshot', made({ name: 'SqlError', code: 'ER_CHECKREAD', errno: 1020, sqlState: 'HY000' })],
  ['mssql, deadlock', made({ name: 'RequestError', code: 'EREQUEST', number: 1205, state: 51, class: 13 })],
  ['mssql, lock waited for', made({ name: 'RequestError', code: 'EREQUEST', number: 1222, state: 51, class: 16 })],
  ['mssql, another snapshot', made({ name: 'RequestError', code: 'EREQUEST', number: 3960, state: 2, class: 16 })],
  ['oracledb, NOWAIT', made({ code: 'ORA-00054', errorNum: 54 })],
  ['oracledb, deadlock', made({ code: 'ORA-00060', errorNum: 60 })],
  ['oracledb, serialization failure', made({ code: 'ORA-08177', errorNum: 8177 })],
  ['oracledb, lock waited for', made({ code: 'ORA-30006', errorNum: 30006 })],
  ['better-sqlite3', made({ code: 'SQLITE_BUSY' }, 'database is locked')],
  ['better-sqlite3, another snapshot', made({ code: 'SQLITE_BUSY_SNAPSHOT' })],
  ['better-sqlite3, shared cache', made({ code: 'SQLITE_LOCKED_SHAREDCACHE' })],
  ['sqlite3', made({ errno: 5, code: 'SQLITE_BUSY' }, 'SQLITE_BUSY: database is locked')],
  ['@libsql/client', made({ name: 'LibsqlError', code: 'SQLITE_BUSY', rawCode: 5 })],
  ['node:sqlite, busy', made({ code: 'ERR_SQLITE_ERROR', errcode: 5, errstr: 'database is locked' })],
  ['node:sqlite, another snapshot', made({ code: 'ERR_SQLITE_ERROR', errcode: 517 })],
  ['node:sqlite, locked', made({ code: 'ERR_SQLITE_ERROR', errcode: 6 })],
  ['mongodb, write conflict', made({ name: 'MongoServerError', code: 112, codeName: 'WriteConflict' })],
  ['mongodb, transaction', made({ name: 'MongoServerError', code: 251, errorLabels: ['TransientTransactionError'] })],
  ['DynamoDB, one item', made({ name: 'TransactionConflictException', $fault: 'client', $metadata: { httpStatusCode: 400 } })],
  ['DynamoDB, another transaction has the item', made({
    name: 'TransactionCanceledException', $metadata: { httpStatusCode: 400 }, CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }]
  })]
]

const CONFLICTS: Table = [
  ['MikroORM', made({ name: 'OptimisticLockError', entity: {} })],
  ['TypeORM', made({ name: 'OptimisticLockVersionMismatchError' })],
  ['TypeORM, findOneOrFail', made({ name: 'EntityNotFoundError', criteria: {} })],
  ['Sequelize', made({ name: 'SequelizeOptimisticLockError', modelName: 'Page' })],
  ['Mongoose', made({ name: 'VersionError', version: 1, modifiedPaths: ['text'] })],
  ['Mongoose, nothing to save', made({ name: 'DocumentNotFoundError', filter: {}, numAffected: 0 })],
  ['Prisma', made({ name: 'PrismaClientKnownRequestError', code: 'P2025', meta: { modelName: 'Page', operation: 'an update' } })],
  ['DynamoDB', made({ name: 'ConditionalCheckFailedException', $fault: 'client', $metadata: { httpStatusCode: 400 } })],
  ['DynamoDB, a transaction', made({
    name: 'TransactionCanceledException', $metadata: {}, CancellationReasons: [null, { Code: 'None' }, { Code: 'ConditionalCheckFailed' }]
  })],
  ['node-redis', ofClass('WatchError')],
  ['Kysely', ofClass('NoResultError', { node: {} })],
  ['Objection', made({ name: 'NotFoundError', type: 'NotFound', statusCode: 404, modelClass: class {} })],
  // nano 11, lib/nano.js responseHandler
  ['nano', made({
    name: 'Error', scope: 'couch', statusCode: 409, error: 'conflict', reason: 'Document update conflict.', headers: { uri: 'http://127.0.0.1:5984/db/a', statusCode: 409 }
  })],
  // pouchdb 9, lib/index.js: REV_CONFLICT
  ['PouchDB', made({ status: 409, name: 'conflict', error: true, reason: 'Document update conflict', docId: 'a' }, 'Document update conflict')]
]

const APPLICATION_ANSWER = createError('APP_TAKEN', 'Another page has this name', 409)

const SILENT: Table = [
  ['a plain error', new Error('duplicate key value violates unique constraint')],
  ['an error of the program', new TypeError('x is not a function')],
  ['PostgreSQL, a value that cannot be read', made({ name: 'error', code: '22P02' })],
  ['PostgreSQL, no such table', made({ name: 'error', code: '42P01' })],
  ['PostgreSQL, no such row elsewhere', made({ name: 'error', code: '23503' })],
  ['PostgreSQL, nothing where something must be', made({ name: 'error', code: '23502' })],
  ['PostgreSQL, nobody knows whether it was written', made({ name: 'error', code: '40003' })],
  ['PostgreSQL, cancelled', made({ name: 'error', code: '57014' })],
  ['no connection', made({ code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '127.0.0.1', port: 5432 })],
  ['a connection that broke', made({ code: 'ECONNRESET', errno: -104, syscall: 'read' })],
  ['Prisma, another record', made({ name: 'PrismaClientKnownRequestError', code: 'P2003' })],
  ['Prisma, a raw query', made({ code: 'P2010', meta: { driverAdapterError: made({ cause: { originalCode: '42P01', kind: 'TableDoesNotExist' } }) } })],
  ['Prisma, a transaction that took too long', made({ code: 'P2028', meta: {} })],
  ['Prisma, nothing more', made({ code: 'P2010', meta: null })],
  ['MySQL, a broken statement', made({ code: 'ER_PARSE_ERROR', errno: 1064, sqlState: '42000' })],
  ['MySQL, the name of a key twice', made({ code: 'ER_DUP_KEYNAME', errno: 1061 })],
  ['mssql, another row', made({ name: 'RequestError', code: 'EREQUEST', number: 547, state: 0, class: 16 })],
  ['a number that is none of mssql', made({ number: 2627 })],
  ['oracledb, no such table', made({ code: 'ORA-00942', errorNum: 942 })],
  ['better-sqlite3, nothing where something must be', made({ code: 'SQLITE_CONSTRAINT_NOTNULL' })],
  ['sqlite3, nothing where something must be', made({ errno: 19, code: 'SQLITE_CONSTRAINT' }, 'SQLITE_CONSTRAINT: NOT NULL constraint failed: page.slug')],
  ['node:sqlite, nothing where something must be', made({ code: 'ERR_SQLITE_ERROR', errcode: 1299 })],
  ['a code of SQLite that is not said by SQLite', made({ code: 'ERR_OTHER', errcode: 1555 })],
  ['node:sqlite, a statement that is none', made({ code: 'ERR_SQLITE_ERROR', errcode: 1 })],
  ['mongodb, a document that is refused', made({ name: 'MongoServerError', code: 121, codeName: 'DocumentValidationFailure', errorLabels: [] })],
  ['mongodb, nobody knows whether it was committed', made({ name: 'MongoServerError', code: 50, errorLabels: ['UnknownTransactionCommitResult'] })],
  ['a number of another system that MongoDB has as well: write conflict', made({ code: 112 })],
  ['a number of another system that MongoDB has as well: duplicate', made({ code: 11000 })],
  ['a number of another system that MongoDB has as well: WSAHOST_NOT_FOUND', made({ name: 'SocketError', code: 11001 })],
  ['a label of another system', made({ errorLabels: ['TransientTransactionError'] })],
  ['a number where the SQLSTATE is a text', made({ code: 23505 })],
  ['DynamoDB, too fast', made({ name: 'ProvisionedThroughputExceededException', $metadata: {} })],
  ['DynamoDB, a transaction that is wrong', made({ name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ValidationError' }] })],
  ['DynamoDB, no reasons', made({ name: 'TransactionCanceledException', CancellationReasons: null })],
  ['Elasticsearch, by a status alone', made({ name: 'ResponseError', statusCode: 409, headers: {}, meta: {} })],
  ['nano, not found', made({ scope: 'couch', statusCode: 404, headers: {} })],
  ['nano, no connection', made({ scope: 'socket', statusCode: 409, headers: {} })],
  ['PouchDB, not found', made({ status: 404, name: 'not_found', error: true })],
  ['a conflict of another API', made({ status: 400, name: 'conflict', error: true })],
  ['nothing found by something other than Objection', made({ name: 'NotFoundError' })],
  ['an answer of the application: of Fastify', new APPLICATION_ANSWER()],
  ['an answer of the application: its own class', made({ name: 'VersionError', statusCode: 409 })],
  // http-errors 2: createError(409, error) writes these members on the error that it is given
  ['an answer of the application: of http-errors, over the error of a store', made({ name: 'error', code: '23505', expose: true, statusCode: 409, status: 409 })],
  ['null', null],
  ['undefined', undefined],
  ['a text', '23505'],
  ['a number', 11000],
  ['true', true],
  ['a symbol', Symbol('23505')],
  ['a function', Object.assign(() => {}, { code: '23505' })],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['a list', ['23505']]
]

const TABLES: ReadonlyArray<readonly [failure: StoreFailure | undefined, table: Table]> = [
  ['duplicate', DUPLICATES], ['busy', ROLLED_BACK], ['conflict', CONFLICTS], [undefined, SILENT]
]

for (const [failure, table] of TABLES) {
  t.test(`what these errors say is: ${failure ?? 'nothing of other writers'}`, async t => {
    for (const [what, error] of table) {
      t.equal(storeFailureOf(error), failure, what)
      t.equal(isDuplicateKey(error), failure === 'duplicate', `${what}: a duplicate`)
      t.equal(isConflict(error), failure === 'conflict' || failure === 'busy', `${what}: a conflict`)
    }
  })
}

const ALL = TABLES.flatMap(([failure, table]) => table.map(([what, error]) => ({ what, error, failure })))

t.test('an error of a store says the same wherever another one keeps it', async t => {
  // Drizzle and most others; Sequelize, in two of them; Objection; TypeORM
  for (const member of ['cause', 'parent', 'original', 'nativeError', 'driverError']) {
    for (const { what, error, failure } of ALL) {
      t.equal(storeFailureOf(made({ [member]: error })), failure, `${what}, in ${member}`)
    }
  }
  t.equal(storeFailureOf(made({ cause: made({ cause: { parent: made({ code: '40001' }) } }) })), 'busy', 'three deep')
})

t.test('of an error and what it wraps, a duplicate is said first, and a version that is another one last', async t => {
  const [duplicate, busy, conflict] = [made({ code: '23505' }), made({ code: '40001' }), made({ name: 'VersionError' })]
  t.equal(storeFailureOf(Object.assign(made({ name: 'VersionError' }), { cause: made({ code: '40001', cause: duplicate }) })), 'duplicate')
  t.equal(storeFailureOf(made({ cause: conflict, parent: busy })), 'busy')
  t.equal(storeFailureOf(made({ name: 'DatabaseError', original: conflict })), 'conflict')
})

t.test('what the application means as its answer says nothing of a store, whatever it wraps and whatever wraps it', async t => {
  const duplicate = made({ code: '23505' })
  t.equal(storeFailureOf(made({ statusCode: 422, cause: duplicate })), undefined, 'an own class')
  t.equal(storeFailureOf(Object.assign(new APPLICATION_ANSWER(), { cause: duplicate })), undefined, 'of Fastify')
  t.equal(storeFailureOf(made({ expose: true, status: 409, headers: {}, cause: duplicate })), undefined, 'of http-errors')
  t.equal(storeFailureOf(made({ cause: made({ statusCode: 422, cause: duplicate }) })), undefined, 'rethrown by a store')
  t.equal(storeFailureOf(made({ statusCode: 412, cause: duplicate })), 'duplicate', 'no answer: a status that is ours to give')
  t.equal(storeFailureOf(made({ statusCode: 200, cause: duplicate })), 'duplicate', 'no answer: the status of a success')
})

t.test('errors that wrap each other are looked at once', async t => {
  const [first, second] = [made({}), made({})] as [Error & { parent?: unknown }, Error]
  Object.assign(first, { cause: second, parent: first })
  Object.assign(second, { cause: first })
  t.equal(storeFailureOf(first), undefined)
  Object.assign(second, { original: made({ code: '23505' }) })
  t.equal(storeFailureOf(first), 'duplicate')
})

t.test('a chain without an end is looked at for a while', async t => {
  class Endless extends Error {
    override get cause (): Error { return new Endless() }
  }
  t.equal(storeFailureOf(new Endless()), undefined)

  const wrapped = (depth: number): Error => depth === 0 ? made({ code: '23505' }) : made({ cause: wrapped(depth - 1) })
  t.equal(storeFailureOf(wrapped(19)), 'duplicate')
  t.equal(storeFailureOf(wrapped(20)), undefined)
})

t.test('an error that cannot be read says nothing, and what reading it throws is not thrown on', async t => {
  const boom = (): never => { throw new Error('read') }
  const hostile: Table = [
    ...['name', 'message', 'code', 'cause', 'meta', 'constructor', 'statusCode', 'errcode', 'CancellationReasons', 'kind'].map(member =>
      [`a ${member} that throws`, Object.defineProperty(made({ code: 'SQLITE_CONSTRAINT' }), member, { get: boom })] as const),
    ['a name that is no text', made({ name: { toString: boom } })],
    ['a code that is no text', made({ code: Object.create(null) })],
    ['a proxy', new Proxy(made({ code: '23505' }), { get: boom, has: boom, getPrototypeOf: boom })],
    ['a proxy that was revoked', revoked()],
    ['one inside of another', made({ cause: Object.defineProperty(made({}), 'code', { get: boom }) })]
  ]
  for (const [what, error] of hostile) {
    t.equal(storeFailureOf(error), undefined, what)
    t.equal(isConflict(error), false, what)
    t.equal(isDuplicateKey(error), false, what)
  }
})

function revoked (): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

t.test('a route knows errors of its own besides those that are known', async t => {
  const own = new Error('own')
  const known = made({ code: '40001' })
  const knowsOwn = (error: unknown): boolean => error === own
  const none = { isConflict: undefined, isDuplicateKey: undefined }

  t.equal(resolveStoreFailure(none)(own), undefined)
  t.equal(resolveStoreFailure(none)(known), 'busy')
  t.equal(resolveStoreFailure({ ...none, isConflict: knowsOwn })(own), 'conflict')
  t.equal(resolveStoreFailure({ ...none, isConflict: knowsOwn })(known), 'busy')
  t.equal(resolveStoreFailure({ ...none, isDuplicateKey: knowsOwn })(own), 'duplicate')
  t.equal(resolveStoreFailure({ ...none, isDuplicateKey: knowsOwn })(known), 'busy')
  t.equal(resolveStoreFailure({ isConflict: knowsOwn, isDuplicateKey: knowsOwn })(own), 'duplicate', 'known as both')
})

t.test('what a route says of an error goes before what is known of it', async t => {
  const duplicate = made({ code: '23505' })
  t.equal(resolveStoreFailure({ isConflict: () => true, isDuplicateKey: undefined })(duplicate), 'conflict')
  const answer = made({ statusCode: 422 })
  t.equal(resolveStoreFailure({ isConflict: undefined, isDuplicateKey: () => true })(answer), 'duplicate', 'an answer of the application')
})

t.test('only a clear yes of a route is one', async t => {
  const yes = (async () => true) as unknown as () => boolean
  const one = (() => 1) as unknown as () => boolean
  for (const vague of [yes, one]) t.equal(resolveStoreFailure({ isConflict: vague, isDuplicateKey: vague })(new Error('own')), undefined)
})

t.test('what a route asks with may stumble over an error, which then is read as if it had said no', async t => {
  // written for the errors of a store, and asked about whatever the callback throws
  const stumbles = (error: unknown): boolean => (error as { code: string }).code.startsWith('APP')
  const failureOf = resolveStoreFailure({ isConflict: stumbles, isDuplicateKey: stumbles })
  t.equal(failureOf(new Error('without a code')), undefined)
  t.equal(failureOf(null), undefined)
  t.equal(failureOf(made({ name: 'VersionError' })), 'conflict')
  t.equal(failureOf(made({ code: 'APP_1' })), 'duplicate')
})
