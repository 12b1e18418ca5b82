import t from 'tap'
import { isCount, isWritten } from '../lib/written.js'

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
  for (const result of [true, 1, 1n, -1, 'id', '', {}, [1], [1n], [{}], [{ id: 1 }, { id: 2 }], Symbol('id'), new Date(0), new Map()]) {
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
    ['D1, without meta', { success: true, meta: { changes: 0 } }, { success: true, meta: null }],
    ['Prisma', { count: 0 }, { count: 1 }],
    ['Sequelize', [0], [1]],
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

t.test('rows that begin with a zero are rows', async t => {
  for (const rows of [[[0, 'x']], [{ count: 0 }], [0, 1], [[0]], [['']], [['x', 0], []]]) t.equal(isWritten(rows), true, JSON.stringify(rows))
  for (const nothing of [[[]], [[], []], [undefined], [false]]) t.equal(isWritten(nothing), false, JSON.stringify(nothing))
})

t.test('what counts rows is no state, and a row is no count', async t => {
  for (const result of [pg(1), mysql2(1), kysely(1n), { count: 3 }, { rowsAffected: [1] }, { value: {}, lastErrorObject: {} }, { data: [], error: null, statusText: 'OK' }]) t.equal(isCount(result), true, JSON.stringify(Object.keys(result)))
  for (const result of [null, undefined, 1, 'x', [], [pg(1)], {}, { id: 1, version: 2 }, { id: 1, count: 3 }, { rowCount: 0, rows: [] }, { data: [], error: null }]) t.equal(isCount(result), false, String(JSON.stringify(result)))
})
