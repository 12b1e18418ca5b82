// How is a server asked at little cost? One connection that stays open, with one request on it at a time.

import { once } from 'node:events'
import { connect } from 'node:net'

/** Opens a connection; `ask` sends the text of a request and gives what came: status, tag and how many bytes of body. */
export async function openConnection (port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let waiting
  let received = ''
  socket.on('data', data => {
    received += data.toString('latin1')
    const answer = readAnswer(received)
    if (answer === undefined) return
    received = ''
    waiting.resolve(answer)
  })
  socket.on('close', () => waiting?.reject(new Error('The server closed the connection')))
  return {
    ask: request => new Promise((resolve, reject) => {
      waiting = { resolve, reject }
      socket.write(request)
    }),
    close: () => socket.destroy()
  }
}

/** The text of a request with these fields, and with a body as JSON where there is one. */
export function requestOf (method, url, fields = {}, body = undefined) {
  const content = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const lines = Object.entries({ host: 'localhost', ...fields, ...content }).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${url} HTTP/1.1`, ...lines, '', body ?? ''].join('\r\n')
}

// What these servers send has its length in its head, or no body.
function readAnswer (text) {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  const status = Number(head.slice(9, 12))
  const length = status === 304 || status === 204 ? 0 : Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
  if (text.length < end + 4 + length) return undefined
  return { status, tag: /^etag: (.+)$/im.exec(head)?.[1], length }
}
