import { concernsRepresentation, isRead } from './preconditions.js'
import type { DescribedState } from './sources/described-state.js'

/** What may say which state an answer shows. */
export interface LabelFacts {
  readonly method: string
  /** How the source of the route was declared. */
  readonly source: 'none' | 'field' | 'function' | 'digest'
  /** The object that is sent; `undefined` where text, bytes or nothing is. */
  readonly sent: unknown
  /** The state that was loaded, and whether the handler asked for it. */
  readonly current: unknown
  readonly handedOut: boolean
  /** What the guarded write returned. */
  readonly written: unknown
  /** The state that the handler named by `reply.validators`; `undefined` where it named none. */
  readonly named: unknown
  /** Are answers to writes labelled at all? */
  readonly answer: boolean
  readonly describing: Describing
}

/** How states are described: the one that the handler named, and any other. */
export interface Describing {
  describe (state: unknown): DescribedState
  describeNamed (state: unknown): DescribedState
}

/**
 * Finds what labels a successful answer, or `undefined` where nothing tells it.
 *
 * What the handler names goes first. A read is labelled by what is sent, else by what was loaded before, never by anything loaded later: a tag that is
 * newer than its body makes the next write overwrite what its client never saw. A write is labelled by what was
 * written, else by what is sent, unless its tag is a digest, which anything has; never by the state before it. What a DELETE removed labels nothing.
 */
export function labelOf (facts: LabelFacts): DescribedState | undefined {
  const { method, source, sent, current, handedOut, written, named, answer } = facts
  if (named !== undefined) return named === null ? undefined : facts.describing.describeNamed(named)
  if (!isLabelled(method)) return undefined
  if (!isRead(method)) {
    if (!answer) return undefined
    const first = describeObject(facts, written)
    return first?.etag !== undefined ? first : firstNamed(first, source === 'digest' ? undefined : describeObject(facts, sent))
  }

  // A function finds something in any object, so the state it was written for goes first.
  if (source === 'function' && handedOut) return firstNamed(describeState(facts, current), undefined)
  const first = describeObject(facts, sent)
  return first?.etag !== undefined ? first : firstNamed(first, describeState(facts, current))
}

/** May a success of this method show a state? What a DELETE removed is none. */
export function isLabelled (method: string): boolean {
  return method !== 'DELETE' && concernsRepresentation(method)
}

// What has a tag goes before what has a date alone, and that before what says by null that it has none.
function firstNamed (first: DescribedState | undefined, other: DescribedState | undefined): DescribedState | undefined {
  if (first?.etag !== undefined) return first
  if (other?.etag !== undefined) return other
  const both = [first, other]
  return both.find(described => described?.lastModified !== undefined) ?? both.find(described => described?.version === null)
}

function describeState ({ describing }: LabelFacts, state: unknown): DescribedState | undefined {
  return state === undefined || state === null ? undefined : describing.describe(state)
}

// Of what a handler sends or returns, text and numbers are no states.
function describeObject (facts: LabelFacts, value: unknown): DescribedState | undefined {
  return typeof value === 'object' ? describeState(facts, value) : undefined
}
