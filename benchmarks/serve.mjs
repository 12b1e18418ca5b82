// One server in a process of its own: tells its port, and its CPU time in microseconds whenever it is asked.

import { cpuTime } from './cpu-time.mjs'

const [module, name, ...settings] = process.argv.slice(2)
const { SERVERS } = await import(`./${module}`)
const port = await SERVERS[name].start(...settings)
process.on('message', () => process.send(cpuTime()))
process.on('disconnect', () => process.exit())
process.send(port)
