import { FST_ETAG_LOAD_FAILED } from './errors.js'

// The answers to a precondition: an error that brings one of these statuses along speaks of something else.
const OURS = new Set([412, 428])

// A store that speaks HTTP, and Objection, have errors with a status, and with members that an answer of the application
// has not: CouchDB, Elasticsearch, Azure, AWS, InfluxDB, SurrealDB, Xata, Gremlin.
const OF_A_STORE = [
  'headers', 'response', 'request', 'scope', '$metadata', 'retryDelay', 'modelClass',
  'statusText', 'statusMessage', 'statusAttributes', 'requestId', 'transporterStackTrace'
]

const PLANETSCALE = new Set(['DatabaseError', 'UnknownError'])

/** What to throw in place of an error that is withheld. */
type Failed = new (options: { cause: unknown }) => Error

const SERVER_ERROR = 500

/**
 * Keeps to itself what no client should learn: the text, the status and the header fields of an error of a store.
 * An error that the application means as its answer goes through: one with a status from 400 to 499 that it gave it, or
 * any status but ours where it is of @fastify/error, or says `expose: true`. Anything else becomes the cause of an error
 * that says no more than that something failed.
 */
export function withhold (error: unknown, Failed: Failed = FST_ETAG_LOAD_FAILED): Error {
  return isAnswer(error) ? error : new Failed({ cause: isLegible(error) ? error : new Error('The members of this error cannot be read') })
}

// A logger reads the cause, and what it throws would be told to the client.
function isLegible (error: unknown): boolean {
  try {
    return !(error instanceof Error) || [error.name, error.message, error.stack, error.cause, ...Object.values(error)].length > 0
  } catch {
    return false
  }
}

/** Is this an error that the application means as its answer? */
export function isAnswer (error: unknown): error is Error {
  try {
    if (!(error instanceof Error)) return false
    const status = statusOf(error)
    if (status === undefined || OURS.has(status)) return false
    return isMeantForClients(error) || (status < SERVER_ERROR && !isOfStore(error))
  } catch {
    // nobody means an error as an answer whose members cannot be read
    return false
  }
}

// PouchDB says by `error: true` that it is one, and supabase by `__isStorageError`; PlanetScale's keep the body that they came in.
function isOfStore (error: Error & { readonly error?: unknown }): boolean {
  return error.error === true ||
    Object.keys(error).some(name => name.startsWith('__is')) ||
    OF_A_STORE.some(name => name in error) ||
    ('body' in error && PLANETSCALE.has(error.name))
}

// Fastify's own kind of error, and that of http-errors.
function isMeantForClients ({ name, expose }: Error & { readonly expose?: unknown }): boolean {
  return name === 'FastifyError' || expose === true
}

// The status that Fastify would answer with: statusCode where that is one of an error, else status.
function statusOf ({ statusCode, status }: Error & { statusCode?: unknown, status?: unknown }): number | undefined {
  return [statusCode, status].map(Number).find(number => number >= 400 && number <= 599)
}
