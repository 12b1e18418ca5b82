import { isObject, type JsonSchema } from './json-schema.js'
import { POLICIES } from './policy.js'
import { PROBLEM_JSON } from './problem.js'
import type { Operation, RefusedStatus } from './operation.js'

/** The `$id` under which the schema of a problem is shared. */
export const PROBLEM_ID = 'EtagProblem'

/** The schema of a problem (RFC 9457), which the answers of all refusals share. */
export const PROBLEM_SCHEMA = {
  $id: PROBLEM_ID,
  title: PROBLEM_ID,
  description: 'Why a request was refused (RFC 9457).',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Where the error is explained.' },
    title: { type: 'string', description: 'The phrase of the status.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong with this request, and what to send.' },
    instance: { type: 'string', description: 'The path of the request.' },
    code: { type: 'string', description: 'The name of the error, which never changes.' },
    field: { type: 'string', description: 'The header field that decided, or that is missing.' },
    reason: { type: 'string', description: 'Why a condition is false: changed, exists, absent, weak or unevaluable.' },
    policy: { type: 'string', enum: [...POLICIES], description: 'The policy in force, where it is the reason.' },
    level: { type: 'string', description: 'Where that policy was declared.' },
    currentEtag: { type: 'string', description: 'The current ETag.' }
  }
} as const

/** What the answers of a route depend on besides its operations. */
export interface Answers {
  readonly missing: number
  /** Does a function of the route say what the problems look like? */
  readonly isReshaped: boolean
}

type Responses = Readonly<Record<string, unknown>>

const VALIDATORS = {
  ETag: { type: 'string', description: 'The entity-tag of the version that the answer shows.' },
  'Last-Modified': { type: 'string', description: 'When that version was made, as an HTTP-date.' }
}

const CURRENT = { ETag: { type: 'string', description: 'The entity-tag of the current version.' } }

const TOLD: Readonly<Record<RefusedStatus, string>> = {
  400: 'A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.',
  404: 'Nothing is there, or nothing that the caller may see.',
  409: 'The version moved while the request was under way, or something else has a value that must be unique.',
  412: 'A condition of the request is false: the version is another one by now, for instance.',
  428: 'The request must name the version that it changes, by the ETag in If-Match.'
}

// What Fastify's swagger says where nothing is declared.
const SUCCESS = { 200: { type: 'null', description: 'Default Response' } }

/** The answers that can come of operations, added to those that are declared. */
export function withAnswers (declared: unknown, operations: readonly Operation[], answers: Answers): Responses {
  const responses = isObject(declared) ? declared : {}
  return { ...withValidators(responses, operations), ...unmodifiedOf(responses, operations), ...refusalsOf(responses, operations, answers) }
}

function withValidators (responses: Responses, operations: readonly Operation[]): Responses {
  const headers = headersOf(operations)
  const shown = Object.keys(responses).some(key => /^([123]|default$)/i.test(key)) ? responses : { ...SUCCESS, ...responses }
  return Object.fromEntries(Object.entries(shown).map(([key, response]) => [key, key.startsWith('2') ? withHeaders(response, headers) : response]))
}

// No content is ever sent with it, so that a default which is declared does not tell of it.
function unmodifiedOf (responses: Responses, operations: readonly Operation[]): Responses {
  const reads = operations.filter(({ isRead }) => isRead)
  if (reads.length === 0 || isDeclared(responses, '304', '3xx')) return {}
  return { 304: { type: 'null', description: 'The version that the client has is the current one.', headers: headersOf(reads) } }
}

function refusalsOf (responses: Responses, operations: readonly Operation[], { missing, isReshaped }: Answers): Responses {
  const statuses = [...new Set(operations.flatMap(({ refusals }) => refusals))]
  const canMiss = operations.some(({ needsIfMatch }) => needsIfMatch !== 'never')
  const tellsTag = operations.some(operation => operation.tellsTag)
  const schema = isReshaped ? { type: 'object', additionalProperties: true } : { $ref: `${PROBLEM_ID}#` }
  return Object.fromEntries(statuses.flatMap((status): Array<[string, unknown]> => {
    const key = String(status)
    const headers = tellsTag && status >= 409 ? CURRENT : {}
    if (Object.hasOwn(responses, key)) return [[key, withHeaders(responses[key], headers)]]
    if (isDeclared(responses, '4xx', 'default')) return []
    const description = status === 409 && canMiss && missing === 409 ? `${TOLD[409]} Or: ${TOLD[428]}` : TOLD[status]
    return [[key, withHeaders({ description, content: { [PROBLEM_JSON]: { schema } } }, headers)]]
  }))
}

function isDeclared (responses: Responses, ...keys: readonly string[]): boolean {
  return Object.keys(responses).some(key => keys.includes(key.toLowerCase()))
}

function headersOf (operations: readonly Operation[]): Record<string, JsonSchema> {
  return Object.fromEntries(operations.flatMap(({ validators }) => validators).map(name => [name, VALIDATORS[name]]))
}

function withHeaders (response: unknown, headers: Readonly<Record<string, JsonSchema>>): unknown {
  if (!isObject(response)) return response
  const own = isObject(response.headers) ? response.headers : {}
  const names = new Set(Object.keys(own).map(name => name.toLowerCase()))
  const added = Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()))
  return added.length === 0 ? response : { ...response, headers: { ...own, ...Object.fromEntries(added) } }
}
