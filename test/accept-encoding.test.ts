import t from 'tap'
import { readAcceptedCodings } from '../lib/accept-encoding.js'
import { codesOf } from '../lib/part.js'

/** Is this accepted, somewhere in a longer text? */
function accepts (field: string | undefined, codings: string): boolean {
  return readAcceptedCodings(field).has(codesOf(`;${codings};x`), 1, codings.length + 1)
}

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
  for (const [field, gzip] of table) t.equal(accepts(field, 'gzip'), gzip, String(field))
})

t.test('several codings on one answer are all to be accepted', async t => {
  const table: ReadonlyArray<readonly [field: string, codings: string, accepted: boolean]> = [
    ['gzip, br', 'br,gzip', true],
    ['gzip', 'br,gzip', false],
    ['gzip', 'gzip,br', false],
    ['gzip, br', 'gzip,', false],
    ['*', 'gzip,', true],
    ['*, br;q=0', 'gzip,zstd', true],
    ['*, br;q=0', 'gzip,br', false],
    ['gzip', '', false],
    ['*', '', true],
    ['gzip', 'GZIP', false],
    // no coding has a semicolon
    ['*', 'gzip;x', false],
    ['gzip', 'gzip;x', false]
  ]
  for (const [field, codings, accepted] of table) t.equal(accepts(field, codings), accepted, `${codings} of ${field}`)
})

t.test('a long hostile field is read in one pass', async t => {
  for (const part of [',', ';', ' ', '\t', 'q=', 'gzip;', 'gzip;q=0,', 'a b']) {
    t.equal(accepts(part.repeat(100_000), 'gzip'), false, part)
  }
})
