import t from 'tap'
import { errorIn, isCount, isWritten } from '../lib/written.js'

const pg = (rowCount: number) => ({ command: 'UPDATE', rowCount, oid: null, rows: [], fields: [] })
const mysql2 = (affectedRows: number) => ({ fieldCount: 0, affectedRows, insertId: 0, info: '', serverStatus: 2, warningStatus: 0, changedRows: affectedRows })
const mariadb = (affectedRows: number) => ({ affectedRows, insertId: 0n, warningStatus: 0 })
const mongoUpdate = (matchedCount: number, upsertedCount = 0) =>
  ({ acknowledged: true, matchedCount, modifiedCount: matchedCount, upsertedCount, upsertedId: null })
const kysely = (numUpdatedRows: bigint) => ({ numUpdatedRows, numChangedRows: undefined })
// postgres.js: a list of the rows that RETURNING gave, which knows besides how many rows were touched
const postgres = (count: number, rows: object[]) => Object.assign([...rows], { count, command: 'UPDATE' })

t.test('nothing, false, zero and an empty list say that nothing was written', async t => {
  for (const result of [null, undefined, false, 0, -0, 0n, [], [0], [0n], [[]], [null]]) t.equal(isWritten(result), false, String(result))
})

t.test('any other value is what was written', async t => {
  for (const result of [true, 1, 1n, 'id', '', {}, [1], [1n], [{}], [{ id: 1 }, { id: 2 }], Symbol('id'), new Date(0), new Map()]) {
    t.equal(isWritten(result), true, typeof result)
  }
})

