import { labelOf, type Describing } from './label.js'
import { readField } from './sources/field.js'
import type { EntityTag } from './entity-tag.js'
import type { RequestMembers } from './request-members.js'
import type { DescribedState } from './sources/described-state.js'
import type { Route } from './route.js'

/** How states are described for a label. */
interface DescribingAnswers extends Describing {
  /** What tells the members of a list apart, where the states are lists. */
  readonly members?: Pick<RequestMembers, 'isShown'> | undefined
}

/** What one request learns, until its answer goes out, of the state that the answer shows. */
export class AnswerLabel {
  readonly #route: Pick<Route, 'source' | 'answer' | 'annotation'>
  readonly #method: string
  readonly #describing: DescribingAnswers
  #sent: unknown

  /** The state that the handler named. */
  named: unknown
  /** What `guard` returned: the newest state that the request knows of. */
  written: unknown
  /** Did the handler ask for the state, so that its answer is made of it? */
  handedOut = false
  /** What labels a success; it has no tag where the state says so. */
  found: DescribedState | undefined

  constructor (
    route: Pick<Route, 'source' | 'answer' | 'annotation'>, method: string, describing: DescribingAnswers
  ) {
    this.#route = route
    this.#method = method
    this.#describing = describing
  }

  /** Names the state that the answer shows, whatever else would. */
  name (state: unknown): void {
    this.named = state
    this.found = undefined
  }

  /** Keeps a label that was found before, unless the handler named a state. */
  keep (found: DescribedState | undefined): void {
    if (this.named === undefined) this.found = found
  }

  /** Finds the label from the object that is sent; from what is known besides where text, bytes or nothing is. */
  find (sent: unknown, current: unknown): void {
    if (sent === undefined && this.found !== undefined) return
    const shown = stateIn(this.#route, sent)
    if (shown !== undefined) this.#sent = shown
    const { source, answer } = this.#route
    this.found = labelOf({
      method: this.#method,
      source,
      answer,
      sent: shown,
      current: this.#isShown(current) ? current : undefined,
      handedOut: this.handedOut,
      written: this.written,
      named: this.named,
      describing: this.#describing
    })
  }

  /** Takes the tag of the body that is sent, unless the handler named a state. */
  nameBody (etag: EntityTag): void {
    if (this.found?.etag === undefined) this.found = { version: etag.opaque, lastModified: this.found?.lastModified, etag }
  }

  // Of a list a handler may send a part, or another order. What it became of an object by the end is no object any more.
  #isShown (state: unknown): boolean {
    const { members } = this.#describing
    return members === undefined || this.#sent === undefined || members.isShown(this.#sent, state)
  }

  /** The state that the answer to a read shows, as far as it is known: what was loaded, else the object that is sent. */
  shown (current: unknown): unknown {
    return current ?? this.#sent
  }
}

/** The state that is in what is sent. An envelope without its state shows none. */
export function stateIn ({ annotation }: Pick<Route, 'annotation'>, sent: unknown): unknown {
  return sent === undefined || annotation === undefined || annotation.envelope.length === 0 ? sent : readField(sent, annotation.envelope) ?? null
}
