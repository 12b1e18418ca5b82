// How much CPU time does a call take? What else the machine does meanwhile is left out, as far as that can be.

/** Microseconds of CPU of this process for one of so many calls. */
export function cpuTimeOf (call, calls) {
  const before = process.cpuUsage()
  for (let at = 0; at < calls; at++) call()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}
