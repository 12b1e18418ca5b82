// What does a request cost a server? The CPU time of its process, over a burst of requests on connections that stay open.

import { openConnection } from './keep-alive.mjs'
import { startProcess } from './server-process.mjs'

export const CONNECTIONS = 16

/** Starts the server of this name in a process of its own: one of those that the module exports, with these settings. */
export async function startServer (module, name, ...settings) {
  const { port, cpuTime, stop } = await startProcess(name, 'serve.mjs', [module, name, ...settings])
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)))
  return {
    name,
    ask: connections[0].ask,
    /**
     * Sends so many requests, and gives the CPU time of the server for each in microseconds.
     * A request is bytes, or a function that makes them for the connection of this number. Another answer than expected ends all.
     */
    async burst ({ request, expected }, requests) {
      const before = await cpuTime()
      let left = requests
      await Promise.all(connections.map(async ({ ask }, number) => {
        while (left-- > 0) {
          const answer = await ask(typeof request === 'function' ? request(number) : request)
          for (const [what, value] of Object.entries(expected)) {
            if (answer[what] !== value) throw new Error(`${name} answers ${what} ${answer[what]} in place of ${value}:\n${answer.head}`)
          }
        }
      }))
      return (await cpuTime() - before) / requests
    },
    stop
  }
}
