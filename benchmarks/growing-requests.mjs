// What does a request with a long If-None-Match cost a server, next to the same request to a bare Fastify? CPU time, in alternating bursts.

import { startServer } from './bursts.mjs'
import { requestOf } from './keep-alive.mjs'
import { CONTENTS } from './long-fields.mjs'
import { pairedRatios } from './ratios.mjs'
import { formatSpread, medianOf } from './spread.mjs'
import { printTable } from './tables.mjs'

const KIBIBYTES = [16, 64]
const REQUESTS = 400
const PAIRS = 7

/** Prints the CPU time of a request by content and length. */
export async function timeRequests () {
  const servers = await Promise.all(['bare', 'plugin', 'bare'].map(name => startServer('field-servers.mjs', name)))
  const [bare, own, other] = servers
  // or the first cells would tell what compiling costs
  for (const server of servers) for (let times = 0; times < 5; times++) await measure(server, '"a"')
  const rows = [['commas, another bare Fastify', ...await costs(bare, other, CONTENTS.commas)]]
  for (const [content, value] of Object.entries(CONTENTS)) rows.push([content, ...await costs(bare, own, value)])
  for (const server of servers) server.stop()
  printTable('CPU of a GET with a long If-None-Match, bare Fastify with the same field = 1',
    ['content', ...KIBIBYTES.flatMap(size => [`${size} KiB, bare, microseconds`, `${size} KiB`])], rows)
}

/** What the bare server takes for a value of each length, and the other one next to it. */
async function costs (bare, server, value) {
  const cells = []
  for (const size of KIBIBYTES) {
    const sent = value(size * 1024)
    const bases = []
    const measureBase = async () => {
      const cost = await measure(bare, sent)
      bases.push(cost)
      return cost
    }
    // the first pair warms the code
    const [, ...ratios] = await pairedRatios(measureBase, () => measure(server, sent), PAIRS + 1)
    cells.push(Math.round(medianOf(bases.slice(1))), formatSpread(ratios))
  }
  return cells
}

/** Microseconds of CPU of a server for each of many requests. */
function measure (server, value) {
  return server.burst({ request: requestOf({ fields: { 'If-None-Match': value } }), expected: {} }, REQUESTS)
}
