// How does a benchmark have a server in a process of its own? It is told the port, and the CPU time of that process whenever it asks.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

// Where a full collection of garbage comes before V8 has compiled process.nextTick, it forgets for good what a tick is made of, and every
// request takes some 3 microseconds more. Whether one does depends on how much an application loads at its start, and then on chance.
// With so many megabytes to begin with, none comes in time to any server here.
const HEAP = '--initial-heap-size=64'

/** Starts this file, which tells its port; `name` is what an error calls it. */
export async function startProcess (name, file, settings, env = {}) {
  const child = fork(path.join(import.meta.dirname, file), settings, { execArgv: [...process.execArgv, HEAP], env: { ...process.env, NODE_ENV: 'production', ...env } })
  const exited = once(child, 'exit')
  const ended = exited.then(([code]) => { throw new Error(`${name} ended with ${code}`) })
  const next = async () => (await Promise.race([once(child, 'message'), ended]))[0]
  const port = await next()
  return {
    port,
    /** Microseconds of CPU that it has taken. */
    cpuTime () {
      child.send('cpu')
      return next()
    },
    /** Ends it; gives when it has. */
    stop () {
      ended.catch(() => {})
      child.disconnect()
      return exited
    }
  }
}
