// What does a read cost a server, next to one of a bare Fastify? This plugin, others, and what they are made of.
//
//   PAIRS=3 ONLY=plugin node http.mjs '10 KB'
//
// measures fewer pairs, the rows whose names have the word, and this size.

import { chosenNames, chosenSizes } from './chosen.mjs'
import { compareEach } from './comparison.mjs'
import { READ_SIZES } from './documents.mjs'
import { PAIRS } from './ratios.mjs'
import { readOf } from './reads.mjs'
import { SERVERS } from './servers.mjs'
import { printHeading, printMeasured } from './tables.mjs'

const BASE = 'bare Fastify'
const STATUSES = [200, 304]

printHeading(2, 'Reads', `CPU time of the server for a request, where a 200 of a bare Fastify takes 1: least, **median** and greatest of ${PAIRS} pairs that took turns. The second bare Fastify shows the noise. Express, Koa and Hono serialise by \`JSON.stringify\`, and Fastify by the schema.`)
for (const size of chosenSizes(READ_SIZES)) {
  printHeading(3, `A document of ${size}`)
  await printMeasured(['server', ...STATUSES], rows(size))
}

async function * rows (size) {
  for (const name of chosenNames(Object.keys(SERVERS))) {
    const { statuses } = SERVERS[name]
    const reads = statuses.map(status => readOf(name, size, status))
    const spreads = await compareEach(readOf(BASE, size, 200), reads)
    yield [name, ...STATUSES.map(status => spreads[statuses.indexOf(status)] ?? '')]
  }
}
