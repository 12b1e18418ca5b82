// One server with every strategy, in a process of its own: tells its port, and its CPU time in microseconds whenever it is asked.

import Fastify from 'fastify'
import pg from 'pg'
import etagPlugin from '../dist/index.js'
import { cpuTime } from './cpu-time.mjs'
import { statementsOf } from './statements.mjs'
import { addStrategy, STRATEGIES } from './write-strategies.mjs'

// what was sent is counted elsewhere, and would only grow here
const UNCOUNTED = { push () {} }

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
// a connection that its server closes in the end tells nobody
pool.on('error', () => {})
const app = Fastify()
await app.register(etagPlugin)
for (const name of Object.keys(STRATEGIES)) addStrategy(app, name, pool, statementsOf(name, UNCOUNTED))
await app.listen({ port: 0, host: '127.0.0.1' })

// Ctrl-C reaches every process of the terminal; the parent decides
process.on('SIGINT', () => {})
process.on('message', () => process.send(cpuTime()))
process.on('disconnect', async () => {
  await app.close()
  await pool.end()
})
process.send(app.server.address().port)
