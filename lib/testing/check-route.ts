import { CREATING } from './creating.js'
import { LABELLING } from './labelling.js'
import { RACING } from './racing.js'
import { READING } from './reading.js'
import { REMOVING } from './removing.js'
import { Report, RouteError, type Checked } from './report.js'
import { REQUIRING } from './requiring.js'
import { Resource, type RouteUnderTest } from './resource.js'
import { senderTo, type Target } from './target.js'
import { NotChecked, Wrong } from './wrong.js'
import { WRITING } from './writing.js'
import type { Check } from './check.js'
import type { Fault } from './fault.js'

const CHECKS: readonly Check[] = [...READING, ...WRITING, ...REQUIRING, ...RACING, ...LABELLING, ...CREATING, ...REMOVING]

/**
 * Checks a route against real requests: that its tags move, that refused writes change nothing, and that of writers who
 * meet exactly one wins, which is shown by making them wait between their checks and their writing.
 *
 * It writes, and removes where `remove` is given: use data of a test. Resolves with the report, and rejects with a
 * RouteError, whose message is the report, where something is wrong. A request that nobody answers is waited for without
 * end: the time limit is that of the test runner.
 */
export async function checkRoute<State = any> (target: Target, route: RouteUnderTest<State>): Promise<Report> {
  readRoute(target, route)
  const resource = new Resource(route, senderTo(target))
  const checks: Checked[] = []
  for (const check of CHECKS) checks.push(await checkOne(check, resource, new Report(checks).faults))
  const report = new Report(checks)
  if (report.faults.length > 0) throw new RouteError(report)
  return report
}

async function checkOne ({ claim, unless = [], run }: Check, resource: Resource, faults: readonly Fault[]): Promise<Checked> {
  const before = faults.find(fault => unless.includes(fault))
  if (before !== undefined) return { claim, outcome: 'not checked', because: `since ${before}` }
  try {
    await run(resource)
    return { claim, outcome: 'holds' }
  } catch (error) {
    if (error instanceof Wrong) return { claim, outcome: 'fails', finding: error.finding }
    if (error instanceof NotChecked) return { claim, outcome: 'not checked', because: error.message }
    throw error
  }
}

// Tests are written in JavaScript too, and read a wrong option here rather than in a report about something else.
function readRoute (target: unknown, route: unknown): void {
  if (!isTarget(target)) throw new TypeError('checkRoute: expected a Fastify instance or a base URL, as http://localhost:3000, first')
  if (!isObject(route)) throw new TypeError('checkRoute: expected { read, write, change } second')
  for (const name of Object.keys(route)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new TypeError(`checkRoute: there is no option ${name}; the options are ${Object.keys(OPTIONS).join(', ')}`)
  }
  for (const [name, [expected, isRight]] of Object.entries(OPTIONS)) {
    if (!isRight(route[name])) throw new TypeError(`checkRoute: ${name} must be ${expected}`)
  }
}

const OPTIONS: Readonly<Record<keyof RouteUnderTest, readonly [expected: string, isRight: (given: unknown) => boolean]>> = {
  read: ['a url, or an object with one', isAsked],
  write: ['a url, or an object with one', isAsked],
  remove: ['a url, or an object with one', orAbsent(isAsked)],
  create: ['an object with url and body, or a function that returns one', orAbsent(given => typeof given === 'function' || isRequest(given))],
  change: ['a function that makes the body of a write from what was read', given => typeof given === 'function'],
  policy: ["'REQUIRED', 'REQUIRED_FOR_DELETE' or 'OPTIONAL'", oneOf(undefined, 'REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL')],
  missing: ['428 or 409', oneOf(undefined, 428, 409)],
  answer: ['a boolean', oneOf(undefined, true, false)],
  headers: ['an object of header fields, each a text', isFields],
  writers: ['a whole number from 2 on', orAbsent(given => Number.isInteger(given) && given as number >= 2)]
}

function isTarget (given: unknown): boolean {
  if (typeof given === 'string') return /^https?:\/\//.test(given) && URL.canParse(given)
  return typeof (given as { inject?: unknown } | null | undefined)?.inject === 'function'
}

function isAsked (given: unknown): boolean {
  return isUrl(given) || isRequest(given)
}

function isRequest (given: unknown): boolean {
  return isObject(given) && isUrl(given.url) && isFields(given.headers) && (given.method === undefined || isText(given.method))
}

function isFields (given: unknown): boolean {
  return given === undefined || (isObject(given) && Object.values(given).every(value => typeof value === 'string'))
}

function isUrl (given: unknown): boolean {
  return isText(given) && /^(\/|https?:\/\/)/.test(given as string)
}

function isText (given: unknown): boolean {
  return typeof given === 'string' && given !== ''
}

function isObject (given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null
}

function orAbsent (isRight: (given: unknown) => boolean): (given: unknown) => boolean {
  return given => given === undefined || isRight(given)
}

function oneOf (...values: readonly unknown[]): (given: unknown) => boolean {
  return given => values.includes(given)
}
