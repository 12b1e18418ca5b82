import type { FastifyRequest } from 'fastify'
import type { Route } from './route.js'

/** What is reported, once for each route. */
const REPORTS = {
  unlabelled: 'An answer goes out without an ETag: no version was found in it',
  unmoved: 'A guarded write returned a row whose version did not move',
  backwards: 'A guarded write returned a row whose version went back, so that a tag of an earlier state may fit again',
  unreturned: 'A guarded write returned undefined while the version moved: if it wrote, its return is missing',
  unawaited: 'An answer was given while its guard was still writing, and waited for it: await guard',
  unguarded: 'A conditional write was done without guard, expected or waive: another writer may be lost to it',
  'unknown-policy': 'A policy function said what is no policy; the nearest that is one holds',
  tagless: 'A write is satisfied by If-Match: *, since its state has no ETag'
} as const

const reported = new WeakMap<Route, Set<string>>()

/** Warns that something is wrong with a route, once for each thing; what may be right as well is information. */
export function report (route: Route, { log }: Pick<FastifyRequest, 'log'>, what: keyof typeof REPORTS): void {
  const said = reported.get(route) ?? new Set()
  if (said.has(what)) return
  reported.set(route, said.add(what))
  log[what === 'unreturned' ? 'info' : 'warn']({ route: route.title }, REPORTS[what])
}