t.test('the result of a driver says whether the statement touched a row', async t => {
  const table: ReadonlyArray<readonly [driver: string, none: unknown, one: unknown]> = [
    ['pg', pg(0), pg(1)],
    ['mysql2, the header', mysql2(0), mysql2(1)],
    ['mysql2, the header and its fields', [mysql2(0), undefined], [mysql2(1), undefined]],
    ['mariadb', mariadb(0), mariadb(1)],
    ['better-sqlite3', { changes: 0, lastInsertRowid: 7 }, { changes: 1, lastInsertRowid: 7 }],
    ['better-sqlite3, bigint', { changes: 0n, lastInsertRowid: 7n }, { changes: 1n, lastInsertRowid: 7n }],
    ['expo-sqlite', { changes: 0, lastInsertRowId: 0 }, { changes: 1, lastInsertRowId: 7 }],
    ['Snowflake, UPDATE', [{ 'number of rows updated': 0, 'number of multi-joined rows updated': 0 }], [{ 'number of rows updated': 1, 'number of multi-joined rows updated': 0 }]],
    ['sqlite', { stmt: {}, lastID: 0, changes: 0 }, { stmt: {}, lastID: 0, changes: 1 }],
    ['mongodb, update', mongoUpdate(0), mongoUpdate(1)],
    ['mongodb, upsert', mongoUpdate(0, 0), mongoUpdate(0, 1)],
    ['mongodb, matched and equal already', mongoUpdate(0), { ...mongoUpdate(1), modifiedCount: 0 }],
    ['mongodb, delete', { acknowledged: true, deletedCount: 0 }, { acknowledged: true, deletedCount: 1 }],
    ['TypeORM, update', { generatedMaps: [], raw: [], affected: 0 }, { generatedMaps: [], raw: [], affected: 1 }],
    ['TypeORM, delete', { raw: [], affected: 0 }, { raw: [], affected: 1 }],
    ['Kysely, update', kysely(0n), kysely(1n)],
    ['Kysely, delete', { numDeletedRows: 0n }, { numDeletedRows: 1n }],
    ['Kysely, execute', [kysely(0n)], [kysely(1n)]],
    ['Kysely, insert', { insertId: undefined, numInsertedOrUpdatedRows: 0n }, { insertId: undefined, numInsertedOrUpdatedRows: 1n }],
    ['PGlite', { rows: [], fields: [], affectedRows: 0 }, { rows: [], fields: [], affectedRows: 1 }],
    ['libsql', { columns: [], rows: [], rowsAffected: 0, lastInsertRowid: undefined }, { columns: [], rows: [], rowsAffected: 1, lastInsertRowid: 1n }],
    ['mariadb through mysql2, returning', [[], []], [[{ id: 1 }], []]],
    ['mssql', { rowsAffected: [0], recordset: undefined }, { rowsAffected: [1], recordset: undefined }],
    ['oracledb', { rowsAffected: 0 }, { rowsAffected: 1 }],
    ['PlanetScale', { rowsAffected: 0, insertId: '0' }, { rowsAffected: 1, insertId: '0' }],
    ['mysql', { affectedRows: 0, changedRows: 0 }, { affectedRows: 1, changedRows: 0 }],
    ['mongodb 4, findOneAndUpdate', { value: null, ok: 1, lastErrorObject: { n: 0 } }, { value: { _id: 1 }, ok: 1, lastErrorObject: { n: 1 } }],
    ['supabase', { data: [], error: null, status: 200, statusText: 'OK' }, { data: [{ id: 1 }], error: null, status: 200, statusText: 'OK' }],
    ['D1', { success: true, meta: { changes: 0 } }, { success: true, meta: { changes: 1 } }],
    ['Prisma', { count: 0 }, { count: 1 }],
    ['Kysely, raw', { numAffectedRows: 0n, rows: [] }, { numAffectedRows: 1n, rows: [] }],
    ['RDS Data API', { numberOfRecordsUpdated: 0 }, { numberOfRecordsUpdated: 1 }],
    ['DuckDB', [{ Count: 0 }], [{ Count: 1 }]],
    ['Snowflake', [{ 'number of rows updated': 0 }], [{ 'number of rows updated': 1 }]],
    ['Sequelize', [0], [1]],
    ['Sequelize, a raw query', [[], 0], [[], 1]],
    ['Sequelize on PostgreSQL, a raw query', [[], pg(0)], [[], pg(1)]],
    ['Sequelize on MySQL, a raw query', [undefined, 0], [undefined, 1]],
    ['odbc', Object.assign([], { count: 0, statement: '', columns: [] }), Object.assign([], { count: 1, statement: '', columns: [] })],
    ['mongodb, bulk', { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 }, { insertedCount: 0, matchedCount: 1, modifiedCount: 1, deletedCount: 0, upsertedCount: 0 }],
    ['mongodb, a bulk that removes', { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 }, { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 1, upsertedCount: 0 }],
    ['Cassandra', { rows: [{ '[applied]': false }] }, { rows: [{ '[applied]': true }] }],
    ['Sequelize, returning', [0, []], [1, [{ id: 1 }]]],
    ['postgres.js', postgres(0, []), postgres(1, [])],
    ['postgres.js, returning', postgres(0, []), postgres(1, [{ id: 1 }])]
  ]
  for (const [driver, none, one] of table) {
    t.equal(isWritten(none), false, `${driver}: no row`)
    t.equal(isWritten(one), true, `${driver}: one row`)
  }
})

t.test('a row of the application is written, whatever number its columns hold', async t => {
  const rows = [
    { id: 1, count: 0 },
    { count: 0, name: 'empty' },
    { id: 1, changes: 0 },
    { id: 1, rowCount: 0 },
    { id: 1, affected: 0 },
    { id: 1, affectedRows: 0 },
    { id: 1, matchedCount: 0 },
    { id: 1, deletedCount: 0 },
    { id: 1, insertId: 0, lastID: 0, acknowledged: false, rows: [], raw: null },
    { id: 1, count: 0, changes: 0, rowCount: 0 },
    // a spreadsheet without a line yet
    { id: 1, version: 2, rowCount: 0, rows: [] },
    { version: 0 },
    { count: null },
    { count: '0' },
    { count: false }
  ]
  for (const row of rows) {
    t.equal(isWritten(row), true, JSON.stringify(row))
    t.equal(isWritten([row]), true, `a list with ${JSON.stringify(row)}`)
  }
})

t.test('rows that are lists of their columns are rows, and a list that begins with nothing is none', async t => {
  for (const rows of [[[0, 'x']], [[0]], [['']], [['x', 0], []], [[0, 'x'], [1, 'y']], ['OK']]) t.equal(isWritten(rows), true, JSON.stringify(rows))
  for (const nothing of [[[]], [[], []], [undefined], [false], [0, 1], [0, 'stale'], [null, { id: 1 }]]) t.equal(isWritten(nothing), false, JSON.stringify(nothing))
})

