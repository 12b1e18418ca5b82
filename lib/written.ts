// The results of drivers that say how many rows a statement touched, known by a pair of members that no row has by
// accident: a row of the application may well have a column `count` or `changes` that is 0.
const COUNTS: ReadonlyArray<{ readonly count: string, readonly beside: string | undefined }> = [
  { count: 'rowCount', beside: 'command' }, // pg
  { count: 'affectedRows', beside: 'insertId' }, // mysql2, mariadb
  { count: 'affectedRows', beside: 'changedRows' }, // mysql
  { count: 'affectedRows', beside: 'fields' }, // PGlite
  { count: 'changes', beside: 'lastInsertRowid' }, // better-sqlite3, node:sqlite
  { count: 'changes', beside: 'lastID' }, // sqlite
  { count: 'rowsAffected', beside: undefined }, // libsql, mssql (a list), oracledb, PlanetScale
  { count: 'matchedCount', beside: 'acknowledged' }, // mongodb, update
  { count: 'deletedCount', beside: 'acknowledged' }, // mongodb, delete
  { count: 'affected', beside: 'raw' }, // TypeORM
  { count: 'numUpdatedRows', beside: undefined }, // Kysely
  { count: 'numDeletedRows', beside: undefined }, // Kysely
  { count: 'numInsertedOrUpdatedRows', beside: undefined } // Kysely
]

/**
 * Did the write touch anything? Nothing (`null`, `undefined`, `false`, 0), an empty list of rows
 * and the result of a driver that counts 0 rows say that it did not.
 */
export function isWritten (result: unknown): boolean {
  if (result === null || result === undefined || result === false || result === 0 || result === 0n) return false
  if (Array.isArray(result)) return isListWritten(result)
  return typeof result !== 'object' || !(isLoneCount(result) ? isZero(member(result, 'count')) : countsNothing(result))
}

/** Is this what a driver says of a statement, and so no state of anything? */
export function isCount (result: unknown): boolean {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false
  return isLoneCount(result) || isEnvelope(result) || COUNTS.some(({ count, beside }) => hasCount(result, count, beside))
}

// postgres.js counts beside the rows; mysql2 puts the header or the rows first, Sequelize the number of rows, Kysely its result.
function isListWritten (list: readonly unknown[]): boolean {
  if ('count' in list && 'command' in list) return !isZero(list.count)
  const [first, second] = list
  if (Array.isArray(first)) return first.length > 0
  if (first === 0 || first === 0n) return list.length > 1 && !Array.isArray(second)
  return typeof first === 'object' ? first !== null && !countsNothing(first) : first !== undefined && first !== false
}

function countsNothing (result: object): boolean {
  if (isEnvelope(result)) return isEnvelopeEmpty(result)
  return COUNTS.some(({ count, beside }) => hasCount(result, count, beside) && isZero(member(result, count)) && !isUpsert(result))
}

function hasCount (result: object, count: string, beside: string | undefined): boolean {
  return count in result && (beside === undefined || beside in result)
}

// Prisma's updateMany and deleteMany: nothing but a count
function isLoneCount (result: object): boolean {
  const names = Object.keys(result)
  return names.length === 1 && names[0] === 'count'
}

// mongodb 4's findOneAndUpdate, supabase and D1 put what they found, or counted, one level down
function isEnvelope (result: object): boolean {
  return ('value' in result && 'lastErrorObject' in result) || ('data' in result && 'error' in result && 'statusText' in result) || ('meta' in result && 'success' in result)
}

function isEnvelopeEmpty (result: object): boolean {
  if ('lastErrorObject' in result) return member(result, 'value') === null
  if ('error' in result) return !isWritten(member(result, 'data'))
  return isZero((member(result, 'meta') as { changes?: unknown } | null)?.changes)
}

// mongodb's upsert matches nothing and writes all the same
function isUpsert (result: object): boolean {
  return Number(member(result, 'upsertedCount')) > 0
}

function member (result: object, name: string): unknown {
  return (result as Record<string, unknown>)[name]
}

// mssql counts each statement of a batch
function isZero (value: unknown): boolean {
  return value === 0 || value === 0n || (Array.isArray(value) && value.length > 0 && value.every(isZero))
}
