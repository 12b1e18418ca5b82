// Dispatches requests inside one process, without a socket: `node dispatch.mjs <case> <requests>`.
// What answers is a whole Fastify; what asks has no more than Fastify needs of node:http.

import { CASES } from './dispatch-cases.mjs'

const FIELDS = {
  host: 'localhost:3000',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  accept: 'application/json, text/plain, */*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-US,en;q=0.5',
  connection: 'keep-alive'
}
const OLD_TAG = '"16"'
const CURRENT_TAG = '"17"'
// So often ticks run, as in a server. A turn of the whole event loop would let V8 run what it plans by the clock.
const TURN = 64

class FakeSocket {
  remoteAddress = '127.0.0.1'
  on () { return this }
  once () { return this }
  off () { return this }
  removeListener () { return this }
}

class FakeRequest {
  url = '/'
  httpVersion = '1.1'
  constructor (method, headers, rawHeaders, socket) {
    this.method = method
    this.headers = headers
    this.rawHeaders = rawHeaders
    this.socket = socket
  }

  on () { return this }
  once () { return this }
  off () { return this }
  removeListener () { return this }
}

class FakeResponse {
  statusCode = 200
  headersSent = false
  writableEnded = false
  fields = undefined
  constructor (request, resolve) {
    this.req = request
    this.socket = request.socket
    this.resolve = resolve
  }

  setHeader () { return this }
  getHeader () { return undefined }
  hasHeader () { return false }
  getHeaders () { return {} }
  removeHeader () {}
  on () { return this }
  once () { return this }
  off () { return this }
  removeListener () { return this }

  writeHead (status, fields) {
    this.statusCode = status
    this.fields = fields
    this.headersSent = true
    return this
  }

  end () {
    this.writableEnded = true
    this.resolve(this)
    return this
  }
}

const [name, count] = process.argv.slice(2)
const { build, method = 'GET', sends, status = 200 } = CASES[name]
const app = await build()
const socket = new FakeSocket()

function ask (fields) {
  const rawHeaders = Object.entries(fields).flat()
  // a request has an object of its own, since a hook may take a field off it
  return () => new Promise(resolve => {
    const request = new FakeRequest(method, { ...fields }, rawHeaders, socket)
    app.routing(request, new FakeResponse(request, resolve))
  })
}

// what a write answers with is the tag of the state after it
const current = method === 'GET' ? (await ask(FIELDS)()).fields.etag : CURRENT_TAG
const condition = { current, old: OLD_TAG }[sends]
const send = ask(condition === undefined ? FIELDS : { ...FIELDS, [method === 'GET' ? 'if-none-match' : 'if-match']: condition })

for (let at = 0; at < Number(count); at++) {
  const answer = await send()
  if (answer.statusCode !== status) throw new Error(`${name} answers ${answer.statusCode}`)
  if (at % TURN === 0) await new Promise(resolve => { process.nextTick(resolve) })
}
