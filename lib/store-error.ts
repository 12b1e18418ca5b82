import { isAnswer } from './withheld-error.js'

// Errors of stores, known by their shape: no store is imported, and none is preferred. Wrapped errors are looked into.

/** What an error says of a write that did not happen. */
export type StoreFailure =
  /** The version was another one, or nothing was there; some stores do not tell which. */
  | 'conflict'
  /** The store rolled the write back because of other writers, whatever they wrote: serialization failures, deadlocks, locks. */
  | 'busy'
  /** A value that must be unique is there already. */
  | 'duplicate'

/** Reads what an error of a store says; `undefined` where it says no more than that something failed. */
export function storeFailureOf (error: unknown): StoreFailure | undefined {
  try {
    const chain = chainOf(error)
    if (chain.some(isDuplicate)) return 'duplicate'
    if (chain.some(isRolledBack)) return 'busy'
    return chain.some(isVersionConflict) ? 'conflict' : undefined
  } catch {
    // a member that cannot be read says nothing, and what reading it threw must not stand in for the error of the store
    return undefined
  }
}

/** How a route knows the errors of its store besides those that are known here. */
export interface OwnErrors {
  readonly isConflict: ((error: unknown) => boolean) | undefined
  readonly isDuplicateKey: ((error: unknown) => boolean) | undefined
}

/** Turns what a route declares of its store's errors into the function that reads them. */
export function resolveStoreFailure ({ isDuplicateKey, isConflict }: OwnErrors): (error: unknown) => StoreFailure | undefined {
  return error => {
    if (knows(isDuplicateKey, error)) return 'duplicate'
    return knows(isConflict, error) ? 'conflict' : storeFailureOf(error)
  }
}

// One that stumbles over an error does not know it: what it threw must not stand in for that error either.
function knows (own: OwnErrors[keyof OwnErrors], error: unknown): boolean {
  try {
    const known: unknown = own?.(error)
    // a promise knows nothing in time
    if (known instanceof Promise) known.catch(() => {})
    return known === true
  } catch {
    return false
  }
}

/**
 * Does the error of a store say that other writers were in the way: a version that is another one, a serialization
 * failure, a deadlock, a lock? Some of these errors (Prisma's P2025 for instance) are also thrown for what is missing,
 * so only a look at the version tells the two apart.
 */
export function isConflict (error: unknown): boolean {
  const failure = storeFailureOf(error)
  return failure === 'conflict' || failure === 'busy'
}

/** Does the error of a store say that a value which must be unique is there already? */
export function isDuplicateKey (error: unknown): boolean {
  return storeFailureOf(error) === 'duplicate'
}

/** Does the error of a store say that its column cannot have a value, a number that is too large for instance? */
export function isUnfit (error: unknown): boolean {
  try {
    return chainOf(error).some(shape => hasCode(shape, UNFIT_CODES) || (isMssql(shape) && MSSQL_UNFIT.has(shape.number)))
  } catch {
    return false
  }
}

type Shape = Readonly<Record<string, unknown>>

// Drizzle and most others; Sequelize; Knex and Objection; TypeORM
const WRAPPED = ['cause', 'parent', 'original', 'nativeError', 'driverError']
// Prisma keeps the error of its driver in here
const META = ['meta', 'driverAdapterError']

// More than any store wraps: a member may make a new error each time it is read.
const LONGEST_CHAIN = 20

/** The error and those that it wraps. One that the application means as its answer says nothing of a store. */
function chainOf (error: unknown): readonly Shape[] {
  const chain = new Set<Shape>()
  const add = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || isAnswer(value)) return
    const shape = value as Shape
    if (chain.has(shape) || chain.size === LONGEST_CHAIN) return
    chain.add(shape)
    for (const name of WRAPPED) add(shape[name])
    add(META.reduce<unknown>((at, name) => (at as Shape | null | undefined)?.[name], shape))
  }
  add(error)
  return [...chain]
}

const UNIQUE_NAMES = new Set(['SequelizeUniqueConstraintError', 'UniqueConstraintViolationException', 'UniqueViolationError'])
// What a driver of Prisma calls it, whatever its database does.
const UNIQUE_KIND = 'UniqueConstraintViolation'

const UNIQUE_CODES = new Set<unknown>([
  '23505', // SQLSTATE: PostgreSQL, CockroachDB
  'P2002', // Prisma
  'ER_DUP_ENTRY', 'ER_DUP_ENTRY_WITH_KEY_NAME', 'ER_DUP_KEY', // MySQL, MariaDB
  'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_ROWID',
  'ORA-00001'
])

// Extended result codes of SQLite: primary key, unique index, rowid.
const SQLITE_UNIQUE = new Set<unknown>([1555, 2067, 2579])
const MSSQL_UNIQUE = new Set<unknown>([2601, 2627])
const MONGO_UNIQUE = new Set<unknown>([11000, 11001])

