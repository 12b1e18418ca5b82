import { disown } from '../disown.js'
import { FST_ETAG_INVALID_DATE } from '../errors.js'
import { readField } from './field.js'
import type { HttpDate } from '../http-date.js'

/** What can say when a state was modified: a Date, milliseconds since 1970, or a timestamp with its offset from UTC. */
export type Moment = Date | number | string

/** When a state was modified, as a function of the state and the request; `null` where it is not known. */
export type LastModifiedFunction = (state: any, request: any) => Moment | null | undefined

/** Where a state has its modification date: a field, the first of several fields that is set, or a function. */
export type LastModified = string | readonly string[] | LastModifiedFunction

/** Dates a state. Throws FST_ETAG_INVALID_DATE where what it finds is no moment. */
export type DateState = (state: unknown, request: unknown) => HttpDate | undefined

/** Turns the declaration of a modification date into the function that dates states. */
export function resolveLastModified (declared: LastModified): DateState {
  if (typeof declared === 'function') {
    return (state, request) => toHttpDate(declared(state, request), 'What the lastModified function returned')
  }
  const fields = (typeof declared === 'string' ? [declared] : declared).map(field => ({ path: [field], name: `The field ${field}` }))
  return state => {
    for (const { path, name } of fields) {
      const value = readField(state, path)
      if (isSet(value)) return toHttpDate(value, name)
    }
    return undefined
  }
}

function isSet (value: unknown): boolean {
  return value !== null && value !== undefined
}

// The first and the last moment that four digits of a year can say.
const EARLIEST = new Date('0000-01-01T00:00:00Z').getTime()
const LATEST = new Date('9999-12-31T23:59:59.999Z').getTime()

/** A moment in whole seconds, its fraction cut off (RFC 9110, 8.8.2.1). */
function toHttpDate (value: unknown, name: string): HttpDate | undefined {
  if (!isSet(value)) return undefined
  const milliseconds = toMilliseconds(value)
  if (!(milliseconds >= EARLIEST && milliseconds <= LATEST)) {
    disown(value)
    throw new FST_ETAG_INVALID_DATE(name, describe(value))
  }
  return Math.floor(milliseconds / 1000)
}

function toMilliseconds (value: unknown): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'number') return value
  return typeof value === 'string' ? parseTimestamp(value) : NaN
}

// RFC 3339, and what PostgreSQL writes for a timestamptz: a space for the T, an offset of hours alone.
const TIMESTAMP = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)(?:Z|([+-][0-9]{2})(?::?([0-9]{2}))?)$/

// The last timestamp that was read: that of a resource which is asked for again and again.
let read = { text: '', milliseconds: NaN }

function parseTimestamp (text: string): number {
  if (text !== read.text) read = { text, milliseconds: parse(text) }
  return read.milliseconds
}

// Without an offset a timestamp is no moment, since it depends on where it is read.
function parse (text: string): number {
  const parts = TIMESTAMP.exec(text)
  if (parts === null) return NaN
  const [, day, time, hours, minutes] = parts
  if (!isDay(day!)) return NaN
  return new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes ?? '00'}`}`).getTime()
}

// `Date` reads 30 February as a day in March.
function isDay (day: string): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2))
}

function describe (value: unknown): string {
  if (typeof value === 'number' || value instanceof Date) return String(value)
  return typeof value === 'string' ? JSON.stringify(value) : `a value of type ${typeof value}`
}
