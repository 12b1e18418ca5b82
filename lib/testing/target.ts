/** The part of a Fastify instance that is needed to send it requests. */
export interface Injectable {
  inject (options: { method: any, url: string, headers: Record<string, string>, payload?: string }): Promise<{
    readonly statusCode: number
    readonly headers: Readonly<Record<string, unknown>>
    readonly body: string
  }>
}

/** A Fastify instance, whose requests can be made to wait for each other, or the base URL of a service. */
export type Target = Injectable | string

/** A request of the check. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent as JSON, unless it is text; `undefined`: no body. */
  readonly body?: unknown
}

/** What came back. */
export interface Came {
  readonly status: number
  /** The field value of the ETag. */
  readonly etag: string | undefined
  /** Parsed where it is JSON, else text; `undefined` where nothing came. */
  readonly body: unknown
}

/** A request and its answer. */
export interface Exchange {
  readonly sent: Sent
  readonly came: Came
}

/** Was the request acknowledged? */
export function isSuccess ({ came: { status } }: Exchange): boolean {
  return status >= 200 && status < 300
}

/** Sends a request and gives its answer. */
export type Send = (sent: Sent) => Promise<Came>

/** How requests reach the target. */
export function senderTo (target: Target): Send {
  return typeof target === 'string' ? over(target) : into(target)
}

function into (app: Injectable): Send {
  return async sent => {
    const payload = payloadOf(sent)
    const { statusCode, headers, body } = await app.inject({
      method: sent.method, url: sent.url, headers: headersOf(sent), ...(payload !== undefined && { payload })
    })
    return cameOf(statusCode, headers.etag, headers['content-type'], body)
  }
}

function over (base: string): Send {
  return async sent => {
    const { method } = sent
    const url = urlUnder(base, sent.url)
    const payload = payloadOf(sent)
    try {
      const response = await fetch(url, { method, headers: headersOf(sent), redirect: 'manual', ...(payload !== undefined && { body: payload }) })
      const { status, headers } = response
      return cameOf(status, headers.get('etag'), headers.get('content-type'), await response.text())
    } catch (cause) {
      throw new Error(`checkRoute: no answer came to ${method} ${url}`, { cause })
    }
  }
}

// A base with a path keeps it.
function urlUnder (base: string, url: string): string {
  return url.startsWith('/') ? base.replace(/\/$/, '') + url : url
}

function payloadOf ({ body }: Sent): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
}

function headersOf ({ headers, body }: Sent): Record<string, string> {
  if (body !== undefined) return { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers }
  // a media type of nothing is refused
  const { 'content-type': _type, ...others } = headers
  return others
}

function cameOf (status: number, etag: unknown, type: unknown, text: string): Came {
  return { status, etag: typeof etag === 'string' ? etag : undefined, body: bodyOf(String(type), text) }
}

function bodyOf (type: string, text: string): unknown {
  if (text === '') return undefined
  if (!/^application\/([^;]+\+)?json/i.test(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
