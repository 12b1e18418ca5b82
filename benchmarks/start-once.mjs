// How long does one start take? `node start-once.mjs <kind> <routes>` prints the milliseconds from Fastify() to ready(); nothing of loading modules.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'

const [kind, routes] = [process.argv[2], Number(process.argv[3])]
const response = { 200: { type: 'object', properties: { id: { type: 'integer' }, version: { type: 'integer' } } } }
const options = { schema: { response }, ...(kind === 'asked' && { config: { etag: { source: 'version', load: () => ({ version: 1 }) } } }) }

const begin = performance.now()
const app = Fastify()
if (kind !== 'bare') await app.register(etagPlugin)
for (let at = 0; at < routes; at++) app.get(`/documents${at}/:id`, options, async () => ({ id: 7, version: 1 }))
await app.ready()
console.log(performance.now() - begin)
