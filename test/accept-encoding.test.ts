import t from 'tap'
import { readAcceptedCodings } from '../lib/accept-encoding.js'

t.test('a coding is accepted that is named, or that * stands for, unless its weight is nothing', async t => {
  const table: ReadonlyArray<readonly [field: string | undefined, gzip: boolean]> = [
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZip', true],
    ['br, gzip', true],
    ['br,gzip;q=0.5', true],
    ['br , gzip ; q=1.000', true],
    ['gzip;Q=0.001', true],
    ['gzip;q=0', false],
    ['gzip;q=0.000, br', false],
    ['br', false],
    ['x-gzip', false],
    ['gzipped', false],
    ['*', true],
    ['*;q=0.1', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['*, gzip;q=0', false],
    ['*;q=0, gzip', true],
    ['identity', false],
    // what is outside the grammar names nothing
    ['gzip;q=', false],
    ['gzip;q=2', false],
    ['gzip;level=9', false],
    ['gzip br', false],
    [',,gzip,', true],
    ['\tgzip\t;\tq=1', true]
  ]
  for (const [field, gzip] of table) t.equal(readAcceptedCodings(field)('gzip'), gzip, String(field))
})

t.test('a long hostile field is read in one pass', async t => {
  for (const part of [',', ';', ' ', '\t', 'q=', 'gzip;', 'gzip;q=0,', 'a b']) {
    t.equal(readAcceptedCodings(part.repeat(100_000))('gzip'), false, part)
  }
})
