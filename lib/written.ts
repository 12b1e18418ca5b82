import { FST_ETAG_UNCLEAR_RESULT } from './errors.js'

type Result = Readonly<Record<string, unknown>>

// The results of drivers that say how many rows a statement touched, known by a pair of members that no row has by
// accident: a row of the application may well have a column `count` or `changes` that is 0.
const COUNTS: ReadonlyArray<{ readonly count: string, readonly beside: string | undefined }> = [
  { count: 'rowCount', beside: 'command' }, // pg
  { count: 'affectedRows', beside: 'insertId' }, // mysql2, mariadb
  { count: 'affectedRows', beside: 'changedRows' }, // mysql
  { count: 'affectedRows', beside: 'fields' }, // PGlite
  { count: 'changes', beside: 'lastInsertRowid' }, // better-sqlite3, node:sqlite
  { count: 'changes', beside: 'lastID' }, // sqlite
  { count: 'changes', beside: 'lastInsertRowId' }, // expo-sqlite
  { count: 'rowsAffected', beside: undefined }, // libsql, mssql (a list), oracledb, PlanetScale
  { count: 'matchedCount', beside: 'acknowledged' }, // mongodb, update
  { count: 'matchedCount', beside: 'modifiedCount' }, // mongodb, bulk
  { count: 'deletedCount', beside: 'acknowledged' }, // mongodb, delete
  { count: 'affected', beside: 'raw' }, // TypeORM
  { count: 'numUpdatedRows', beside: undefined }, // Kysely
  { count: 'numDeletedRows', beside: undefined }, // Kysely
  { count: 'numInsertedOrUpdatedRows', beside: undefined }, // Kysely
  { count: 'numAffectedRows', beside: undefined }, // Kysely, raw
  { count: 'numberOfRecordsUpdated', beside: undefined } // RDS Data API
]

// A result of nothing but a count: Prisma, DuckDB, Snowflake
const LONE_COUNTS = new Set(['count', 'Count', 'number of rows updated', 'number of rows deleted'])

// Snowflake's UPDATE says this as well.
const BESIDE_A_LONE_COUNT = 'number of multi-joined rows updated'

// What mongodb counts besides: an upsert matches nothing and writes all the same, and so does a bulk that inserts.
const ALSO_WRITTEN = ['upsertedCount', 'insertedCount', 'deletedCount']

/** Is this object a state of the resource, whatever its members look like? */
export type IsState = (result: object) => boolean

/**
 * Did the write touch anything? Nothing (`null`, `undefined`, `false`, 0), an empty list of rows
 * and the result of a driver that counts 0 rows say that it did not.
 *
 * Throws FST_ETAG_UNCLEAR_RESULT for a result that does not say it, since one guess would acknowledge what was not written
 * and the other would write it again.
 */
export function isWritten (result: unknown, isState: IsState = () => false): boolean {
  return says(result, isState) !== 'nothing'
}

type Said = 'nothing' | 'written' | 'no count'

// `no count`: a row, or another value that stands for one.
function says (result: unknown, isState: IsState): Said {
  if (isNothing(result)) return 'nothing'
  if (typeof result === 'number' || typeof result === 'bigint') return countSays(result)
  if (typeof result !== 'object' || isState(result!)) return 'no count'
  return Array.isArray(result) ? listSays(result, isState) : objectSays(result as Result)
}

/** Does this say by itself that nothing was written? */
export function isNothing (value: unknown): boolean {
  return value === null || value === undefined || value === false || value === 0 || value === 0n
}

function objectSays (result: Result): Said {
  if (isEnvelope(result)) return envelopeSays(result)
  if (isLoneCount(result)) return fromCount(Object.entries(result).find(([name]) => name !== BESIDE_A_LONE_COUNT)![1])
  const count = COUNTS.find(({ count, beside }) => count in result && (beside === undefined || beside in result))?.count
  if (count === undefined) return rowsSay(result)
  // pg counts no rows of a BEGIN
  if (count === 'rowCount' && result.rowCount === null) return 'no count'
  if (result.acknowledged === false) throw new FST_ETAG_UNCLEAR_RESULT('the store acknowledged nothing')
  return fromCount(result[count]) === 'nothing' && !ALSO_WRITTEN.some(name => Number(result[name]) > 0) ? 'nothing' : 'written'
}

// mssql counts each statement of a batch, and none where it is told not to; TypeORM does not know for every database.
function fromCount (count: unknown): Said {
  if (!Array.isArray(count)) {
    if (count === null || count === undefined) throw new FST_ETAG_UNCLEAR_RESULT('the store did not count its rows')
    return countSays(count)
  }
  if (count.length === 0) throw new FST_ETAG_UNCLEAR_RESULT('the store did not count its rows')
  return together(count.map(fromCount))
}

