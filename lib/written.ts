// The results of drivers that say how many rows a statement touched, known by a pair of members that no row has by
// accident: a row of the application may well have a column `count` or `changes` that is 0.
const COUNTS: ReadonlyArray<{ readonly count: string, readonly beside: string | undefined }> = [
  { count: 'rowCount', beside: 'command' }, // pg
  { count: 'affectedRows', beside: 'insertId' }, // mysql2, mariadb
  { count: 'affectedRows', beside: 'fields' }, // PGlite
  { count: 'changes', beside: 'lastInsertRowid' }, // better-sqlite3, node:sqlite
  { count: 'changes', beside: 'lastID' }, // sqlite
  { count: 'rowsAffected', beside: 'lastInsertRowid' }, // libsql
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
  if (result === null || result === undefined || result === false || isZero(result)) return false
  if (Array.isArray(result)) return isListWritten(result)
  return typeof result !== 'object' || !countsNothing(result)
}

// postgres.js counts beside the rows; mysql2, Kysely and Sequelize put what counts first.
function isListWritten (list: readonly unknown[]): boolean {
  if ('count' in list && 'command' in list) return !isZero(list.count)
  return list.length > 0 && isWritten(list[0])
}

function countsNothing (result: object): boolean {
  const names = Object.keys(result)
  // Prisma's updateMany and deleteMany: nothing but a count
  if (names.length === 1 && names[0] === 'count') return isZero(member(result, 'count'))
  return COUNTS.some(({ count, beside }) =>
    isZero(member(result, count)) && (beside === undefined || beside in result) && !isUpsert(result))
}

// mongodb's upsert matches nothing and writes all the same
function isUpsert (result: object): boolean {
  return Number(member(result, 'upsertedCount')) > 0
}

function member (result: object, name: string): unknown {
  return (result as Record<string, unknown>)[name]
}

function isZero (value: unknown): boolean {
  return value === 0 || value === 0n
}
