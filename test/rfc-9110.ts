import type { Accepted } from '../lib/policy.js'

/**
 * RFC 9110, sections 5.6.7, 8.8.3 and 13, and the rows of the contract around it, read a second time: slowly, from their
 * text, with regular expressions, and with nothing of `lib` but a type. Tests compare the two readings.
 */

/** The validators of what is there: the tag as it stands in a field, and a date in seconds. */
export interface Standing {
  readonly etag: string | undefined
  readonly lastModified: number | undefined
}

/** A request and what it meets. `current` is undefined where nothing is there. */
export interface Asked {
  readonly method: string
  readonly lines: ReadonlyArray<readonly [name: string, value: string]>
  readonly current: Standing | undefined
  readonly now: number
  readonly required: boolean
  readonly create: 'never' | 'may' | 'only'
  readonly missing: 428 | 409
  readonly accept: readonly Accepted[]
  readonly createIgnoresIfMatch: boolean
  readonly weak: boolean
  readonly isWhole: boolean
}

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`

/** `*`, the tags of a list, or undefined where the lines together are neither (5.3, 5.6.1.2, 13.1.1). */
export function tagsIn (lines: readonly string[]): '*' | string[] | undefined {
  const value = lines.join(', ')
  if (/^[ \t]*\*[ \t]*$/.test(value)) return '*'
  if (!new RegExp(`^[ \t]*(?:${TAG})?(?:[ \t]*,[ \t]*(?:${TAG})?)*[ \t]*$`).test(value)) return undefined
  return value.match(new RegExp(TAG, 'g')) ?? []
}

const opaqueOf = (tag: string): string => tag.replace(/^W\//, '')
const weakly = (one: string, other: string): boolean => opaqueOf(one) === opaqueOf(other)
const strongly = (one: string, other: string): boolean => one === other && !one.startsWith('W/')

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const lengthOf = (year: number, month: number): number => [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]!

/** Seconds since 1970, by counting days; the month counts from 0, and a day too many is one of the next month. */
export function secondsAt (year: number, month: number, day: number, clock: number): number {
  let days = day - 1
  for (let before = 0; before < month; before++) days += lengthOf(year, before)
  const years = (to: number): number => to * 365 + Math.ceil(to / 4) - Math.ceil(to / 100) + Math.ceil(to / 400)
  return (days + years(year) - years(1970)) * 86_400 + clock
}

/** An HTTP-date in one of its three forms (5.6.7), or undefined. */
export function dateIn (text: string, now: number): number | undefined {
  const found = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text) ??
    /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-(\w{3})-(\d\d) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  const old = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) (\d\d| \d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text)
  const [day, name, digits, time] = found?.slice(1) ?? (old === null ? [] : [old[2], old[1], old[4], old[3]])
  const month = MONTHS.indexOf(name ?? '')
  if (month === -1) return undefined

  const [hour, minute, second] = time!.split(':').map(Number) as [number, number, number]
  if (hour > 23 || minute > 59 || (second > 59 && time !== '23:59:60')) return undefined
  const on = (year: number): number | undefined => Number(day) >= 1 && Number(day) <= lengthOf(year, month)
    ? secondsAt(year, month, Number(day), hour * 3600 + minute * 60 + second)
    : undefined
  return digits!.length === 4 ? on(Number(digits)) : latest(Number(digits), on, now)
}

// a year of two digits that appears to be more than 50 years in the future is the most recent one in the past with these digits
function latest (digits: number, on: (year: number) => number | undefined, now: number): number | undefined {
  const [year, month, day] = new Date(now * 1000).toISOString().split('T')[0]!.split('-').map(Number) as [number, number, number]
  const limit = secondsAt(year + 50, month - 1, day, ((now % 86_400) + 86_400) % 86_400)
  for (let candidate = year + 51; candidate > year - 150; candidate--) {
    const date = candidate % 100 === digits ? on(candidate) : undefined
    if (date !== undefined && date <= limit) return date
  }
  return undefined
}

const READS = ['GET', 'HEAD']

interface Fields {
  readonly match: '*' | string[] | 'not sent' | undefined
  readonly noneMatch: '*' | string[] | 'not sent' | undefined
  readonly since: number | undefined
  readonly until: number | undefined
}

// tags: `not sent`, or undefined where they cannot be read; dates: undefined where there is none that counts
function conditionsIn ({ method, lines, now }: Asked): Fields {
  const linesOf = (name: string): string[] => lines.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value)
  const tags = (name: string): Fields['match'] => linesOf(name).length === 0 ? 'not sent' : tagsIn(linesOf(name))
  const date = (name: string): number | undefined => linesOf(name).length === 1 ? dateIn(linesOf(name)[0]!, now) : undefined
  const [match, noneMatch] = [tags('if-match'), tags('if-none-match')]
  return {
    match,
    noneMatch,
    since: READS.includes(method) && noneMatch === 'not sent' ? date('if-modified-since') : undefined,
    until: match === 'not sent' ? date('if-unmodified-since') : undefined
  }
}

/** Does anything depend on what is there, so that it must be known before the method is performed? */
export function dependsOnState (asked: Asked): boolean {
  const { match, noneMatch, since, until } = conditionsIn(asked)
  return asked.required || match !== 'not sent' || !['not sent', undefined].includes(noneMatch as string) || since !== undefined || until !== undefined ||
    (asked.method === 'PUT' && asked.create === 'only')
}

/**
 * What is answered without the method, with the field that decided, or `perform`: the steps of 13.2.2 in their order, and
 * around them the table of answers.
 */
export function answerTo (asked: Asked): string {
  const { method, current, required, create, missing, accept, createIgnoresIfMatch, weak, isWhole } = asked
  if (['OPTIONS', 'TRACE', 'CONNECT'].includes(method)) return 'perform'
  const reading = READS.includes(method)
  const { match, noneMatch, since, until } = conditionsIn(asked)

  // outside the grammar
  if (match === undefined || (noneMatch === undefined && !reading)) return '400'

  // nothing there, or not all of it
  if (current === undefined) {
    if (method !== 'PUT' || create === 'never') return '404'
    return match === 'not sent' || createIgnoresIfMatch ? 'perform' : '412 If-Match'
  }
  if (!isWhole) return match === 'not sent' ? '404' : '412 If-Match'
  const { etag, lastModified } = current

  // 1. and 2.
  if (match !== 'not sent') {
    const compare = weak ? weakly : strongly
    if (!(match === '*' || (etag !== undefined && match.some(tag => compare(tag, etag))))) return '412 If-Match'
  } else if (until !== undefined && lastModified !== undefined && lastModified > until) {
    return '412 If-Unmodified-Since'
  }

  // 3. and 4.; a read ignores an If-None-Match that it cannot read, and the date beside it all the same
  if (noneMatch !== 'not sent' && noneMatch !== undefined) {
    const isFalse = noneMatch === '*' || (etag !== undefined && noneMatch.some(tag => weakly(tag, etag)))
    if (isFalse) return reading ? '304 If-None-Match' : '412 If-None-Match'
  } else if (since !== undefined && lastModified !== undefined && lastModified <= since) {
    return '304 If-Modified-Since'
  }

  // 6. performs the method, where the contract asks for no more
  if (method === 'PUT' && create === 'only') return '412'
  const isNamed = (match !== 'not sent' && match !== '*' && match.length > 0) ||
    (match === '*' && (etag === undefined || accept.includes('If-Match: *'))) ||
    (noneMatch !== 'not sent' && noneMatch !== undefined && noneMatch.length > 0 && accept.includes('If-None-Match')) ||
    (until !== undefined && lastModified !== undefined && accept.includes('If-Unmodified-Since'))
  return required && !isNamed ? `${missing} If-Match` : 'perform'
}
