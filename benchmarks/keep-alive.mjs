// How is a server asked at little cost? One connection that stays open, with one request on it at a time.

import { once } from 'node:events'
import { connect } from 'node:net'
import { AnswerReader } from './answer-reader.mjs'

/** Opens a connection; `ask` sends a request and gives what is answered: status, head and how many bytes of body. */
export async function openConnection (port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const reader = new AnswerReader()
  let settle = { resolve () {}, reject () {} }
  socket.on('data', data => {
    try {
      const answer = reader.push(data)
      if (answer !== undefined) settle.resolve(answer)
    } catch (error) {
      settle.reject(error)
    }
  })
  socket.on('error', error => settle.reject(error))
  socket.on('close', () => settle.reject(new Error('The server closed a connection')))
  return {
    ask: request => new Promise((resolve, reject) => {
      settle = { resolve, reject }
      socket.write(request)
    }),
    close: () => socket.destroy()
  }
}

/** The bytes of a request. */
export function requestOf ({ method = 'GET', url = '/', fields = {}, body = '' } = {}) {
  const sized = body === '' ? fields : { ...fields, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  const lines = Object.entries(sized).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n${lines}\r\n${body}`)
}