t.test('a state of the resource is written, though it has the members of a count', async t => {
  const rows = [{ version: 2, rowsAffected: 0 }, { version: 2, acknowledged: true, matchedCount: 0 }, { version: 2, meta: { changes: 0 }, success: true }, { version: 2, value: null, lastErrorObject: {} }]
  const isState = (row: object): boolean => 'version' in row
  for (const row of rows) {
    t.equal(isWritten(row), false)
    t.equal(isWritten(row, isState), true, JSON.stringify(row))
    t.equal(isWritten([row], isState), true, JSON.stringify([row]))
  }
  t.equal(isWritten({ rowsAffected: 0 }, isState), false)
})

t.test('of several statements all must say the same, or nobody knows which of them compared the version', async t => {
  const none: readonly unknown[] = [[{ count: 0 }], [{ count: 0 }, { id: 1 }], [pg(0)], [{ ...pg(0), rowCount: null }, pg(0), { ...pg(0), rowCount: null }], [mysql2(0), mysql2(0)], [[mysql2(0), mysql2(0)], [undefined, undefined]]]
  for (const result of none) t.equal(isWritten(result), false, JSON.stringify(result))
  const all: readonly unknown[] = [[{ count: 1 }, { count: 2 }], [{ count: 1 }, null], [{ count: 1 }, [0]], [{ id: 1 }, { count: 1 }], [{ ...pg(0), rowCount: null }, pg(1)], [[null, 'OK'], [null, 1]], [[mysql2(1), mysql2(2)], [undefined]]]
  for (const result of all) t.equal(isWritten(result), true, JSON.stringify(result))
  for (const result of [[{ count: 0 }, { count: 1 }], [pg(1), pg(0)], { rowsAffected: [0, 1] }, [[null, 0]], [[null, 'OK'], [null, 0]], [[null, null]]]) {
    t.throws(() => isWritten(result), { code: 'FST_ETAG_UNCLEAR_RESULT' }, JSON.stringify(result))
  }
})

t.test('a store that did not count says nothing', async t => {
  const unclear = [{ rowsAffected: [] }, { affected: null, raw: [] }, { affected: undefined, raw: [] }, { acknowledged: false, matchedCount: 0 }, { records: [], summary: {} }, { success: true, meta: null }, { success: true, meta: {} }]
  for (const result of unclear) t.throws(() => isWritten(result), { code: 'FST_ETAG_UNCLEAR_RESULT' }, JSON.stringify(result))
  for (const row of [{ records: [{}], summary: {} }, { records: [] }, { rows: [] }, { rows: [null] }, { rows: 'text' }]) t.equal(isWritten(row), true, JSON.stringify(row))
  t.equal(isWritten({ value: null, lastErrorObject: { n: 1, upserted: 7 } }), true)
  const failed = new Error('WRONGTYPE')
  t.equal(errorIn([[null, 'OK'], [failed, undefined]]), failed)
  t.equal(errorIn([[null, 'OK']]), undefined)
})

t.test('an answer of supabase without its rows says nothing, and its error is one', async t => {
  const answer = { data: null, error: null, count: null, status: 204, statusText: 'No Content' }
  t.throws(() => isWritten(answer), { code: 'FST_ETAG_UNCLEAR_RESULT', message: /return what was written, or null/ })
  t.equal(isWritten({ ...answer, count: 0 }), false)
  t.equal(isWritten({ ...answer, count: 1 }), true)
  const error = { code: '42501' }
  t.equal(errorIn({ ...answer, error }), error)
  for (const result of [answer, { error }, null, undefined, 'x', []]) t.equal(errorIn(result), undefined)
})

t.test('what counts rows is no state, and a row is no count', async t => {
  for (const result of [pg(1), mysql2(1), kysely(1n), { count: 3 }, { rowsAffected: [1] }, { value: {}, lastErrorObject: {} }, { data: [], error: null, statusText: 'OK' }]) t.equal(isCount(result), true, JSON.stringify(Object.keys(result)))
  for (const result of [null, undefined, 1, 'x', [], [pg(1)], {}, { id: 1, version: 2 }, { id: 1, count: 3 }, { rowCount: 0, rows: [] }, { data: [], error: null }]) t.equal(isCount(result), false, String(JSON.stringify(result)))
})
