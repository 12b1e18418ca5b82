import { ConditionalCheckFailedException, TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { PrismaClientKnownRequestError } from '@prisma/client/runtime/client'
import Fastify from 'fastify'
import { MongoBulkWriteError, MongoServerError, type BulkWriteResult } from 'mongodb'
import mongoose from 'mongoose'
import nano from 'nano'
import { Model, NotFoundError, UniqueViolationError as UniqueViolation, ValidationError } from 'objection'
import { WatchError } from 'redis'
import t from 'tap'
import etagPlugin, { defineEtag, isConflict, isDuplicateKey } from 'fastify-etag-policy'
import { startCouch } from './couch-server.js'

// It has no types of its own; the class needs nothing that is built.
const { SqliteError } = require('better-sqlite3') as { readonly SqliteError: new (message: string, code: string) => Error }

class Page extends Model {
  static override tableName = 'page'
}

const Document = mongoose.model('Page', new mongoose.Schema({ text: String }, { optimisticConcurrency: true }))

// Constructors that the types of the packages leave out.
const { DocumentNotFoundError } = mongoose.Error as unknown as {
  readonly DocumentNotFoundError: new (filter: object, model: string, affected: number, result: object) => Error
}
const UniqueViolationError = UniqueViolation as unknown as new (args: {
  nativeError: Error, client: string, table: string, columns: readonly string[], constraint: string
}) => Error

const prisma = (code: string, meta: Record<string, unknown> = {}): Error =>
  new PrismaClientKnownRequestError('Invalid `prisma.page.update()` invocation', { code, clientVersion: '7.10.0', meta })

/** The error of a raw query, in which Prisma keeps that of its driver. */
const prismaRaw = (cause: object): Error => prisma('P2010', {
  driverAdapterError: Object.assign(new Error('duplicate key value'), { name: 'DriverAdapterError', cause })
})

const mongo = (description: object): Error => new MongoServerError({ errmsg: 'of collection db.page', ...description })
const dynamo = { message: 'The conditional request failed', $metadata: { httpStatusCode: 400, requestId: 'R' } }

/** What an error says of a write that did not happen; `busy`: it was rolled back, whatever others wrote. */
type StoreFailure = 'conflict' | 'busy' | 'duplicate'

type Row = readonly [what: string, error: Error, failure: StoreFailure | undefined]

const MADE: readonly Row[] = [
  ['mongodb, duplicate key', mongo({ code: 11000, keyPattern: { slug: 1 }, keyValue: { slug: 'a' } }), 'duplicate'],
  ['mongodb, duplicate key in a bulk', new MongoBulkWriteError({ message: 'E11000', code: 11000, writeErrors: [] }, { insertedCount: 0 } as BulkWriteResult), 'duplicate'],
  ['mongodb, write conflict', mongo({ code: 112, codeName: 'WriteConflict' }), 'busy'],
  ['mongodb, transaction', mongo({ code: 251, codeName: 'NoSuchTransaction', errorLabels: ['TransientTransactionError'] }), 'busy'],
  ['mongodb, a document that is refused', mongo({ code: 121, codeName: 'DocumentValidationFailure' }), undefined],
  ['mongoose, another version', new mongoose.Error.VersionError(new Document({ text: 'x' }), 1, ['text']), 'conflict'],
  ['mongoose, nothing to save', new DocumentNotFoundError({ _id: 1 }, 'Page', 0, {}), 'conflict'],
  ['mongoose, not valid', new mongoose.Error.ValidationError(), undefined],
  ['Prisma, unique constraint', prisma('P2002', { modelName: 'Page' }), 'duplicate'],
  ['Prisma, unique constraint in a raw query on PostgreSQL', prismaRaw({ originalCode: '23505', originalMessage: 'Key (slug)=(a)', kind: 'UniqueConstraintViolation' }), 'duplicate'],
  ['Prisma, unique constraint in a raw query on MariaDB', prismaRaw({ originalCode: '1062', kind: 'UniqueConstraintViolation' }), 'duplicate'],
  ['Prisma, transaction', prisma('P2034'), 'busy'],
  ['Prisma, transaction in a raw query', prismaRaw({ originalCode: '40001', kind: 'TransactionWriteConflict' }), 'busy'],
  ['Prisma, nothing to update', prisma('P2025', { modelName: 'Page', operation: 'an update' }), 'conflict'],
  ['Prisma, a broken raw query', prismaRaw({ originalCode: '42P01', kind: 'TableDoesNotExist' }), undefined],
  ['better-sqlite3, primary key', new SqliteError('UNIQUE constraint failed: page.id', 'SQLITE_CONSTRAINT_PRIMARYKEY'), 'duplicate'],
  ['better-sqlite3, unique index', new SqliteError('UNIQUE constraint failed: page.slug', 'SQLITE_CONSTRAINT_UNIQUE'), 'duplicate'],
  ['better-sqlite3, busy', new SqliteError('database is locked', 'SQLITE_BUSY'), 'busy'],
  ['better-sqlite3, another snapshot', new SqliteError('database is locked', 'SQLITE_BUSY_SNAPSHOT'), 'busy'],
  ['better-sqlite3, nothing where something must be', new SqliteError('NOT NULL constraint failed: page.slug', 'SQLITE_CONSTRAINT_NOTNULL'), undefined],
  ['DynamoDB, condition', new ConditionalCheckFailedException({ ...dynamo, Item: { slug: { S: 'a' } } }), 'conflict'],
  ['DynamoDB, condition in a transaction', new TransactionCanceledException({ ...dynamo, CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }] }), 'conflict'],
  ['DynamoDB, another transaction than this one', new TransactionCanceledException({ ...dynamo, CancellationReasons: [{ Code: 'TransactionConflict' }] }), 'busy'],
  ['DynamoDB, a transaction on the same item', new TransactionConflictException(dynamo), 'busy'],
  ['redis, WATCH', new WatchError(), 'conflict'],
  ['Objection, unique constraint', new UniqueViolationError({
    nativeError: Object.assign(new Error('duplicate key value'), { code: '23505' }), client: 'postgres', table: 'page', columns: ['slug'], constraint: 'page_slug_key'
  }), 'duplicate'],
  ['Objection, nothing found', new NotFoundError({ modelClass: Page }), 'conflict'],
  ['Objection, not valid', new ValidationError({ type: 'ModelValidation', modelClass: Page, message: 'slug: is a required property' }), undefined]
]

