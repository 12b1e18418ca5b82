import { concernsRepresentation, isRead, type Validators } from './preconditions.js'
import type { DescribedState } from './sources/described-state.js'

/** What may say which state an answer shows. */
export interface LabelFacts {
  readonly method: string
  /** How the source of the route was declared. */
  readonly source: 'none' | 'field' | 'function'
  /** The object that is sent; `undefined` where text, bytes or nothing is. */
  readonly sent: unknown
  /** The state that was loaded, and whether the handler asked for it. */
  readonly current: unknown
  readonly handedOut: boolean
  /** What the guarded write returned. */
  readonly written: unknown
  readonly describe: (state: unknown) => DescribedState
}

/**
 * Finds the validators that label a successful answer, or `undefined` where nothing tells them.
 *
 * A read is labelled by what is sent, else by what was loaded before, never by anything loaded later: a tag that is
 * newer than its body makes the next write overwrite what its client never saw. A write is labelled by what was
 * written, else by what is sent, never by the state before it. What a DELETE removed labels nothing.
 */
export function labelOf (facts: LabelFacts): Validators | undefined {
  const { method, source, sent, current, handedOut, written } = facts
  if (method === 'DELETE' || !concernsRepresentation(method)) return undefined
  if (!isRead(method)) return firstNamed(describeObject(facts, written), () => describeObject(facts, sent))

  // A function finds something in any object, so the state it was written for goes first.
  return source === 'function' && handedOut
    ? firstNamed(describeState(facts, current), () => undefined)
    : firstNamed(describeObject(facts, sent), () => describeState(facts, current))
}

// What has a tag goes before what has a date alone.
function firstNamed (first: DescribedState | undefined, second: () => DescribedState | undefined): Validators | undefined {
  if (first?.etag !== undefined) return first
  const other = second()
  if (other?.etag !== undefined) return other
  return [first, other].find(described => described?.lastModified !== undefined)
}

function describeState ({ describe }: LabelFacts, state: unknown): DescribedState | undefined {
  return state === undefined || state === null ? undefined : describe(state)
}

// Of what a handler sends or returns, text and numbers are no states.
function describeObject (facts: LabelFacts, value: unknown): DescribedState | undefined {
  return typeof value === 'object' ? describeState(facts, value) : undefined
}
