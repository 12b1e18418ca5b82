// How much more does another pay for the same answer? Pairs without a third beside them, so that nothing is divided twice.
//
//   PAIRS=3 node direct.mjs
//
// measures fewer pairs: five times as many as that says, since small differences are looked for here.

import { compare } from './comparison.mjs'
import { READ_SIZES } from './documents.mjs'
import { PAIRS } from './ratios.mjs'
import { readOf } from './reads.mjs'
import { printHeading, printMeasured } from './tables.mjs'

const KNOWN = 'this plugin, load'
const ASYNC = 'this plugin, async load'
const RETURNED = 'this plugin, returned object'
const PEERS = ['@fastify/etag, sha1', 'Koa 3, conditional-get, etag', 'Express 5', 'Hono, etag']
const BY_HAND = 'bare Fastify, 304 by hand'
const FLOORS = [BY_HAND, 'raw node:http, 304']
const MANY = 5 * PAIRS

const unmodified = (name, size = '10 KB') => readOf(name, size, 304)

printHeading(2, 'One answer, two servers', `CPU time of one server for a request, where the other takes 1: least, **median** and greatest of ${MANY} pairs that took turns.`)

printHeading(3, 'What a 304 of 10 KB costs a peer, where this plugin takes 1, and where one by hand does')
await printMeasured(['peer', KNOWN, RETURNED, BY_HAND], table(PEERS, peer => [KNOWN, RETURNED, BY_HAND].map(own => [unmodified(own), unmodified(peer)])))

for (const size of ['10 KB', '1 MB']) {
  printHeading(3, `What a 304 of ${size} costs this plugin, where one without it takes 1`)
  await printMeasured(['server', ...FLOORS], table([KNOWN, ASYNC, RETURNED, BY_HAND], own => FLOORS.map(floor => [unmodified(floor, size), unmodified(own, size)])))
}

printHeading(3, 'What a 200 with a digest costs this plugin, where @fastify/etag takes 1')
await printMeasured(['document', 'sha256 here, sha1 there'], table(READ_SIZES, size => [
  [readOf('@fastify/etag, sha1', size, 200), readOf('this plugin, digest sha256', size, 200)]
]))

async function * table (names, pairsOf) {
  for (const name of names) {
    const cells = [name]
    for (const [base, own] of pairsOf(name)) cells.push(await compare(base, own, MANY))
    yield cells
  }
}
