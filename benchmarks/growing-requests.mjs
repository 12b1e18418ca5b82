// What does a request with a long If-None-Match cost a server, next to the same request to a bare Fastify? CPU time, in alternating bursts.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openConnection, requestOf } from './keep-alive.mjs'
import { CONTENTS } from './long-fields.mjs'
import { medianOf, printTable, spreadOf } from './spread.mjs'

const KIBIBYTES = [16, 64]
const CONNECTIONS = 8
const REQUESTS = 400
const PAIRS = 7
const serverFile = fileURLToPath(new URL('field-server.mjs', import.meta.url))

/** Prints the CPU time of a request by content and length. */
export async function timeRequests () {
  const [bare, own, other] = await Promise.all(['bare', 'plugin', 'bare'].map(startServer))
  const lines = []
  const measure = async (title, server, value) => {
    const cells = []
    for (const size of KIBIBYTES) {
      const request = requestOf('GET', '/', { 'if-none-match': value(size * 1024) })
      const pairs = await pairsOf(bare, server, request)
      cells.push(Math.round(medianOf(pairs.map(([base]) => base))), spreadOf(pairs.map(([base, cost]) => cost / base)))
    }
    lines.push([title, ...cells])
  }
  // or the first cells would tell what compiling costs
  const short = requestOf('GET', '/', { 'if-none-match': '"a"' })
  for (const server of [bare, own, other]) for (let times = 0; times < 5; times++) await server.burst(short)
  await measure('commas, another bare Fastify', other, CONTENTS.commas)
  for (const [content, value] of Object.entries(CONTENTS)) await measure(content, own, value)
  for (const server of [bare, own, other]) server.stop()
  printTable('CPU of a GET with a long If-None-Match, bare Fastify with the same field = 1',
    ['content', ...KIBIBYTES.flatMap(size => [`${size} KiB, bare, microseconds`, `${size} KiB`])], lines)
}

/** What the bare server takes, before and after, and what the other one does. */
async function pairsOf (bare, server, request) {
  const pairs = []
  let before = await bare.burst(request)
  // the first pair warms the code
  for (let pair = 0; pair <= PAIRS; pair++) {
    const cost = await server.burst(request)
    const after = await bare.burst(request)
    pairs.push([(before + after) / 2, cost])
    before = after
  }
  return pairs.slice(1)
}

async function startServer (kind) {
  const child = fork(serverFile, [kind])
  const [port] = await once(child, 'message')
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)))
  async function cpu () {
    child.send('cpu')
    return (await once(child, 'message'))[0]
  }
  return {
    /** Microseconds of CPU for each of many requests. */
    async burst (request) {
      const before = await cpu()
      let left = REQUESTS
      await Promise.all(connections.map(async connection => {
        while (left-- > 0) await connection.ask(request)
      }))
      return (await cpu() - before) / REQUESTS
    },
    stop () {
      for (const connection of connections) connection.close()
      child.disconnect()
    }
  }
}
