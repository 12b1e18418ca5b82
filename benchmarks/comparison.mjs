// What does one request cost a server next to another? Ratios of their CPU times, from processes that take turns.

import { CONNECTIONS, startServer } from './bursts.mjs'
import { pairedRatios, PAIRS } from './ratios.mjs'
import { formatSpread } from './spread.mjs'

// A process compiles its code as chance has it, so each comparison is made of several.
const PROCESSES = Math.min(3, PAIRS)
// When a server has compiled what it runs often: after so many requests, or so many microseconds of its CPU, which large bodies take.
const WARM = { requests: 12_000, cpuTime: 2_500_000 }
// microseconds of the server
const BURST = 50_000

/** The spread of the cost of a request in that of one to another server, the base, over so many pairs. */
export async function compare (base, own, pairs = PAIRS) {
  const [spread] = await compareEach(base, [own], pairs)
  return spread
}

/**
 * The spreads of the costs of several requests to one server in that of the base. A request names its server by `module`, `name`
 * and `settings`; its `prepare` is given the server, makes what is sent in bursts, and says what answers are expected.
 */
export async function compareEach (base, owns, pairs = PAIRS) {
  const ratios = owns.map(() => [])
  for (let process = 0; process < PROCESSES; process++) {
    const [baseServer, ownServer] = await Promise.all([start(base), start(owns[0])])
    const [[measureBase], measures] = await Promise.all([warmUp(baseServer, [base]), warmUp(ownServer, owns)])
    for (const [at, measure] of measures.entries()) {
      ratios[at].push(...await pairedRatios(measureBase, measure, Math.ceil((pairs - process) / PROCESSES)))
    }
    baseServer.stop()
    ownServer.stop()
  }
  return ratios.map(formatSpread)
}

function start ({ module, name, settings }) {
  return startServer(module, name, ...settings)
}

/** Warms a server up, and gives for each request the function that measures a burst, of about as long as all others. */
async function warmUp (server, requests) {
  const measures = []
  for (const { prepare } of requests) {
    const asked = await prepare(server)
    await settle(server, asked)
    const cost = await server.burst(asked, 2 * CONNECTIONS)
    const burst = CONNECTIONS * Math.max(1, Math.round(BURST / cost / CONNECTIONS))
    measures.push(() => server.burst(asked, burst))
  }
  // one kind of request may undo what was compiled for another
  for (const measure of [...measures, ...measures]) await measure()
  return measures
}

/** Asks more and more, until requests become no cheaper. */
async function settle (server, asked) {
  let [requests, spent, cost, earlier] = [0, 0, 0, Infinity]
  for (let burst = 2 * CONNECTIONS; !isWarm(requests, spent) || cost < 0.9 * earlier; burst *= 2) {
    earlier = cost
    cost = await server.burst(asked, burst)
    requests += burst
    spent += burst * cost
  }
}

function isWarm (requests, cpuTime) {
  return requests >= WARM.requests || cpuTime >= WARM.cpuTime
}