// Some drivers give what is no number of rows, -1 for instance, where they do not know it.
function countSays (count: unknown): Said {
  const isNumber = typeof count === 'bigint' ? count >= 0n : Number.isInteger(count) && (count as number) >= 0
  if (!isNumber) throw new FST_ETAG_UNCLEAR_RESULT(`the store counted ${String(count)} rows`)
  return count === 0 || count === 0n ? 'nothing' : 'written'
}

function isLoneCount (result: Result): boolean {
  const names = Object.keys(result).filter(name => name !== BESIDE_A_LONE_COUNT)
  return names.length === 1 && LONE_COUNTS.has(names[0]!) && ['number', 'bigint'].includes(typeof result[names[0]!])
}

function rowsSay (result: Result): Said {
  const { rows, records } = result
  if (Array.isArray(rows) && (rows[0] as Result | undefined)?.['[applied]'] === false) return 'nothing'
  if (isEmptyList(records) && 'summary' in result) throw new FST_ETAG_UNCLEAR_RESULT('neo4j tells by its records alone what it wrote')
  return 'no count'
}

// mongodb 4's findOneAndUpdate, supabase and D1 put what they found, or counted, one level down
function isEnvelope (result: Result): boolean {
  return 'lastErrorObject' in result ? 'value' in result : isOfSupabase(result) || ('meta' in result && 'success' in result)
}

function isOfSupabase (result: Result): boolean {
  return 'data' in result && 'error' in result && 'statusText' in result
}

function envelopeSays (result: Result): Said {
  if ('lastErrorObject' in result) return result.value === null && !isUpserted(result) ? 'nothing' : 'written'
  if ('meta' in result) return fromCount((result.meta as Result | null)?.changes)
  const { data, count } = result
  if (typeof count === 'number') return fromCount(count)
  // without `.select()` it tells neither rows nor a number of them
  if (data === null) throw new FST_ETAG_UNCLEAR_RESULT('supabase tells only with .select() what it wrote')
  return isWritten(data) ? 'written' : 'nothing'
}

function isUpserted ({ lastErrorObject }: Result): boolean {
  return (lastErrorObject as Result).upserted !== undefined
}

function listSays (list: readonly unknown[], isState: IsState): Said {
  // postgres.js and odbc count beside the rows
  if ('count' in list) return fromCount(list.count)
  const [first, second] = list
  // the rows, of which there are none, and how many were touched: raw queries of Sequelize and TypeORM
  if (list.length === 2 && (first === undefined || isEmptyList(first)) && isCountOfRows(second)) return says(second, isState)
  if (isNothing(first) || isEmptyList(first)) return 'nothing'
  // a number or a text that comes first is the answer to the write: Sequelize's update, a script of Redis
  if (typeof first !== 'object') return 'written'
  if (list.every(isReply)) return repliesSay(list)
  // mysql2: the rows or their counts, and the columns, which say nothing; else rows that are lists of their columns
  if (Array.isArray(first)) return typeof first[0] === 'object' && !Array.isArray(first[0]) ? listSays(first, isState) : 'no count'
  return together(list.map(element => Array.isArray(element) ? 'no count' : says(element ?? true, isState)))
}

function isEmptyList (value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isCountOfRows (value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || isCount(value)
}

// Of a MULTI nobody knows which answer is that of the write, and 0 is the answer of many that wrote.
function repliesSay (list: ReadonlyArray<readonly [Error | null, unknown]>): Said {
  if (list.some(([, reply]) => isNothing(reply))) throw new FST_ETAG_UNCLEAR_RESULT('of the answers to a MULTI one is nothing')
  return 'written'
}

// ioredis: an error or none, and the answer
function isReply (element: unknown): element is readonly [Error | null, unknown] {
  return Array.isArray(element) && element.length === 2 && (element[0] === null || element[0] instanceof Error)
}

// Several statements of one write: all of them count, and none says which is the one that compares the version.
function together (said: readonly Said[]): Said {
  const counts = said.filter(one => one !== 'no count')
  if (counts.includes('nothing') && counts.includes('written')) {
    throw new FST_ETAG_UNCLEAR_RESULT('of several statements one touched no row, and nobody knows which')
  }
  return counts[0] ?? 'no count'
}

/** Is this what a driver says of a statement, and so no state of anything? */
export function isCount (result: unknown): boolean {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false
  const object = result as Result
  return isEnvelope(object) || isLoneCount(object) || COUNTS.some(({ count, beside }) => count in object && (beside === undefined || beside in object))
}

/** The error that a store returns in place of throwing it; `undefined` where there is none. */
export function errorIn (result: unknown): unknown {
  if (Array.isArray(result) && result.every(isReply)) return result.find(([error]) => error !== null)?.[0]
  if (typeof result !== 'object' || result === null || !isOfSupabase(result as Result)) return undefined
  return (result as Result).error ?? undefined
}
