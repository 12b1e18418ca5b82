// How does the time of the decision grow with the length of If-Match or If-None-Match? What decides, the hook of a write and the
// handler before that of a read, is called by itself, as Fastify calls it: reading the field, loading a state that is at hand, comparing, and making the refusal.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'
import { cpuTimeOf } from './cpu-time.mjs'
import { ACCEPTED, CONTENTS, CONTRIVED, SHORT_VERSION, VERSION } from './long-fields.mjs'
import { medianOf } from './spread.mjs'
import { printTable } from './tables.mjs'

const KIBIBYTES = [1, 4, 16, 64]
const ROUNDS = 11

/** Prints the microseconds that a decision takes by field, content and length. */
export async function timeMatcher () {
  for (const [method, field] of [['GET', 'if-none-match'], ['PUT', 'if-match']]) {
    const decide = await decisionOf(method, field)
    // all of them once, or the first would be measured before the code is compiled
    for (const make of Object.values(CONTENTS)) time(() => decide(make(1024)))
    const short = time(() => decide('"another-17-8b1a9953"'))
    const lines = Object.entries(CONTENTS).map(([content, make]) => lineOf(content, decide, make))
    lines.push(...await contrivedLines(method, field))
    printTable(`${method} with ${field}: microseconds of the decision; one short tag takes ${micro(short)}`,
      ['content', ...KIBIBYTES.map(size => `${size} KiB`), 'a doubling from 16 KiB on: 1 constant, 2 linear, 4 quadratic'], lines)
  }
}

async function contrivedLines (method, field) {
  const lines = []
  for (const [content, { tolerate, valueOf }] of Object.entries(CONTRIVED)) {
    lines.push(lineOf(content, await decisionOf(method, field, SHORT_VERSION, tolerate), valueOf))
  }
  return lines
}

function lineOf (content, decide, make) {
  const times = KIBIBYTES.map(size => {
    const value = make(size * 1024)
    return time(() => decide(value))
  })
  // two doublings lie between the last two
  return [content, ...times.map(micro), Math.sqrt(times.at(-1) / times.at(-2)).toFixed(1)]
}

const micro = time => time < 10 ? time.toFixed(1) : Math.round(time)

/** What one route decides about a value of the field, whatever comes of it. */
async function decisionOf (method, field, version = VERSION, tolerate = {}) {
  const declared = []
  const app = Fastify({ exposeHeadRoutes: false })
  const state = { version }
  await app.register(etagPlugin, { source: 'version', tolerate })
  app.addHook('onRoute', options => { declared.push(options) })
  app.route({ method, url: '/', config: { etag: { load: () => state } }, handler: (_request, reply) => { reply.send() } })
  await app.ready()
  // the plugin sees to it that its own hook is the last
  const [decides, name] = method === 'GET' ? [declared[0].handler, 'serve'] : [[declared[0].preHandler].flat().at(-1), 'decidePreconditions']
  if (decides?.name !== name) throw new Error(`What decides about ${method} is not where it was`)

  let decided = false
  class Reply {
    request
    raw = { writeHead () {} }
    constructor (request) { this.request = request }
    code () { return this }
    header () { return this }
    getHeader () {}
    getHeaders () { return {} }
    hasHeader () { return false }
    removeHeader () { return this }
    send () {
      decided = true
      return this
    }
  }

  return value => {
    decided = false
    const raw = { method, url: '/', headers: { [field]: value, 'accept-encoding': ACCEPTED }, rawHeaders: ['Host', 'localhost', field, value], socket: {} }
    const request = { method, url: '/', raw, headers: raw.headers, query: {}, params: {}, log: app.log }
    const reply = new Reply(request)
    try {
      decides.call(app, request, reply, () => { decided = true })
    } catch ({ statusCode }) {
      // so a handler refuses
      decided = statusCode === 412 || statusCode === 400
    }
    if (!decided) throw new Error('Nothing was decided')
  }
}

/** Microseconds of a call: the median of rounds that take some milliseconds each. */
function time (call) {
  let calls = 1
  // what is called often enough is compiled by then
  for (let warm = performance.now(); performance.now() - warm < 60; calls++) call()
  const each = Math.max(1, Math.round(calls / 12))
  return medianOf(Array.from({ length: ROUNDS }, () => cpuTimeOf(call, each)))
}
