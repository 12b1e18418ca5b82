interface Settling {
  readonly resolve: (value: any) => void
  readonly reject: (error: Error) => void
}

// Of the promise that is being made. A function of its own for each would cost as much as the promise.
let settling: Settling

function takeSettling (resolve: Settling['resolve'], reject: Settling['reject']): void {
  settling = { resolve, reject }
}

/** A promise that knows whether anybody waits for it, so that one which nobody awaits is no failure of the process. */
export class Told<Value> extends Promise<Value> {
  static override get [Symbol.species] (): PromiseConstructor {
    return Promise
  }

  readonly settling: Settling
  isTaken = false

  constructor () {
    super(takeSettling)
    this.settling = settling
  }

  override then<One, Other> (done?: ((value: Value) => One | PromiseLike<One>) | null, failed?: ((reason: any) => Other | PromiseLike<Other>) | null): Promise<One | Other> {
    this.isTaken = true
    return super.then(done, failed)
  }

  /** The same for who waits for its end, and takes nothing. */
  ended (): Promise<Value> {
    return super.then(value => value)
  }

  /** Fails, which is no failure of the process where nobody takes it. */
  fail (error: Error): void {
    super.then(undefined, () => {})
    this.settling.reject(error)
  }
}
