import type { FastifyBaseLogger } from 'fastify'
import type { Route } from './route.js'

const reported = new WeakMap<Route, Set<string>>()

/** Warns that something is wrong with a route, once for each thing. */
export function report (route: Route, log: FastifyBaseLogger, message: string): void {
  const said = reported.get(route) ?? new Set()
  if (said.has(message)) return
  reported.set(route, said.add(message))
  log.warn({ route: route.title }, message)
}
