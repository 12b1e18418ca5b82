import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import path from 'node:path'
import { exchange, type Answer, type Question } from './exchange.js'
import type { VariantName } from './variants.js'

/** Where a server finds its tables. */
export interface Place {
  readonly url: string
  readonly schema: string
}

const GRACE = 5000

/** One process that serves a variant, from its start to its end, and the connections to it. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true })
  #putsInFlight = 0
  #killed = false

  private constructor (child: ChildProcess, exited: Promise<unknown>, port: number) {
    this.#child = child
    this.#exited = exited
    this.#port = port
  }

  static async start (variant: VariantName, { url, schema }: Place): Promise<ServerProcess> {
    const child = fork(path.join(__dirname, 'server.js'), [variant, schema], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc']
    })
    const exited = once(child, 'exit')
    const port = await Promise.race([
      once(child, 'message').then(([message]) => message as number),
      exited.then(([code]) => { throw new Error(`The server of ${variant} ended with ${code} before it listened`) })
    ])
    return new ServerProcess(child, exited, port)
  }

  /** How many PUTs were sent and have no answer yet. */
  get putsInFlight (): number {
    return this.#putsInFlight
  }

  /** Was it killed? Then a connection that breaks says nothing about the write that was sent on it. */
  get killed (): boolean {
    return this.#killed
  }

  async send (question: Omit<Question, 'agent' | 'port'>): Promise<Answer> {
    const isPut = Number(question.method === 'PUT')
    this.#putsInFlight += isPut
    try {
      return await exchange({ ...question, agent: this.#agent, port: this.#port })
    } finally {
      this.#putsInFlight -= isPut
    }
  }

  /** Ends it as a crash does: nothing of it runs any more. */
  async kill (): Promise<void> {
    this.#killed = true
    this.#child.kill('SIGKILL')
    await this.#exited
    this.#agent.destroy()
  }

  /** Lets it finish what it is doing. */
  async end (): Promise<void> {
    this.#agent.destroy()
    if (this.#child.connected) this.#child.disconnect()
    const tooLong = setTimeout(() => this.#child.kill('SIGKILL'), GRACE)
    await this.#exited
    clearTimeout(tooLong)
  }
}
