import { FST_ETAG_INVALID_VERSION } from '../errors.js'
import { readField } from './field.js'
import { versionTag } from './version-tag.js'
import type { NameState } from './named-state.js'

/** A state is named by the first of these fields that is set. */
export interface TimestampSource {
  readonly timestamp: string | readonly string[]
  /** Promises that the column itself keeps no more than milliseconds, so that a Date has lost nothing. */
  readonly precision?: 'ms' | undefined
}

/** Names a state by when it was written: text as it is, with all its microseconds. */
export function timestampSource ({ timestamp, precision }: TimestampSource): NameState {
  const fields = typeof timestamp === 'string' ? [timestamp] : timestamp
  return state => {
    const field = fields.find(name => isSet(readField(state, [name]))) ?? fields[0]!
    const version = readField(state, [field])
    return { version, etag: versionTag(version instanceof Date ? textOf(version, field, precision) : version, `The field ${field}`) }
  }
}

function isSet (value: unknown): boolean {
  return value !== null && value !== undefined
}

// Two writes in one millisecond have one Date, and the later one would overwrite the earlier unseen.
function textOf (date: Date, field: string, precision: TimestampSource['precision']): string {
  if (precision !== 'ms') {
    throw new FST_ETAG_INVALID_VERSION(`The field ${field}`,
      "a Date, which has lost its microseconds; select the timestamp as text, or promise by precision: 'ms' that the column has none")
  }
  if (Number.isNaN(date.getTime())) throw new FST_ETAG_INVALID_VERSION(`The field ${field}`, 'an invalid Date')
  return date.toISOString()
}
