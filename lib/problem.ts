import type { FailureReason } from './preconditions.js'
import type { Policy, PolicyLevel } from './policy.js'
import type { Verdict } from './verdict.js'

/** Where the pages stand that `type` points to. */
export const ERRORS_PAGE = 'https://github.com/fastify-etag-policy/fastify-etag-policy/blob/main/docs/errors.md'

/** What is known of a refusal. */
export interface Refused {
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly field?: Verdict['field']
  readonly reason?: FailureReason | undefined
  readonly policy?: Policy | undefined
  readonly level?: PolicyLevel | undefined
  /** The field value of the current ETag. */
  readonly currentEtag?: string | undefined
}

/** A problem details object (RFC 9457, 3), with the extension members of a refused precondition. */
export interface Problem extends Refused {
  readonly type: string
  readonly title: string
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  412: 'Precondition Failed',
  428: 'Precondition Required'
}

/** The media type of a problem (RFC 9457, 6.1). */
export const PROBLEM_JSON = 'application/problem+json'

/** Makes the problem of a refusal. `type` names the code, `title` is the phrase of the status, absent members stay absent. */
export function problemOf ({ status, detail, instance, code, field, reason, policy, level, currentEtag }: Refused): Problem {
  const problem: { -readonly [Member in keyof Problem]: Problem[Member] } = { type: typeOf(code), title: titleOf(status), status, detail, instance, code }
  if (field !== undefined) problem.field = field
  if (reason !== undefined) problem.reason = reason
  if (policy !== undefined) problem.policy = policy
  if (level !== undefined) problem.level = level
  if (currentEtag !== undefined) problem.currentEtag = currentEtag
  return problem
}

function typeOf (code: string): string {
  return `${ERRORS_PAGE}#${code.toLowerCase()}`
}

function titleOf (status: number): string {
  return TITLES[status] ?? 'Refused'
}

/** The text of a problem, as JSON.stringify gives it of that in four times the time. Only what a request or a state brought can need escapes. */
export function formatProblem ({ status, detail, instance, code, field, reason, policy, level, currentEtag }: Refused): string {
  const required = `${beginOf(code, status)}"detail":${quoted(detail)},"instance":${quoted(instance)},"code":"${code}"`
  const why = `${member('field', field)}${member('reason', reason)}${member('policy', policy)}${member('level', level)}`
  return `${required}${why}${currentEtag === undefined ? '' : `,"currentEtag":${JSON.stringify(currentEtag)}`}}`
}

// There are as many as codes and statuses that refuse with them.
const begins = new Map<string, { readonly status: number, readonly text: string }>()

function beginOf (code: string, status: number): string {
  const known = begins.get(code)
  if (known?.status === status) return known.text
  const text = `{"type":"${typeOf(code)}","title":"${titleOf(status)}","status":${status},`
  begins.set(code, { status, text })
  return text
}

// ASCII that JSON has as it is
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

function quoted (text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function member (name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`
}
