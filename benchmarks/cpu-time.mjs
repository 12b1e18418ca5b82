// How much CPU time does this process take? What else the machine does meanwhile is left out, as far as that can be.

/** Microseconds of CPU that this process has taken. */
export function cpuTime () {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Microseconds of CPU of this process for one of so many calls. */
export function cpuTimeOf (call, calls) {
  const before = cpuTime()
  for (let at = 0; at < calls; at++) call()
  return (cpuTime() - before) / calls
}
