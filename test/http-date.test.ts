import t from 'tap'
import fc from 'fast-check'
import { formatHttpDate, parseHttpDate } from '../lib/http-date.js'

const seconds = (iso: string) => Date.parse(iso) / 1000
const now = seconds('2024-06-15T12:00:00Z')
const moment = (iso: string | undefined) => iso === undefined ? undefined : seconds(iso)

t.test('the three forms of RFC 9110, 5.6.7, say the same moment', async t => {
  for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'Sun Nov 06 08:49:37 1994']) {
    t.equal(parseHttpDate(text, now), 784111777, text)
  }
  t.equal(formatHttpDate(784111777), 'Sun, 06 Nov 1994 08:49:37 GMT')
})

t.test('only a day and a time that a calendar and a clock have are read', async t => {
  const table = [
    ['Thu, 29 Feb 2024 00:00:00 GMT', '2024-02-29T00:00:00Z'],
    ['Wed, 29 Feb 2023 00:00:00 GMT', undefined],
    ['Tue, 29 Feb 2000 00:00:00 GMT', '2000-02-29T00:00:00Z'],
    ['Thu, 29 Feb 1900 00:00:00 GMT', undefined],
    ['Fri, 30 Feb 2024 00:00:00 GMT', undefined],
    ['Wed, 31 Jan 2024 00:00:00 GMT', '2024-01-31T00:00:00Z'],
    ['Wed, 31 Apr 2024 00:00:00 GMT', undefined],
    ['Thu, 32 Jan 2024 00:00:00 GMT', undefined],
    ['Sun, 00 Jan 2024 00:00:00 GMT', undefined],
    ['Sun Jan  0 00:00:00 2024', undefined],
    ['Fri Feb 30 00:00:00 2024', undefined],
    ['Friday, 30-Feb-24 00:00:00 GMT', undefined],
    ['Mon, 01 Jan 2024 23:59:59 GMT', '2024-01-01T23:59:59Z'],
    ['Mon, 01 Jan 2024 24:00:00 GMT', undefined],
    ['Mon, 01 Jan 2024 23:60:00 GMT', undefined],
    ['Monday, 01-Jan-24 24:00:00 GMT', undefined],
    ['Mon Jan  1 23:60:00 2024', undefined],
    ['Sat, 01 Jan 0000 00:00:00 GMT', '0000-01-01T00:00:00Z'],
    ['Sat, 01 Jan 0099 00:00:00 GMT', '0099-01-01T00:00:00Z'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', '9999-12-31T23:59:59Z']
  ] as const
  for (const [text, iso] of table) t.equal(parseHttpDate(text, now), moment(iso), text)
})

t.test('a leap second ends a day, is the first second of the next one, and comes at no other time', async t => {
  const table = [
    ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00Z'],
    ['Saturday, 31-Dec-16 23:59:60 GMT', '2017-01-01T00:00:00Z'],
    ['Sat Dec 31 23:59:60 2016', '2017-01-01T00:00:00Z'],
    ['Sat, 31 Dec 2016 23:59:61 GMT', undefined],
    ['Sat, 31 Dec 2016 23:58:60 GMT', undefined],
    ['Sat, 31 Dec 2016 22:59:60 GMT', undefined]
  ] as const
  for (const [text, iso] of table) t.equal(parseHttpDate(text, now), moment(iso), text)
})

t.test('a year of two digits is the latest that is not more than 50 years ahead', async t => {
  const table = [
    // now, day of the rfc850-date, its year in full
    ['2024-06-15T12:00:00Z', '15-Jun-74 11:59:59', 2074],
    ['2024-06-15T12:00:00Z', '15-Jun-74 12:00:00', 2074],
    ['2024-06-15T12:00:00Z', '15-Jun-74 12:00:01', 1974],
    ['2024-06-15T12:00:00Z', '14-Jun-74 23:00:00', 2074],
    ['2024-06-15T12:00:00Z', '16-Jun-74 00:00:00', 1974],
    ['2024-06-15T12:00:00Z', '31-Dec-73 00:00:00', 2073],
    ['2024-06-15T12:00:00Z', '01-Jan-75 00:00:00', 1975],
    ['2024-06-15T12:00:00Z', '15-Jun-24 12:00:01', 2024],
    ['2024-06-15T12:00:00Z', '01-Jan-00 00:00:00', 2000],
    ['2024-06-15T12:00:00Z', '31-Dec-99 23:59:59', 1999],
    ['1994-11-06T08:49:37Z', '01-Jan-00 00:00:00', 2000],
    ['1994-11-06T08:49:37Z', '06-Nov-44 08:49:37', 2044],
    ['1994-11-06T08:49:37Z', '06-Nov-44 08:49:38', 1944],
    ['2060-01-01T00:00:00Z', '31-Dec-09 23:59:59', 2109],
    ['2060-01-01T00:00:00Z', '01-Jan-10 00:00:00', 2110],
    ['2060-01-01T00:00:00Z', '01-Jan-10 00:00:01', 2010],
    ['2060-01-01T00:00:00Z', '01-Jan-59 00:00:00', 2059],
    ['2060-01-01T00:00:00Z', '29-Feb-00 00:00:00', 2000]
  ] as const
  for (const [today, day, year] of table) {
    const date = parseHttpDate(`Monday, ${day} GMT`, seconds(today))
    t.equal(date && new Date(date * 1000).getUTCFullYear(), year, `${day}, read at ${today}`)
  }
})

t.test('text outside the three forms is no date, and no part of it is guessed', async t => {
  const right = 'Sun, 06 Nov 1994 08:49:37 GMT'
  const table = [
    '', '0', '784111777', '1994', '2099', '2099-01-01', '1994-11-06T08:49:37Z', '1994-11-06 08:49:37', 'now', 'yesterday', 'Invalid Date',
    right.toLowerCase(), right.toUpperCase(), 'sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 gmt',
    'sunday, 06-Nov-94 08:49:37 GMT', 'Sunday, 06-NOV-94 08:49:37 GMT', 'SUN Nov  6 08:49:37 1994',
    'Son, 06 Nov 1994 08:49:37 GMT', '06 Nov 1994 08:49:37 GMT', 'Sun, 06 Okt 1994 08:49:37 GMT', 'Sun, 06 13 1994 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT', 'Sun,  6 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 94 08:49:37 GMT', 'Sun, 06 Nov 1994 8:49:37 GMT',
    'Sun, 06 Nov 1994 08:49 GMT', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 08:49:37 UTC', 'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37.000 GMT', 'Sun, 06 Nov 11994 08:49:37 GMT', 'Sun, 06 Nov -994 08:49:37 GMT', 'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT', 'Sunday, 06-Nov-1994 08:49:37 GMT', 'Sunday, 6-Nov-94 08:49:37 GMT', 'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 94', 'Sun Nov  6 08:49:37 1994 GMT', 'Sunday Nov  6 08:49:37 1994', 'Sun, Nov  6 08:49:37 1994', 'Sun Nov 0６ 08:49:37 1994',
    ` ${right}`, `${right} `, `${right}\n`, `"${right}"`, `${right}, ${right}`, `${right}; length=5`
  ]
  for (const text of table) t.equal(parseHttpDate(text, now), undefined, JSON.stringify(text))
})

t.test('every second of the years 0000 to 9999 is formatted as JavaScript does and parses back', async t => {
  const ends = { min: seconds('0000-01-01T00:00:00Z'), max: seconds('9999-12-31T23:59:59Z') }
  const any = fc.oneof(fc.integer(ends), fc.constantFrom(ends.min, ends.max, -1, 0, 1))
  fc.assert(fc.property(any, fc.integer(ends), (date, now) => {
    const text = formatHttpDate(date)
    return text === new Date(date * 1000).toUTCString() && parseHttpDate(text, now) === date
  }), { numRuns: 2000 })
})

t.test('the older forms of any moment within 50 years are read as that moment', async t => {
  const days: Record<string, string> = {
    Sun: 'Sunday', Mon: 'Monday', Tue: 'Tuesday', Wed: 'Wednesday', Thu: 'Thursday', Fri: 'Friday', Sat: 'Saturday'
  }
  const year = 365 * 24 * 3600
  fc.assert(fc.property(fc.integer({ min: now - 49 * year, max: now + 50 * year }), date => {
    const [day, dd, month, yyyy, time] = formatHttpDate(date).replace(',', '').split(' ') as [string, string, string, string, string]
    return parseHttpDate(`${days[day]}, ${dd}-${month}-${yyyy.slice(2)} ${time} GMT`, now) === date &&
      parseHttpDate(`${day} ${month} ${dd.replace(/^0/, ' ')} ${time} ${yyyy}`, now) === date
  }), { numRuns: 2000 })
})

t.test('whatever is read is formatted as a date that says the same, and no text makes the parser throw', async t => {
  const two = fc.integer({ min: 0, max: 70 }).map(n => String(n).padStart(2, '0'))
  const month = fc.constantFrom('Jan', 'Feb', 'Apr', 'Nov', 'Dec', 'Foo')
  const nearly = fc.tuple(two, month, two, two, two, two).map(([day, month, year, h, m, s]) => `Mon, ${day} ${month} 20${year} ${h}:${m}:${s} GMT`)
  fc.assert(fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), text => {
    const date = parseHttpDate(text, now)
    // the name of the day is not compared with the day, and a leap second is written as the next one
    return date === undefined || text.endsWith('23:59:60 GMT') || formatHttpDate(date).slice(4) === text.slice(4)
  }), { numRuns: 5000 })
})

t.test('a long hostile value is no date', async t => {
  for (const part of [',', ' ', '"', '"",', '0', ':', 'Sun, ', 'Sunday, 06-', 'Sun Nov  ', 'Sun, 06 Nov 1994 08:49:37 GMT']) {
    t.equal(parseHttpDate(part.repeat(1_000_000 / part.length), now), undefined, JSON.stringify(part))
  }
  t.equal(parseHttpDate(`Sun, 06 Nov 1994 08:49:37${' '.repeat(1_000_000)}GMT`, now), undefined, 'blanks before GMT')
})
