// What does a write cost a server that compares versions, next to one of a bare Fastify, and what does one cost that it refuses?
//
//   PAIRS=3 ONLY=refused node writes.mjs '10 KB'
//
// measures fewer pairs, the rows whose names have the word, and this size.

import { CONNECTIONS } from './bursts.mjs'
import { chosenNames, chosenSizes } from './chosen.mjs'
import { compare } from './comparison.mjs'
import { documentOf, WRITE_SIZES } from './documents.mjs'
import { requestOf } from './keep-alive.mjs'
import { PAIRS } from './ratios.mjs'
import { printHeading, printMeasured } from './tables.mjs'
import { SERVERS } from './write-servers.mjs'

const BASE = 'plain PUT'

// What a client sends that has just written, that wrote before others did, and that knows nothing. Every write moves the version of its document by 1.
const FIELDS = {
  current () {
    const versions = Array(CONNECTIONS).fill(1)
    return connection => ({ 'If-Match': `"${versions[connection]++}"` })
  },
  old: () => () => ({ 'If-Match': '"0"' }),
  nothing: () => () => ({})
}

printHeading(2, 'Writes', `CPU time of the server for a PUT with a JSON body, where one of a bare Fastify takes 1: least, **median** and greatest of ${PAIRS} pairs that took turns. The store is in memory, nothing is validated, and each connection writes a document of its own.`)
for (const size of chosenSizes(WRITE_SIZES)) {
  printHeading(3, `A body of ${size}`)
  await printMeasured(['server', 'status', 'cost'], rows(size))
}

async function * rows (size) {
  for (const name of chosenNames(Object.keys(SERVERS))) yield [name, SERVERS[name].status, await compare(writeOf(BASE, size), writeOf(name, size))]
}

/** What `compare` needs of a write. */
function writeOf (name, size) {
  const { sends, status } = SERVERS[name]
  const body = JSON.stringify(documentOf(size))
  const prepare = () => {
    const fields = FIELDS[sends]()
    return { request: connection => requestOf({ method: 'PUT', url: `/${connection}`, fields: fields(connection), body }), expected: { status } }
  }
  return { module: 'write-servers.mjs', name, settings: [], prepare }
}
