import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The answers of CouchDB 3.3 to a write that it refuses, by the name of the database that is asked. */
const ANSWERS: Readonly<Record<string, readonly [status: number, body: object]>> = {
  conflict: [409, { error: 'conflict', reason: 'Document update conflict.' }],
  missing: [404, { error: 'not_found', reason: 'missing' }],
  exists: [412, { error: 'file_exists', reason: 'The database could not be created, the file already exists.' }],
  broken: [500, { error: 'internal_server_error', reason: '{badmatch,{error,enospc}}' }]
}

/** What answers as CouchDB does, on a free port of loopback. */
export async function startCouch (): Promise<{ readonly url: string, stop (): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = ANSWERS[request.url!.split('/')[1]!]!
      const headers = {
        server: 'CouchDB/3.3.3 (Erlang OTP/24)',
        'x-couch-request-id': '1b2ae0a6c4',
        'x-couchdb-body-time': '0',
        'cache-control': 'must-revalidate',
        etag: '"3-couch"',
        'content-type': 'application/json'
      }
      response.writeHead(status, headers).end(JSON.stringify(body))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}
