import { asksForRange, type ConditionalRequest } from './conditions.js'
import { mayEverHold, mayHonourRange } from './if-range.js'
import type { Conditions, Validators } from './preconditions.js'

/** May one request be answered with the part that it asks for (RFC 9110, 13.1.5 and 14.2)? */
export class RequestRange {
  readonly #request: ConditionalRequest
  #isSettled = false

  constructor (request: ConditionalRequest) {
    this.#request = request
  }

  /** Is it known that the part may be sent, given the validators of the whole, as far as they are known? */
  mayUse ({ ifRange }: Conditions, known: Validators | undefined): boolean {
    if (!asksForRange(this.#request)) return false
    return ifRange === undefined || (known !== undefined && holds(ifRange, known))
  }

  /** The same before the method runs: `undefined` where only the answer tells, or nobody asks. */
  settle (sent: Conditions, known: Validators | undefined): boolean | undefined {
    if (sent.ifRange === undefined) return undefined
    if (known !== undefined) {
      this.#isSettled = this.mayUse(sent, known)
      return this.#isSettled
    }
    return mayEverHold(sent.ifRange, now()) ? undefined : false
  }

  /**
   * Is a part that is about to be sent one of another state than If-Range names, and so of no use to its client? `own`: the
   * validators that its handler set itself, which are all that tells where nothing was settled before.
   */
  isOfAnother ({ ifRange }: Conditions, label: Validators, own: Validators): boolean {
    if (ifRange === undefined) return false
    if (this.#isSettled) return label.etag !== undefined && !holds(ifRange, label)
    return !holds(ifRange, { etag: own.etag ?? label.etag, lastModified: own.lastModified ?? label.lastModified })
  }
}

function holds (ifRange: string, { etag, lastModified }: Validators): boolean {
  // while its second is not over, a date may come to stand for another state
  return mayHonourRange(ifRange, { etag, lastModified, dateIsStrong: lastModified !== undefined && lastModified < now() }, now())
}

// in seconds
function now (): number {
  return Math.floor(Date.now() / 1000)
}
