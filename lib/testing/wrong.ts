import type { Fault } from './fault.js'
import type { Finding } from './report.js'
import type { Came, Exchange, Sent } from './target.js'

/** Ends a check: these exchanges show a fault. */
export class Wrong extends Error {
  readonly finding: Finding

  constructor (fault: Fault, ...exchanges: readonly Exchange[]) {
    super(fault)
    this.finding = {
      fault,
      sent: exchanges.map(({ sent }) => describeSent(sent)).join('; '),
      came: exchanges.map(({ came }) => describeCame(came)).join('; ')
    }
  }
}

/** Ends a check that cannot be made. */
export class NotChecked extends Error {}

const CONDITIONS = { 'if-match': 'If-Match', 'if-none-match': 'If-None-Match' } as const

function describeSent ({ method, url, headers }: Sent): string {
  const conditions = Object.entries(CONDITIONS).flatMap(([name, field]) => headers[name] === undefined ? [] : [`${field}: ${headers[name]}`])
  return [`${method} ${url}`, ...conditions].join(', ')
}

const LONGEST_BODY = 120

// The body says why, where the answer is no success.
function describeCame ({ status, etag, body }: Came): string {
  const parts = [String(status), ...etag === undefined ? [] : [`ETag: ${etag}`]]
  if (status >= 400 && body !== undefined) parts.push(cut(reasonIn(body)))
  return parts.join(', ')
}

// A problem says it as its detail, an error of Fastify as its message.
function reasonIn (body: unknown): string {
  if (typeof body === 'string') return body
  const { detail, message } = { ...body as object } as { readonly detail?: unknown, readonly message?: unknown }
  return [detail, message].find(text => typeof text === 'string') as string | undefined ?? JSON.stringify(body)
}

function cut (text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > LONGEST_BODY ? `${line.slice(0, LONGEST_BODY)}…` : line
}