async function nanoErrors (url: string): Promise<readonly Row[]> {
  const couch = nano(url)
  const refused = async (database: string): Promise<Error> => await couch.use<{ text: string }>(database).insert({ text: 'x' }, 'a')
    .then(() => { throw new Error('it was written') }, error => error)
  const nothingThere = await nano('http://127.0.0.1:1').use<{ text: string }>('conflict').insert({ text: 'x' }, 'a').then(() => undefined, error => error)
  return [
    ['nano, another revision', await refused('conflict'), 'conflict'],
    ['nano, not found', await refused('missing'), undefined],
    ['nano, a database that is there', await refused('exists'), undefined],
    ['nano, a CouchDB that is out of order', await refused('broken'), undefined],
    ['nano, no CouchDB', nothingThere, undefined]
  ]
}

const DOCS = 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md'
const FIELDS = { connection: 'keep-alive', 'content-type': 'application/problem+json' }
const AS_JSON = { connection: 'keep-alive', 'content-type': 'application/json; charset=utf-8' }

/** An answer as a whole, but for its date and length. */
interface Whole {
  readonly status: number
  readonly headers: object
  readonly body: object
}

const WRITTEN: Whole = { status: 200, headers: { ...AS_JSON, etag: '"2"' }, body: { text: 'written', version: 2 } }

const WITHHELD: Whole = {
  status: 500,
  headers: AS_JSON,
  body: { statusCode: 500, code: 'FST_ETAG_WRITE_FAILED', error: 'Internal Server Error', message: 'The write failed' }
}

const BUSY: Whole = {
  status: 503,
  headers: { ...AS_JSON, 'retry-after': '1' },
  body: {
    statusCode: 503,
    code: 'FST_ETAG_STORE_BUSY',
    error: 'Service Unavailable',
    message: 'Other writes were in the way, and nothing was written: send the request again'
  }
}

const TAKEN: Whole = {
  status: 409,
  headers: { ...FIELDS, etag: '"1"' },
  body: {
    type: `${DOCS}#fst_etag_conflict`,
    title: 'Conflict',
    status: 409,
    detail: 'A value in this request must be unique, and something else has it already.',
    instance: '/page',
    code: 'FST_ETAG_CONFLICT',
    reason: 'exists',
    currentEtag: '"1"'
  }
}

