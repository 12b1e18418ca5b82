import { randomUUID } from 'node:crypto'
import { CHECKPOINTS, type Checkpoint, type Stage } from '../checkpoint.js'
import { NotChecked } from './wrong.js'

/** What a request must carry to be held. */
export type Mark = Readonly<Record<string, string>>

// A field of no meaning to anybody else, by which the requests of one hold are known.
const MARK = 'fastify-etag-policy-hold'

// How long those who wait may keep others from coming, by a lock or by the last connection of a pool.
const PATIENCE = 1000

/** Makes requests wait at a stage, in the process that they are served in, until they are let go. */
export class Hold {
  /** Those that have come. */
  readonly requests: Array<Checkpoint['request']> = []
  readonly #id = randomUUID()
  readonly #stage: Stage
  readonly #opened: Promise<void>
  #open!: () => void
  #wake = (): void => {}

  constructor (stage: Stage) {
    this.#stage = stage
    this.#opened = new Promise(resolve => { this.#open = resolve })
    CHECKPOINTS.subscribe(this.#meet)
  }

  get headers (): Mark {
    return { [MARK]: this.#id }
  }

  /**
   * Waits until each of these requests has come to the stage or was answered without it, or those that have come keep
   * the others from it. Tells how many came. A request that is neither held nor answered is waited for without end.
   */
  async meet (answers: ReadonlyArray<Promise<unknown>>): Promise<number> {
    let answered = 0
    let patience: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      this.#wake = () => {
        clearTimeout(patience)
        if (this.requests.length + answered >= answers.length) resolve()
        else if (this.requests.length > 0) patience = setTimeout(resolve, PATIENCE)
      }
      for (const answer of answers) {
        const note = (): void => { answered++; this.#wake() }
        answer.then(note, note)
      }
      this.#wake()
    })
    this.#wake = () => {}
    return this.requests.length
  }

  /** Lets them go, and holds no more. */
  release (): void {
    CHECKPOINTS.unsubscribe(this.#meet)
    this.#open()
  }

  // A closed schema takes the field off `headers`, but not off the lines that came over the connection.
  readonly #meet = (message: unknown): void => {
    const { stage, request, waitFor } = message as Checkpoint
    const { rawHeaders, headers } = request.raw
    if (stage !== this.#stage || !(rawHeaders.includes(this.#id) || headers[MARK] === this.#id)) return
    waitFor(this.#opened)
    this.requests.push(request)
    this.#wake()
  }
}

const BY: Readonly<Record<Stage, string>> = { checked: '', loaded: ', whose handler reads by load()', written: ', whose handler writes by guard()' }

/**
 * Sends a request, does something while it waits at a stage, and gives its answer when it was let go. Not checked where
 * it cannot be made to wait, or where nobody is served while it does.
 */
export async function whileHeld<Answer> (
  stage: Stage, send: (mark: Mark) => Promise<Answer>, meanwhile: (request: Checkpoint['request']) => Promise<void>
): Promise<Answer> {
  const hold = new Hold(stage)
  const pending: Array<Promise<unknown>> = []
  let answer: Promise<Answer>
  try {
    answer = send(hold.headers)
    pending.push(answer)
    if (await hold.meet([answer]) === 0) {
      await answer
      throw new NotChecked(`only what a Fastify instance of this process serves, on a route with config.etag${BY[stage]}, can be made to wait`)
    }
    const done = meanwhile(hold.requests[0]!)
    pending.push(done)
    await inTime(done)
  } finally {
    hold.release()
    await Promise.allSettled(pending)
  }
  return answer
}

async function inTime (done: Promise<void>): Promise<void> {
  let patience: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    patience = setTimeout(() => reject(new NotChecked('nobody can come between: the others are not answered while one waits')), PATIENCE)
  })
  try {
    await Promise.race([done, late])
  } finally {
    clearTimeout(patience)
  }
}
