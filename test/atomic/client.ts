import type { Answer } from './exchange.js'
import type { Fleet } from './fleet.js'
import type { Content, Operation, Read, Write } from './history.js'
import type { Recording } from './recording.js'
import type { ServerProcess } from './server-process.js'

/** Adds entries to documents until the signal says that it is enough: GET, append, PUT with the tag of the GET. */
export async function runClient (name: number, documents: number, fleet: Fleet, recording: Recording, signal: AbortSignal): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    const document = String(1 + Math.floor(Math.random() * documents))
    const read = await readDocument(await fleet.next(signal), document)
    if (read === undefined) continue
    recording.add(read)
    for (const operation of await append(await fleet.next(signal), read, `${name}.${round}`)) recording.add(operation)
  }
}

/** `undefined` when the server was killed before it answered. */
async function readDocument (server: ServerProcess, document: string): Promise<Read | undefined> {
  const start = performance.now()
  const answer = await answerOf(server, server.send({ method: 'GET', path: `/documents/${document}` }))
  if (answer === undefined) return undefined
  if (answer.status !== 200) throw unexpected('GET', answer)
  return readOf('GET', answer, document, start)
}

/** The write, and where it was acknowledged what its answer shows: the state that was written, under its tag. */
async function append (server: ServerProcess, { document, tag, members }: Read, entry: string): Promise<Operation[]> {
  const { entries: base, count } = members[0]!
  const start = performance.now()
  const answer = await answerOf(server, server.send({
    method: 'PUT',
    path: `/documents/${document}`,
    headers: { 'if-match': tag, 'content-type': 'application/json' },
    body: JSON.stringify({ entries: [...base, entry], count: count + 1 })
  }))
  const outcome = outcomeOf(answer)
  const write: Write = { kind: 'write', outcome, document, entry, base, tag, start, end: performance.now() }
  return outcome === 'acknowledged' ? [write, readOf('PUT', answer!, document, start)] : [write]
}

function readOf (method: string, answer: Answer, document: string, start: number): Read {
  if (answer.etag === undefined) throw unexpected(method, answer)
  return { kind: 'read', document, tag: answer.etag, members: membersOf(JSON.parse(answer.body)), start, end: performance.now() }
}

// Without an answer of a server that nobody killed there is something wrong with the service or with this test.
async function answerOf (server: ServerProcess, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    const given = await answer
    return given.status >= 500 && server.killed ? undefined : given
  } catch (error) {
    if (server.killed) return undefined
    throw error
  }
}

function outcomeOf (answer: Answer | undefined): Write['outcome'] {
  if (answer === undefined) return 'indeterminate'
  if (answer.status === 412) return 'refused'
  if (answer.status >= 200 && answer.status < 300) return 'acknowledged'
  throw unexpected('PUT', answer)
}

function membersOf (body: Content | { members: readonly Content[] }): readonly Content[] {
  return 'members' in body ? body.members : [body]
}

function unexpected (method: string, { status, etag, body }: Answer): Error {
  return new Error(`Unexpected answer to ${method}: ${status}, ETag ${etag}, ${body.slice(0, 200)}`)
}
