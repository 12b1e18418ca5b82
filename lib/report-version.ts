import type { FastifyRequest } from 'fastify'
import { weakMatch } from './entity-tag.js'
import { report } from './report.js'
import type { DescribedState } from './sources/described-state.js'
import type { Route } from './route.js'

/** Reports a guarded write whose version stayed the same, or went back: the next writer would overwrite it unseen. */
export function reportVersion (route: Route, request: Pick<FastifyRequest, 'log'>, before: DescribedState, after: DescribedState): void {
  if (isCountedOn(before.version, after.version) || before.etag === undefined || after.etag === undefined || isEmpty(before.version)) return
  if (weakMatch(before.etag, after.etag) && before.etag.weak === after.etag.weak) report(route, request, 'unmoved')
  if (route.source === 'field' && isCountedBack(before.version, after.version)) report(route, request, 'backwards')
}

// A list of no members has nothing that could move.
function isEmpty (version: unknown): boolean {
  return Array.isArray(version) && version.length === 0
}

// The version of nearly every write, of which nothing else has to be looked at.
function isCountedOn (before: unknown, after: unknown): boolean {
  return typeof before === 'number' && typeof after === 'number' && after > before
}

function isCountedBack (before: unknown, after: unknown): boolean {
  if (Number.isSafeInteger(before) && Number.isSafeInteger(after)) return (after as number) >= 0 && (after as number) < (before as number)
  const [earlier, later] = [countOf(before), countOf(after)]
  return earlier !== undefined && later !== undefined && later < earlier
}

// Drivers give a bigint of the database as text.
function countOf (version: unknown): bigint | undefined {
  const text = String(version)
  return /^[0-9]+$/.test(text) ? BigInt(text) : undefined
}
