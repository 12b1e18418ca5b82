import { request, type Agent, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** What a server answered. */
export interface Answer {
  readonly status: number
  readonly etag: string | undefined
  readonly body: string
}

/** What to ask of which server. */
export interface Question {
  readonly agent: Agent
  readonly port: number
  readonly method: 'GET' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const PATIENCE = 20_000

/** Sends one request and waits for the whole answer. Rejects when the connection breaks, or nothing comes for long. */
export async function exchange ({ agent, port, method, path, headers = {}, body }: Question): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, agent, method, path, headers })
  sent.setTimeout(PATIENCE, () => sent.destroy(new Error(`No answer to ${method} ${path}`)))
  // a connection that breaks within the answer is told here too, where nobody waits any more
  sent.on('error', () => {})
  sent.end(body)
  const [response] = await once(sent, 'response') as [IncomingMessage]
  return { status: response.statusCode!, etag: response.headers.etag, body: await text(response) }
}
