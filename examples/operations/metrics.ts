import { subscribe } from 'node:diagnostics_channel'
import { Counter, type Registry } from 'prom-client'
import type { Decision } from 'fastify-etag-policy'

/** Counts every decision by route, method and what came of it, and the writes that `enforce` let through. */
export function countDecisions (register: Registry): void {
  const decisions = new Counter({
    name: 'http_preconditions_total',
    help: 'Requests to routes with an ETag, by what was decided',
    labelNames: ['route', 'method', 'outcome', 'status', 'reason'],
    registers: [register]
  })
  const lenient = new Counter({
    name: 'http_preconditions_not_enforced_total',
    help: 'Writes that named no version and were let through by enforce',
    labelNames: ['route', 'method', 'would_answer'],
    registers: [register]
  })

  subscribe('fastify-etag-policy:decision', message => {
    const { route, method, outcome, status, reason, wouldAnswer } = message as Decision
    decisions.inc({ route, method, outcome, status: status ?? '', reason: reason ?? '' })
    if (wouldAnswer !== undefined) lenient.inc({ route, method, would_answer: wouldAnswer })
  })
}
