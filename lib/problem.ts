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

/** What a text of a problem has besides its instance and its tag, and between which texts those stand. */
interface Form {
  readonly of: Refused
  readonly begin: string
  readonly end: string
}

// The form that the problems with one code had last: nearly all are refused for the same reason as the one before.
const forms = new Map<string, Form>()

/** The text of a problem, as JSON.stringify gives it of that in many times the time. */
export function formatProblem (refused: Refused): string {
  const { instance, currentEtag } = refused
  const { begin, end } = formOf(refused)
  return currentEtag === undefined ? `${begin}${quoted(instance)}${end}}` : `${begin}${quoted(instance)}${end},"currentEtag":${JSON.stringify(currentEtag)}}`
}

function formOf (refused: Refused): Form {
  const known = forms.get(refused.code)
  if (known !== undefined && isOfForm(refused, known.of)) return known
  const { status, detail, code, field, reason, policy, level } = refused
  const form = {
    of: refused,
    begin: `{"type":"${typeOf(code)}","title":"${titleOf(status)}","status":${status},"detail":${quoted(detail)},"instance":`,
    end: `,"code":"${code}"${member('field', field)}${member('reason', reason)}${member('policy', policy)}${member('level', level)}`
  }
  forms.set(code, form)
  return form
}

function isOfForm (one: Refused, other: Refused): boolean {
  return one.status === other.status && one.detail === other.detail && one.field === other.field && one.reason === other.reason &&
    one.policy === other.policy && one.level === other.level
}

// ASCII that JSON has as it is: only what a request or a state brought can need escapes
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

function quoted (text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function member (name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":"${value}"`
}
