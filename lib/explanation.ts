import type { Verdict } from './verdict.js'

/** What a sentence about a refusal may mention besides the verdict. */
export interface Subject {
  readonly method: string
  /** The path of the request target, without its query. */
  readonly path: string
  /** Has the current state an entity-tag at all? */
  readonly hasTag: boolean
}

const AGAIN = 'Read it again, apply your change, and send its ETag'

// Texts that are the same each time are made once.
const OUTRUN = `The current version is no longer the one that this request began with. ${AGAIN} in If-Match.`
const OTHER_VERSION = `The current version is not the one in If-Match. ${AGAIN}.`
const CHANGED = `The document has changed. ${AGAIN} in If-Match.`

/** Says in one or two sentences why a request was refused and what to send instead: the `detail` of its problem. */
export function explain (verdict: Verdict, subject: Subject): string {
  switch (verdict.outcome) {
    case 'precondition-required':
      return verdict.reason === 'unevaluable' ? explainUncheckable(subject) : explainRequired(subject)
    case 'precondition-failed':
      return explainFailed(verdict, subject)
    case 'conflict':
      return verdict.reason === 'exists'
        ? 'A value in this request must be unique, and something else has it already.'
        : OUTRUN
    default:
      return verdict.reason === 'absent' ? explainPart(subject) : `Nothing was found at ${subject.path}.`
  }
}

function explainRequired ({ method, path, hasTag }: Subject): string {
  const demand = `${method} ${path} must name the version that it changes.`
  return hasTag
    ? `${demand} Read the document and send its ETag in If-Match.`
    : `${demand} This state has no ETag: send If-Match: *.`
}

function explainUncheckable ({ method, path }: Subject): string {
  return `${method} ${path} writes what has no version to be compared: it can be sent without checkEtag alone.`
}

function explainPart ({ path }: Subject): string {
  return `Not all that the body names was found at ${path}.`
}

function explainFailed ({ field, reason }: Verdict, subject: Subject): string {
  switch (reason) {
    case 'absent':
      // where some of it is there, so is a tag
      if (subject.hasTag) return `${explainPart(subject)} ${AGAIN}.`
      return 'Nothing exists here that If-Match could name. Send the request without it to create the document.'
    case 'exists':
      return field === undefined
        ? 'The document exists already, and this request may only create it.'
        : 'The current version is one that If-None-Match excludes.'
    case 'weak':
      return 'If-Match compares strongly, and a weak entity-tag matches nothing there, not even itself.'
    case 'unevaluable':
      return `${field} names no version that can be compared here.`
    default:
      if (field === 'If-Range') return 'The document is not the one that If-Range names. Read it as a whole, without Range.'
      return field === 'If-Match' ? OTHER_VERSION : CHANGED
  }
}

const LONGEST_QUOTE = 60

/** Says what a field must hold whose value is outside the grammar, and shows the form of the value that was sent. */
export function explainField (field: string, value: string): string {
  const shown = value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value
  const example = /^[\x21\x23-\x2b\x2d-\x7e]+$/.test(shown) ? `"${shown}"` : '"3"'
  return `${field} must be * or entity-tags in double quotes, such as ${example}; found ${shown}`
}
