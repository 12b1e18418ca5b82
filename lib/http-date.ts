/** A moment in whole seconds since 1970-01-01T00:00:00Z, as precise as HTTP can say it (RFC 9110, 5.6.7). */
export type HttpDate = number

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const DAY = '(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)'
const LONG_DAY = '(?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)'
const MONTH = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const TIME = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})'

// IMF-fixdate  = day-name "," SP day SP month SP year SP time-of-day SP GMT
// rfc850-date  = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT
// asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT ) ) SP time-of-day SP year
const FORMS = [
  new RegExp(`^${DAY}, (?<day>[0-9]{2}) ${MONTH} (?<year>[0-9]{4}) ${TIME} GMT$`),
  new RegExp(`^${LONG_DAY}, (?<day>[0-9]{2})-${MONTH}-(?<year>[0-9]{2}) ${TIME} GMT$`),
  new RegExp(`^${DAY} ${MONTH} (?<day>[0-9]{2}| [0-9]) ${TIME} (?<year>[0-9]{4})$`)
]

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110, 5.6.7). Text outside the grammar, and a day or an hour
 * that no calendar has, yields `undefined`. A year of two digits depends on `now`, as the RFC says.
 */
export function parseHttpDate (text: string, now: HttpDate): HttpDate | undefined {
  for (const form of FORMS) {
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

/** The IMF-fixdate of a moment, the only form that is generated. */
export function formatHttpDate (date: HttpDate): string {
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

function moment (year: number, month: number, day: number, clock: number): HttpDate | undefined {
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month, day)
  return midnight.getUTCMonth() === month && midnight.getUTCDate() === day
    ? midnight.getTime() / 1000 + clock
    : undefined
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
