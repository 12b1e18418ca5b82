// How is a document asked for, so that it is sent, or found unmodified? What `compare` needs of a read.

import { fieldOf } from './answer-reader.mjs'
import { requestOf } from './keep-alive.mjs'

const PREPARE = {
  async 200 (server) {
    const request = requestOf()
    const { length } = await server.ask(request)
    return { request, expected: { status: 200, length } }
  },
  async 304 (server) {
    const tag = fieldOf(await server.ask(requestOf()), 'etag')
    return { request: requestOf({ fields: { 'If-None-Match': tag } }), expected: { status: 304, length: 0 } }
  }
}

/** A document of this size, asked of this server so that it answers with this status. */
export function readOf (name, size, status) {
  return { module: 'servers.mjs', name, settings: [size], prepare: PREPARE[status] }
}
