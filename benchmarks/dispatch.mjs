// Dispatches requests inside one process, without a socket: `node dispatch.mjs <case> <requests>`.
// What answers is a whole Fastify; what asks is as little as it needs.

import { CASES } from './dispatch-cases.mjs'

const [name, count] = process.argv.slice(2)
const { app, request = {} } = await CASES[name]()
await app.ready()

const headers = { host: 'localhost', ...request.headers }
const rawHeaders = Object.entries(headers).flat()
const socket = { remoteAddress: '127.0.0.1', on () {}, off () {}, removeListener () {} }

function ask () {
  return new Promise(resolve => {
    const raw = { method: request.method ?? 'GET', url: '/', httpVersion: '1.1', headers, rawHeaders, socket, on () {}, off () {}, once () {}, removeListener () {} }
    const answer = {
      statusCode: 200,
      headersSent: false,
      writableEnded: false,
      socket,
      setHeader () {},
      removeHeader () {},
      getHeader () {},
      hasHeader: () => false,
      writeHead (status) { this.statusCode = status },
      on () {},
      once () {},
      off () {},
      removeListener () {},
      end () {
        this.writableEnded = true
        resolve(this.statusCode)
      }
    }
    app.routing(raw, answer)
  })
}

const expected = await ask()
if (expected !== (request.status ?? 200)) throw new Error(`${name} answers ${expected}`)
for (let at = 0; at < Number(count); at++) await ask()