const MOVED: Whole = {
  status: 412,
  headers: { ...FIELDS, etag: '"2"' },
  body: {
    type: `${DOCS}#fst_etag_precondition_failed`,
    title: 'Precondition Failed',
    status: 412,
    detail: 'The current version is not the one in If-Match. Read it again, apply your change, and send its ETag.',
    instance: '/page',
    code: 'FST_ETAG_PRECONDITION_FAILED',
    field: 'If-Match',
    reason: 'changed',
    currentEtag: '"2"'
  }
}

const LOST: Whole = {
  status: 409,
  headers: { ...FIELDS, etag: '"5"' },
  body: {
    type: `${DOCS}#fst_etag_conflict`,
    title: 'Conflict',
    status: 409,
    detail: 'The current version is no longer the one that this request began with. Read it again, apply your change, and send its ETag in If-Match.',
    instance: '/page',
    code: 'FST_ETAG_CONFLICT',
    reason: 'changed',
    currentEtag: '"5"'
  }
}

interface Race {
  readonly ifMatch?: string
  /** Does another writer come between, each time that the error is thrown? */
  readonly moves?: boolean
  /** How often the store throws before it writes; always if that is not said. */
  readonly times?: number
}

/** What a client gets whose write throws this error, and how often it was tried. */
async function answerTo (error: Error, { ifMatch, moves = false, times = Infinity }: Race): Promise<{ answer: Whole, attempts: number }> {
  const app = Fastify()
  await app.register(etagPlugin)
  let row = { text: 'begun', version: 1 }
  let attempts = 0
  const page = defineEtag({ source: 'version', load: () => row })
  app.patch('/page', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    if (moves) row = { ...row, version: row.version + 1 }
    if (++attempts <= times) throw error
    row = { text: 'written', version: version + 1 }
    return row
  }, { retries: 3 }))
  const response = await app.inject({ method: 'PATCH', url: '/page', headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } })
  await app.close()
  const { date, 'content-length': length, ...headers } = response.headers
  return { answer: { status: response.statusCode, headers, body: response.json() }, attempts }
}

t.test('errors of the packages themselves', async t => {
  const couch = await startCouch()
  t.teardown(() => couch.stop())
  const rows = [...MADE, ...await nanoErrors(couch.url)]

  t.test('are known for what they say', async t => {
    for (const [what, error, failure] of rows) {
      t.ok(error instanceof Error, what)
      t.equal(isDuplicateKey(error), failure === 'duplicate', `${what}: a duplicate`)
      t.equal(isConflict(error), failure === 'conflict' || failure === 'busy', `${what}: a conflict`)
    }
  })

  t.test('leave nothing in an answer, where the version stayed the same: no text, no status, no field', async t => {
    const table: Readonly<Record<StoreFailure | 'nothing', readonly [answer: Whole, attempts: number]>> = {
      duplicate: [TAKEN, 1], busy: [BUSY, 4], conflict: [WITHHELD, 1], nothing: [WITHHELD, 1]
    }
    for (const [what, error, failure] of rows) {
      const [answer, attempts] = table[failure ?? 'nothing']
      for (const race of [{ ifMatch: '"1"' }, {}]) {
        t.same(await answerTo(error, race), { answer, attempts }, `${what}, ${race.ifMatch ?? 'without If-Match'}`)
      }
    }
  })

  t.test('are asked about again where the store rolled back, and the write is written once it lets it', async t => {
    for (const [what, error] of rows.filter(([, , failure]) => failure === 'busy')) {
      t.same(await answerTo(error, { ifMatch: '"1"', times: 1 }), { answer: WRITTEN, attempts: 2 }, what)
    }
  })

  t.test('are answered by what became of the version where it moved: 412 for who named one, 409 for who did not', async t => {
    for (const [what, error, failure] of rows) {
      const lost = failure === undefined ? { answer: WITHHELD, attempts: 1 } : { answer: MOVED, attempts: 1 }
      t.same(await answerTo(error, { ifMatch: '"1"', moves: true }), lost, what)
      const tired = failure === undefined ? { answer: WITHHELD, attempts: 1 } : { answer: LOST, attempts: 4 }
      t.same(await answerTo(error, { moves: true }), tired, `${what}, without If-Match`)
    }
  })
})
