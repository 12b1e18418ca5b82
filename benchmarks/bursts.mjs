// What does a request cost a server? The CPU time of its process, over a burst of requests on connections that stay open.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { AnswerReader } from './answer-reader.mjs'

export const CONNECTIONS = 16
const serve = path.join(import.meta.dirname, 'serve.mjs')

/** Starts the server of this name in a process of its own: one of those that the module exports, with these settings. */
export async function startServer (module, name, ...settings) {
  const child = fork(serve, [module, name, ...settings], { env: { ...process.env, NODE_ENV: 'production' } })
  const ended = once(child, 'exit').then(([code]) => { throw new Error(`${name} ended with ${code}`) })
  const next = async () => (await Promise.race([once(child, 'message'), ended]))[0]
  const port = await next()
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)))

  const cpuTime = () => {
    child.send('cpu')
    return next()
  }
  return {
    name,
    ask: request => connections[0](request),
    /**
     * Sends so many requests, and gives the CPU time of the server for each in microseconds.
     * A request is bytes, or a function that makes them for the connection of this number. Another answer than expected ends all.
     */
    async burst ({ request, expected }, requests) {
      const before = await cpuTime()
      let left = requests
      await Promise.all(connections.map(async (ask, number) => {
        while (left-- > 0) {
          const answer = await ask(typeof request === 'function' ? request(number) : request)
          for (const [what, value] of Object.entries(expected)) {
            if (answer[what] !== value) throw new Error(`${name} answers ${what} ${answer[what]} in place of ${value}:\n${answer.head}`)
          }
        }
      }))
      return (await cpuTime() - before) / requests
    },
    stop () {
      ended.catch(() => {})
      child.disconnect()
    }
  }
}

/** The bytes of a request. */
export function requestOf ({ method = 'GET', url = '/', fields = {}, body = '' } = {}) {
  const sized = body === '' ? fields : { ...fields, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
  const lines = Object.entries(sized).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${method} ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n${lines}\r\n${body}`)
}

// A client that costs little: a connection is a function that sends a request, and gives what is answered.
async function open (port) {
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
  return request => new Promise((resolve, reject) => {
    settle = { resolve, reject }
    socket.write(request)
  })
}
