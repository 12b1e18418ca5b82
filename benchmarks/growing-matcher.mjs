// How does the time of the decision grow with the length of If-Match or If-None-Match? What decides, the hook of a write and the
// handler before that of a read, is called by itself, as Fastify calls it: reading the field, loading a state that is at hand, comparing, and making the refusal.

import Fastify from 'fastify'
import etagPlugin from '../dist/index.js'
import { cpuTimeOf } from './cpu-time.mjs'
import { ACCEPTED, CONTENTS, CONTRIVED, SHORT_VERSION, VERSION } from './long-fields.mjs'
import { medianOf } from './spread.mjs'
import { printTable } from './tables.mjs'

const KIBIBYTES = [1, 4, 16, 64]
// as long as the longest header that Node takes, unless it is told otherwise
const LONGEST = 16
const ROUNDS = 11

/** Prints the microseconds that a decision takes by field, content and length. */
export async function timeMatcher () {
  for (const [method, field] of [['GET', 'if-none-match'], ['PUT', 'if-match']]) {
    const cases = await casesOf(method, field)
    const short = timed(cases[0].decide, '"another-17-8b1a9953"')
    measure([short, ...cases.flatMap(({ timings }) => timings)])
    printTable(`${method} with ${field}: microseconds of the decision; one short tag takes ${micro(short)}`,
      ['content', ...KIBIBYTES.map(size => `${size} KiB`), 'a doubling from 16 KiB on: 1 constant, 2 linear, 4 quadratic'], cases.map(lineOf))
  }
}

async function casesOf (method, field) {
  const decide = await decisionOf(method, field)
  const cases = Object.entries(CONTENTS).map(([content, make]) => caseOf(content, decide, make))
  for (const [content, { tolerate, valueOf }] of Object.entries(CONTRIVED)) {
    cases.push(caseOf(content, await decisionOf(method, field, SHORT_VERSION, tolerate), valueOf))
  }
  return cases
}

function caseOf (content, decide, make) {
  return { content, decide, timings: KIBIBYTES.map(size => timed(decide, make(size * 1024))) }
}

function lineOf ({ content, timings }) {
  // two doublings lie between the last two
  const [long, longest] = timings.slice(-2).map(({ times }) => medianOf(times))
  const cells = KIBIBYTES.map((size, at) => size === LONGEST ? spread(timings[at]) : micro(timings[at]))
  return [content, ...cells, Math.sqrt(longest / long).toFixed(1)]
}

const rounded = time => time < 10 ? time.toFixed(1) : Math.round(time)
const micro = ({ times }) => rounded(medianOf(times))
const spread = ({ times }) => `${rounded(Math.min(...times))} / **${rounded(medianOf(times))}** / ${rounded(Math.max(...times))}`

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

/** What is to be measured: the same decision so often that it takes some milliseconds, and is compiled by then. */
function timed (decide, value) {
  const call = () => decide(value)
  let calls = 1
  for (let warm = performance.now(); performance.now() - warm < 60; calls++) call()
  return { call, calls: Math.max(1, Math.round(calls / 12)), times: [] }
}

/** Measures all of them in turn, round by round, so that none has the machine at its worst alone. */
function measure (timings) {
  for (let round = 0; round < ROUNDS; round++) {
    for (const { call, calls, times } of timings) times.push(cpuTimeOf(call, calls))
  }
}
