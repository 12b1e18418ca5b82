/** A moment in whole seconds since 1970-01-01T00:00:00Z, as precise as HTTP can say it (RFC 9110, 5.6.7). */
export type HttpDate = number

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const DAY = '(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)'
const LONG_DAY = '(?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)'
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const TIME = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})'

// IMF-fixdate  = day-name "," SP day SP month SP year SP time-of-day SP GMT
// rfc850-date  = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
// asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT ) ) SP time-of-day SP year
const IMF_FIXDATE = new RegExp(`^${DAY}, [0-9]{2} ${MONTH} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$`)
const OLD_FORMS = [
  new RegExp(`^${LONG_DAY}, (?<day>[0-9]{2})-(?<month>${MONTH})-(?<year>[0-9]{2}) ${TIME} GMT$`),
  new RegExp(`^${DAY} (?<month>${MONTH}) (?<day>[0-9]{2}| [0-9]) ${TIME} (?<year>[0-9]{4})$`)
]

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110, 5.6.7). Text outside the grammar, and a day or an hour
 * that no calendar has, yields `undefined`. A year of two digits depends on `now`, as the RFC says.
 */
export function parseHttpDate (text: string, now: HttpDate): HttpDate | undefined {
  // what clients send back is what they were told
  if (text === formatted.text) return formatted.date
  return IMF_FIXDATE.test(text) ? parseFixdate(text) : parseOldForm(text, now)
}

// Its parts stand at the same columns always: Sun, 06 Nov 1994 08:49:37 GMT
function parseFixdate (text: string): HttpDate | undefined {
  const clock = secondsOfDay(twoDigits(text, 17), twoDigits(text, 20), twoDigits(text, 23))
  const year = twoDigits(text, 12) * 100 + twoDigits(text, 14)
  return clock === undefined ? undefined : moment(year, MONTHS.indexOf(text.slice(8, 11)), twoDigits(text, 5), clock)
}

const ZERO = 0x30

function twoDigits (text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO
}

function parseOldForm (text: string, now: HttpDate): HttpDate | undefined {
  for (const form of OLD_FORMS) {
    const parts = form.exec(text)?.groups
    if (parts === undefined) continue
    const month = MONTHS.indexOf(parts.month!)
    const clock = secondsOfDay(Number(parts.hour), Number(parts.minute), Number(parts.second))
    const day = Number(parts.day)
    const year = Number(parts.year)
    if (clock === undefined) return undefined
    return parts.year!.length === 4
      ? moment(year, month, day, clock)
      : momentOfShortYear(year, month, day, clock, now)
  }
  return undefined
}

// The years that four digits can say.
const EARLIEST = new Date('0000-01-01T00:00:00Z').getTime() / 1000
const LATEST = new Date('9999-12-31T23:59:59Z').getTime() / 1000

// The last date that was formatted: that of a resource which is asked for again and again.
let formatted = { date: 0, text: format(0) }

/** The IMF-fixdate of a moment, the only form that is generated. */
export function formatHttpDate (date: HttpDate): string {
  if (date === formatted.date) return formatted.text
  const text = format(date)
  // of no other year the text says the moment
  if (date >= EARLIEST && date <= LATEST) formatted = { date, text }
  return text
}

function format (date: HttpDate): string {
  const at = new Date(date * 1000)
  const day = `${DAYS[at.getUTCDay()]}, ${digits(at.getUTCDate(), 2)} ${MONTHS[at.getUTCMonth()]} ${digits(at.getUTCFullYear(), 4)}`
  return `${day} ${digits(at.getUTCHours(), 2)}:${digits(at.getUTCMinutes(), 2)}:${digits(at.getUTCSeconds(), 2)} GMT`
}

function digits (value: number, width: number): string {
  return String(value).padStart(width, '0')
}

// The grammar of second reaches 60 for a leap second, which is added at the end of a day.
function secondsOfDay (hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59) return undefined
  const leap = second === 60 && hour === 23 && minute === 59
  if (second > 59 && !leap) return undefined
  return hour * 3600 + minute * 60 + second
}

const YEARS_OF_CALENDAR = 400
const SECONDS_OF_CALENDAR = 146_097 * 86_400

// `Date.UTC` takes years below 100 for others, and the calendar is the same after 400 years.
function moment (year: number, month: number, day: number, clock: number): HttpDate | undefined {
  if (day < 1 || day > daysIn(year, month)) return undefined
  return Date.UTC(year + YEARS_OF_CALENDAR, month, day) / 1000 - SECONDS_OF_CALENDAR + clock
}

const LONG_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function daysIn (year: number, month: number): number {
  const isShort = month === 1 && (year % 4 !== 0 || (year % 100 === 0 && year % YEARS_OF_CALENDAR !== 0))
  return isShort ? 28 : LONG_MONTHS[month]!
}

// "more than 50 years in the future" means the most recent year in the past with the same two digits
function momentOfShortYear (twoDigits: number, month: number, day: number, clock: number, now: HttpDate): HttpDate | undefined {
  const today = new Date(now * 1000)
  const century = Math.floor(today.getUTCFullYear() / 100) * 100
  const inFiftyYears = new Date(today).setUTCFullYear(today.getUTCFullYear() + 50) / 1000

  // the latest of three centuries that is not too far ahead; a 29 February may be missing in one of them
  for (const year of [century + 100 + twoDigits, century + twoDigits, century - 100 + twoDigits]) {
    const date = moment(year, month, day, clock)
    if (date !== undefined && date <= inFiftyYears) return date
  }
  return undefined
}
