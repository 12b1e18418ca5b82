// What does one request cost a server next to another? Ratios of their CPU times, from processes that take turns.

import { CONNECTIONS, startServer } from './bursts.mjs'
import { formatSpread, pairedRatios, PAIRS } from './ratios.mjs'

// A process compiles its code as chance has it, so each comparison is made of several.
const PROCESSES = Math.min(3, PAIRS)
// microseconds of the server
const WARM = 400_000
const BURST = 80_000

/**
 * The spread of the cost of `own` in that of `base`. Each is a server by module, name and settings, with `prepare`: given the
 * server, it makes the requests of the bursts and says what answers are expected.
 */
export async function compare (base, own) {
  const ratios = []
  for (let process = 0; process < PROCESSES; process++) {
    const servers = await Promise.all([base, own].map(({ module, name, settings }) => startServer(module, name, ...settings)))
    const [measureBase, measureOwn] = await Promise.all([base, own].map(({ prepare }, at) => warmUp(servers[at], prepare)))
    ratios.push(...await pairedRatios(measureBase, measureOwn, Math.ceil((PAIRS - process) / PROCESSES)))
    for (const server of servers) server.stop()
  }
  return formatSpread(ratios)
}

/** Asks until the server has worked long enough, and gives bursts that take it about as long as those of any other. */
async function warmUp (server, prepare) {
  const asked = await prepare(server)
  for (let requests = 2 * CONNECTIONS, spent = 0; ; requests *= 2) {
    const cost = await server.burst(asked, requests)
    spent += requests * cost
    if (spent < WARM) continue
    const burst = CONNECTIONS * Math.max(2, Math.round(BURST / cost / CONNECTIONS))
    return () => server.burst(asked, burst)
  }
}