function isDuplicate (shape: Shape): boolean {
  return hasName(shape, UNIQUE_NAMES) ||
    hasCode(shape, UNIQUE_CODES) ||
    shape.kind === UNIQUE_KIND ||
    (isMongo(shape) && MONGO_UNIQUE.has(shape.code)) ||
    (isNodeSqlite(shape) && SQLITE_UNIQUE.has(shape.errcode)) ||
    (isMssql(shape) && MSSQL_UNIQUE.has(shape.number)) ||
    // sqlite3 says no more than this in its code
    (shape.code === 'SQLITE_CONSTRAINT' && /UNIQUE constraint failed/.test(String(shape.message)))
}

const UNFIT_CODES = new Set<unknown>([
  '22003', '22P02', // SQLSTATE: numeric value out of range, invalid text representation
  'P2020', 'P2033' // Prisma
])
// An overflow, a conversion that failed.
const MSSQL_UNFIT = new Set<unknown>([220, 232, 245, 248, 8114, 8115])

const ROLLED_BACK_CODES = new Set<unknown>([
  '40001', '40P01', '55P03', // SQLSTATE: serialization failure, deadlock, lock not available
  'P2034', // Prisma
  'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_NOWAIT', 'ER_CHECKREAD', // MySQL, MariaDB
  'ORA-00054', 'ORA-00060', 'ORA-08177', 'ORA-30006' // lock not available, deadlock, serialization failure, lock waited for
])

const ROLLED_BACK_KIND = 'TransactionWriteConflict'

// Deadlock, lock waited for, snapshot conflict.
const MSSQL_ROLLED_BACK = new Set<unknown>([1205, 1222, 3960])
const MONGO_WRITE_CONFLICT = 112
// Primary result codes of SQLite: busy, locked. An extended code has its primary one in the last byte.
const SQLITE_BUSY = new Set([5, 6])

function isRolledBack (shape: Shape): boolean {
  return shape.name === 'TransactionConflictException' || hasReason(shape, 'TransactionConflict') || // DynamoDB
    hasCode(shape, ROLLED_BACK_CODES) ||
    shape.kind === ROLLED_BACK_KIND ||
    [shape.code, shape.originalCode].some(code => /^SQLITE_(BUSY|LOCKED)/.test(String(code))) ||
    (isNodeSqlite(shape) && SQLITE_BUSY.has(Number(shape.errcode) & 0xff)) ||
    (isMssql(shape) && MSSQL_ROLLED_BACK.has(shape.number)) ||
    (isMongo(shape) && (shape.code === MONGO_WRITE_CONFLICT || hasErrorLabel(shape, 'TransientTransactionError')))
}

const CONFLICT_NAMES = new Set([
  'OptimisticLockError', // MikroORM
  'OptimisticLockVersionMismatchError', 'EntityNotFoundError', // TypeORM
  'SequelizeOptimisticLockError',
  'VersionError', 'DocumentNotFoundError', // Mongoose
  'ConditionalCheckFailedException', // DynamoDB
  'WatchError', // node-redis
  'NoResultError' // Kysely
])

function isVersionConflict (shape: Shape): boolean {
  return hasName(shape, CONFLICT_NAMES) ||
    shape.code === 'P2025' || // Prisma
    (shape.name === 'NotFoundError' && 'modelClass' in shape) || // Objection
    (shape.scope === 'couch' && shape.statusCode === 409) || // nano
    (shape.name === 'conflict' && shape.status === 409) || // PouchDB
    hasReason(shape, 'ConditionalCheckFailed') // DynamoDB
}

// DynamoDB says of each item of a transaction why it was cancelled.
function hasReason ({ CancellationReasons: reasons }: Shape, code: string): boolean {
  return Array.isArray(reasons) && reasons.some((reason: { readonly Code?: unknown } | null) => reason?.Code === code)
}

// Some classes leave their name at `Error`.
function hasName (shape: Shape, names: ReadonlySet<string>): boolean {
  return names.has(String(shape.name)) || names.has((shape.constructor as { readonly name?: string } | undefined)?.name ?? '')
}

// Prisma's drivers keep the code of the database beside their own kind of it.
function hasCode ({ code, originalCode }: Shape, codes: ReadonlySet<unknown>): boolean {
  return codes.has(code) || codes.has(originalCode)
}

function isNodeSqlite ({ code }: Shape): boolean {
  return code === 'ERR_SQLITE_ERROR'
}

// Only mssql and tedious number their errors beside a class of severity.
function isMssql (shape: Shape): boolean {
  return 'number' in shape && 'class' in shape
}

// Its codes are numbers that mean something else elsewhere.
function isMongo ({ name }: Shape): boolean {
  return String(name).startsWith('Mongo') || name === 'BulkWriteError'
}

function hasErrorLabel ({ errorLabels }: Shape, label: string): boolean {
  return Array.isArray(errorLabels) && errorLabels.includes(label)
}
