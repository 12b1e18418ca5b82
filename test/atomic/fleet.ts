import { ServerProcess, type Place } from './server-process.js'
import { until } from './until.js'
import type { VariantName } from './variants.js'

/** The processes that serve one variant on one database. */
export class Fleet {
  readonly #variant: VariantName
  readonly #place: Place
  readonly #servers: Array<ServerProcess | undefined>
  #turn = 0
  #restarted: Promise<void> = Promise.resolve()

  private constructor (variant: VariantName, place: Place, servers: ServerProcess[]) {
    this.#variant = variant
    this.#place = place
    this.#servers = servers
  }

  static async start (variant: VariantName, processes: number, place: Place): Promise<Fleet> {
    const starting = Array.from({ length: processes }, () => ServerProcess.start(variant, place))
    const servers = (await Promise.allSettled(starting)).flatMap(result => result.status === 'fulfilled' ? [result.value] : [])
    const fleet = new Fleet(variant, place, servers)
    if (servers.length < processes) await fleet.end()
    // throws what kept the first of them from starting
    await Promise.all(starting)
    return fleet
  }

  /** A process that is up; each in turn. */
  async next (signal: AbortSignal): Promise<ServerProcess> {
    for (;;) {
      const up = this.#servers.filter(server => server !== undefined)
      if (up.length > 0) return up[this.#turn++ % up.length]!
      signal.throwIfAborted()
      await this.#restarted
    }
  }

  /** Kills a process while it has a PUT to answer, and starts another in its place. Tells how many PUTs it had. */
  async killBusy (at: number, signal: AbortSignal): Promise<number> {
    const server = this.#servers[at]!
    await until(() => server.putsInFlight > 0, signal)
    const { putsInFlight } = server
    this.#servers[at] = undefined
    this.#restarted = this.#restart(at, server)
    await this.#restarted
    return putsInFlight
  }

  async #restart (at: number, server: ServerProcess): Promise<void> {
    await server.kill()
    this.#servers[at] = await ServerProcess.start(this.#variant, this.#place)
  }

  async end (): Promise<void> {
    await Promise.all(this.#servers.map(server => server?.end()))
  }
}
