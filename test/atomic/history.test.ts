import t from 'tap'
import { checkHistory, otherViolations, type Content, type Operation, type Read, type Violation, type Write } from './history.js'

let clock = 0

/** An operation after all that were made before it. */
function next<Kind extends Operation> (operation: Omit<Kind, 'start' | 'end' | 'document'>, during: Partial<Operation> = {}): Kind {
  clock += 2
  return { document: '1', start: clock, end: clock + 1, ...operation, ...during } as Kind
}

function read (tag: string, entries: readonly string[], during?: Partial<Read>): Read {
  return next<Read>({ kind: 'read', tag, members: [content(entries)] }, during)
}

function write (outcome: Write['outcome'], tag: string, base: readonly string[], entry: string, during?: Partial<Write>): Write {
  return next<Write>({ kind: 'write', outcome, tag, base, entry }, during)
}

function content (entries: readonly string[], count = entries.length): Content {
  return { entries, count }
}

function violationsOf (operations: readonly Operation[], ...members: Content[]): Partial<Record<Violation, number>> {
  const { violations } = checkHistory(operations, new Map([['1', members]]))
  return Object.fromEntries(Object.entries(violations).filter(([, count]) => count > 0))
}

t.test('a history of two documents with writes of unknown end violates nothing', async t => {
  const other = { document: '2' }
  const report = checkHistory([
    read('"1"', []),
    write('acknowledged', '"1"', [], 'a'),
    write('refused', '"1"', [], 'b'),
    read('"2"', ['a']),
    write('indeterminate', '"2"', ['a'], 'c'),
    write('indeterminate', '"2"', ['a'], 'd'),
    read('"3"', ['a', 'd']),
    write('acknowledged', '"3"', ['a', 'd'], 'e'),
    read('"1"', [], other),
    write('acknowledged', '"1"', [], 'f', other)
  ], new Map([['1', [content(['a', 'd', 'e'])]], ['2', [content(['f'])]]]))

  t.match(report, { acknowledged: 3, refused: 1, indeterminate: 2, applied: 1 })
  t.equal(report.violations.lost, 0)
  t.equal(otherViolations(report), 0)
})

t.test('operations that overlap may take effect in either order', async t => {
  t.same(violationsOf([
    write('acknowledged', '"2"', ['a'], 'b', { start: 0, end: 9 }),
    write('acknowledged', '"1"', [], 'a', { start: 1, end: 8 }),
    write('refused', '"1"', [], 'c', { start: 2, end: 7 }),
    read('"1"', [], { start: 3, end: 7 }),
    read('"2"', ['a'], { start: 3, end: 6 })
  ], content(['a', 'b'])), {})
})

t.test('each violation is found', async t => {
  const a = write('acknowledged', '"1"', [], 'a')
  const b = write('acknowledged', '"2"', ['a'], 'b')

  const table: ReadonlyArray<[Violation, ReturnType<typeof violationsOf>]> = [
    ['lost', violationsOf([a, b], content(['a']))],
    ['refusedApplied', violationsOf([a, write('refused', '"2"', ['a'], 'c')], content(['a', 'c']))],
    ['refusedWithoutCause', violationsOf([a, write('refused', '"2"', ['a'], 'c')], content(['a']))],
    ['refusedWithoutCause', violationsOf([a, write('refused', '"2"', ['a'], 'c'), write('acknowledged', '"2"', ['a'], 'd')], content(['a', 'd']))],
    ['twiceInList', violationsOf([a], content(['a', 'a']))],
    ['writtenByNobody', violationsOf([a], content(['a', 'x']))],
    ['readNoPrefix', violationsOf([a, b, read('"3"', ['b'])], content(['a', 'b']))],
    ['notOnItsBase', violationsOf([a, write('acknowledged', '"1b"', [], 'b')], content(['a', 'b']))],
    ['notOnItsBase', violationsOf([a, write('indeterminate', '"1b"', [], 'b')], content(['a', 'b']))],
    ['tagWonTwice', violationsOf([a, write('acknowledged', '"1"', ['a'], 'b')], content(['a', 'b']))],
    ['tagOfTwoStates', violationsOf([read('"1"', []), write('acknowledged', '"1"', [], 'c'), read('"1"', ['c'])], content(['c']))],
    ['outOfOrder', violationsOf([b, write('acknowledged', '"1"', [], 'a')], content(['a', 'b']))],
    ['outOfOrder', violationsOf([b, write('indeterminate', '"1"', [], 'a')], content(['a', 'b']))],
    ['staleRead', violationsOf([a, b, read('"2"', ['a'])], content(['a', 'b']))],
    ['readGoesBack', violationsOf([write('indeterminate', '"1"', [], 'c'), read('"2"', ['c']), read('"1"', [])], content(['c']))],
    ['wrongCount', violationsOf([a], content(['a'], 2))],
    ['wrongCount', violationsOf([a, { ...read('"2"', ['a']), members: [content(['a'], 0)] }], content(['a']))],
    ['membersDiffer', violationsOf([a], content(['a']), content([]))],
    ['membersDiffer', violationsOf([a, { ...read('"2"', ['a']), members: [content(['a']), content([])] }], content(['a']), content(['a']))],
    ['membersDiffer', violationsOf([a, { ...read('"2"', ['a']), members: [content(['a']), content(['a'])] }], content(['a']))]
  ]
  for (const [violation, found] of table) t.equal(found[violation], 1, `${violation} in ${JSON.stringify(found)}`)
  const { violations } = checkHistory([], new Map())
  t.same([...new Set(table.map(([violation]) => violation))].sort(), Object.keys(violations).sort(), 'no kind is left out')
})

t.test('a document that is gone has lost what was acknowledged', async t => {
  t.equal(checkHistory([write('acknowledged', '"1"', [], 'a')], new Map()).violations.lost, 1)
})
