import t from 'tap'
import { AcceptedCodings } from '../lib/accept-encoding.js'
import { codesOf } from '../lib/part.js'
import { stateTag } from '../lib/representation-tag.js'
import { StandIns } from '../lib/stand-ins.js'
import type { EntityTag } from '../lib/entity-tag.js'

const strong = (opaque: string): EntityTag => ({ weak: false, opaque })

/** Does the tag stand for the current one, by what follows the name of this state in it? */
function has (standIns: StandIns, state: string, opaque: string): boolean {
  return standIns.has(codesOf(`"${opaque}", "`), state.length + 1, opaque.length + 1)
}

const gzipAlone = new AcceptedCodings('gzip')

t.test('a tag stands for that of the same representation in a coding that is accepted, and for no other', async t => {
  const table: ReadonlyArray<readonly [current: string, yes: readonly string[], no: readonly string[]]> = [
    ['3', ['3', '3;gzip'], ['3;br', '3;gzip;summary', '3;identity;summary', '3;', '3;gzip;', '3-gzip']],
    ['3;identity;summary', ['3;identity;summary', '3;gzip;summary'], ['3', '3;gzip', '3;br;summary', '3;gzip;x;summary', '3;summary', '3;gzip;summary;', '3;identity']],
    ['3;identity;2.0.0;summary', ['3;gzip;2.0.0;summary'], ['3;gzip;summary', '3;gzip;2.0.0']],
    ['3;identity;', ['3;identity;', '3;gzip;'], ['3', '3;gzip', '3;']],
    ['', ['', ';gzip'], [';', ';br']],
    // such a one a handler has made
    ['3;own', ['3;own'], ['3', '3;gzip', '3;gzip;own']]
  ]
  for (const [current, yes, no] of table) {
    const standIns = StandIns.ofRepresentation(strong(current), gzipAlone, false)
    const { opaque: state } = stateTag(strong(current))
    for (const sent of yes) t.equal(has(standIns, state, sent), true, `${sent} for ${current}`)
    for (const sent of no) t.equal(has(standIns, state, sent), false, `${sent} for ${current}`)
  }
})

t.test('where every coding is accepted, a variant is none', async t => {
  const standIns = StandIns.ofRepresentation(strong('3;identity;x'), new AcceptedCodings('*'), true)
  for (const sent of ['3;gzip;x', '3;own;x', '3;identity;x', '3;own;x-br']) t.equal(has(standIns, '3', sent), true, sent)
  for (const sent of ['3;x', '3;own', '3;;;x', '3;a;b;x', '3;x-br', '3']) t.equal(has(standIns, '3', sent), false, sent)
})

t.test('a tag is one of a state whatever follows the semicolon', async t => {
  for (const sent of ['3', '3;', '3;gzip', '3;gzip;summary']) t.equal(has(StandIns.ofState(false), '3', sent), true, sent)
  for (const sent of ['3-gzip', '33']) t.equal(has(StandIns.ofState(false), '3', sent), false, sent)
})

t.test('what proxies write at the end of a tag is passed over, once', async t => {
  const itself = StandIns.itself(true)
  const ofState = StandIns.ofState(true)
  const coded = (current: string) => StandIns.ofRepresentation(strong(current), gzipAlone, true)
  const table: ReadonlyArray<readonly [standIns: StandIns, state: string, yes: readonly string[], no: readonly string[]]> = [
    [itself, '3', ['3', '3-gzip', '3--gzip', '3-br', '3-zstd', '3-deflate', '3-gunzip', '3-df'],
      ['3-gzip-gzip', '3---gzip', '3gzip', '3-GZIP', '3-gzipx', '3-', '3--', '3-g', '3-zip', '3-xdeflate', '3;gzip']],
    [itself, 'own-gzip', ['own-gzip', 'own-gzip-br'], []],
    [itself, '', ['', '-gzip', '--gzip'], ['gzip', '-']],
    // two dashes are taken for the proxy's
    [itself, '3-', ['3-'], ['3--gzip']],
    [ofState, '3', ['3-gzip', '3;gzip-gzip', '3;x'], ['3-x', '3-x-gzip']],
    [coded('3'), '3', ['3', '3;gzip', '3-br', '3;gzip-gzip', '3;gzip--br'], ['3;br', '3;br-gzip', '3;gzip-gzip-gzip', '3;gzip-x', '3;-gzip']],
    [coded('3;identity;x'), '3', ['3;identity;x-br', '3;gzip;x-br'], ['3-br', '3;gzip-br', '3;gzip;y-br', '3;br;x-br']]
  ]
  for (const [standIns, state, yes, no] of table) {
    for (const sent of yes) t.equal(has(standIns, state, sent), true, `${sent} for ${state}`)
    for (const sent of no) t.equal(has(standIns, state, sent), false, `${sent} for ${state}`)
  }
})

t.test('what stands beside a tag is no part of it', async t => {
  const coded = StandIns.ofRepresentation(strong('3-gzip;identity;x'), gzipAlone, true)
  t.equal(StandIns.itself(true).has(codesOf('"3-gzip"'), 7, 7), true, 'nothing, behind a name that ends like a suffix')
  t.equal(coded.has(codesOf('"3-gzip"'), 7, 7), false, 'and where something has to follow')
  t.equal(coded.has(codesOf(''), 0, 0), false, 'nothing at all')
})
