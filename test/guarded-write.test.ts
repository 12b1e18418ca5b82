import t, { type Test } from 'tap'
import { guardedWrite, type Checked, type Checks, type GuardOptions } from '../lib/guarded-write.js'
import { isWritten } from '../lib/written.js'
import type { StoreFailure } from '../lib/store-error.js'

interface Version { readonly rev: number }
/** A version, whose fraction is what its tag does not show, and 0 for a state without a tag; a refusal; nothing. */
type Found = number | Error | undefined

/** Something to answer, or an error to throw. */
type Answer = object | number | boolean | string | null | undefined

const refused = new Error('412, the condition is false now')
const absent = new Error('412, nothing is there')
const missing = new Error('404')
const lost = new Error('409')
const broken = new Error('the store is down')
const taken = new Error('409, something else has it')
const busy = new Error('503')
const conflict = new Error('the store: another version')
const rolledBack = new Error('the store: rolled back')
const duplicate = new Error('the store: not unique')
const FAILURES = new Map<unknown, StoreFailure>([[conflict, 'conflict'], [rolledBack, 'busy'], [duplicate, 'duplicate']])
const row = { title: 'new' }

const answer = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value
  return value
}

// as for a promise that nobody else settles
const ENDS: Pick<Checks<any, any>, 'noteAttempt' | 'take' | 'reach' | 'end' | 'fail'> = {
  noteAttempt: () => {},
  take: written => written,
  reach: () => undefined,
  end: given => given,
  fail: error => { throw error }
}

/** Checks that find one version after the other, and log who was called. */
function checksOf (finds: readonly Found[], log: string[], absence?: Error): Checks<string, Version> {
  const left = [...finds]
  const find = async (name: string): Promise<Checked<string, Version> | undefined> => {
    log.push(name)
    if (left.length === 0) throw new Error('loaded once too often')
    const rev = await answer(left.shift())
    // a new object each time, as a load makes it: only the tag can be compared
    if (rev === undefined) return undefined
    return { state: `state ${rev}`, version: { rev: rev as number }, tag: rev === 0 ? undefined : `"${Math.floor(rev as number)}"` }
  }
  return {
    ...ENDS,
    check: () => find('check'),
    recheck: () => find('recheck'),
    checkAbsence: () => { log.push('absence'); if (absence !== undefined) throw absence },
    isWritten: result => isWritten(result, row => 'rev' in row),
    failureOf: error => FAILURES.get(error),
    missing: () => missing,
    taken: () => taken,
    busy: error => { t.equal(error, rolledBack); return busy },
    lost: () => lost
  }
}

interface Case {
  /** What each load finds: a version, nothing, or the refusal of a condition that is false now. */
  finds: readonly Found[]
  /** What each call of the write and of `create` answers. */
  answers: readonly Answer[]
  outcome: unknown
  log: string
  create?: boolean
  absence?: Error
  retries?: number
}

async function run ({ finds, answers, create, absence, retries }: Case): Promise<{ outcome: unknown, log: string }> {
  const log: string[] = []
  const left = [...answers]
  const next = async (): Promise<object | null> => {
    if (left.length === 0) throw new Error('written once too often')
    return await answer(left.shift()) as object | null
  }
  const options: GuardOptions<object> = {
    ...(create === true && { create: () => { log.push('create'); return next() } }),
    ...(retries !== undefined && { retries })
  }
  const outcome = await guardedWrite<string, Version, object>(checksOf(finds, log, absence), ({ version, current, attempt }) => {
    log.push(`write ${version.rev} of ${current}, ${attempt}`)
    return next()
  }, options).catch(error => error)
  return { outcome, log: log.join('; ') }
}

async function compare (t: Test, table: Readonly<Record<string, Case>>): Promise<void> {
  for (const [rule, row] of Object.entries(table)) {
    const { outcome, log } = await run(row)
    t.same(outcome, row.outcome, rule)
    t.equal(log, row.log, `${rule}: who was called`)
  }
}

t.test('a write that writes is run once, from the version that was checked, and its row is the answer', t => compare(t, {
  'at the first try': { finds: [1], answers: [row], outcome: row, log: 'check; write 1 of state 1, 1' },
  'without retries': { finds: [1], answers: [row], retries: 0, outcome: row, log: 'check; write 1 of state 1, 1' },
  'with a create that is not needed': { finds: [1], answers: [row], create: true, outcome: row, log: 'check; write 1 of state 1, 1' },
  'from a condition that is false': { finds: [refused], answers: [], outcome: refused, log: 'check' }
}))

t.test('a miss is looked at again, and run again only from a version that moved', t => compare(t, {
  'the version did not move': { finds: [1, 1], answers: [null], outcome: missing, log: 'check; write 1 of state 1, 1; recheck' },
  'it moved and the conditions hold': {
    finds: [1, 2], answers: [null, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2'
  },
  'it moved, and then no more': {
    finds: [1, 2, 2], answers: [null, null], outcome: missing, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck'
  },
  'a condition is false now': { finds: [1, refused], answers: [null], outcome: refused, log: 'check; write 1 of state 1, 1; recheck' },
  'it is gone': { finds: [1, undefined], answers: [null], outcome: missing, log: 'check; write 1 of state 1, 1; recheck' }
}))

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const counting = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1)
const logOf = (misses: number): string =>
  ['check', ...counting(misses).flatMap(rev => [`write ${rev} of state ${rev}, ${rev}`, 'recheck'])].join('; ')

t.test('other writers may be faster twenty times, or as often as retries says', t => compare(t, {
  'twenty times': {
    finds: counting(21), answers: [...times(20, null), row], outcome: row, log: `${logOf(20)}; write 21 of state 21, 21`
  },
  'twenty-one times': { finds: counting(22), answers: times(21, null), outcome: lost, log: logOf(21) },
  'twice, with one retry': { finds: [1, 2, 3], answers: [null, null], retries: 1, outcome: lost, log: logOf(2) },
  'thirty times, with thirty': {
    finds: counting(31), answers: [...times(30, null), row], retries: 30, outcome: row, log: `${logOf(30)}; write 31 of state 31, 31`
  },
  'once, with none': { finds: [1, 2], answers: [null], retries: 0, outcome: lost, log: logOf(1) }
}))

t.test('after the last try too, why it missed is said before that it was slow', t => compare(t, {
  'a condition is false now': { finds: [1, refused], answers: [null], retries: 0, outcome: refused, log: 'check; write 1 of state 1, 1; recheck' },
  'the version did not move': { finds: [1, 1], answers: [null], retries: 0, outcome: missing, log: 'check; write 1 of state 1, 1; recheck' },
  'it is gone': { finds: [1, undefined], answers: [null], retries: 0, outcome: missing, log: 'check; write 1 of state 1, 1; recheck' }
}))

t.test('what is not there is made by create alone, after the conditions were asked', t => compare(t, {
  'no create': { finds: [undefined], answers: [], outcome: missing, log: 'check' },
  create: { finds: [undefined], answers: [row], create: true, outcome: row, log: 'check; absence; create' },
  'a condition forbids it': { finds: [undefined], answers: [], create: true, absence: absent, outcome: absent, log: 'check; absence' },
  'somebody was first': {
    finds: [undefined, 1], answers: [null, row], create: true, outcome: row, log: 'check; absence; create; recheck; write 1 of state 1, 2'
  },
  'somebody was first, and a condition is false now': {
    finds: [undefined, refused], answers: [null], create: true, outcome: refused, log: 'check; absence; create; recheck'
  },
  'somebody was first, and there are no retries': {
    finds: [undefined, 1], answers: [null], create: true, retries: 0, outcome: lost, log: 'check; absence; create; recheck'
  },
  'nothing is there, and yet nobody could make it': {
    finds: times(5, undefined), answers: times(4, null), create: true, outcome: lost, log: `check; ${times(4, 'absence; create; recheck').join('; ')}`
  },
  'somebody was first, and is gone again': {
    finds: [undefined, undefined], answers: [null, row], create: true, outcome: row, log: 'check; absence; create; recheck; absence; create'
  },
  'it went while it was written': {
    finds: [1, undefined], answers: [null, row], create: true, outcome: row, log: 'check; write 1 of state 1, 1; recheck; absence; create'
  },
  'it went, and a condition forbids to make it': {
    finds: [1, undefined], answers: [null], create: true, absence: absent, outcome: absent, log: 'check; write 1 of state 1, 1; recheck; absence'
  }
}))

t.test('a version conflict that the store throws is looked at again, and goes on where the version did not move', t => compare(t, {
  'it did not move': { finds: [1, 1], answers: [conflict], outcome: conflict, log: 'check; write 1 of state 1, 1; recheck' },
  'it moved and the conditions hold': {
    finds: [1, 2], answers: [conflict, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2'
  },
  'it moves each time': { finds: [1, 2, 3], answers: [conflict, conflict], retries: 1, outcome: lost, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck' },
  'a condition is false now': { finds: [1, refused], answers: [conflict], outcome: refused, log: 'check; write 1 of state 1, 1; recheck' },
  'it is gone': { finds: [1, undefined], answers: [conflict], outcome: missing, log: 'check; write 1 of state 1, 1; recheck' },
  'of a create, and somebody was first': {
    finds: [undefined, refused], answers: [conflict], create: true, outcome: refused, log: 'check; absence; create; recheck'
  },
  'of a create, and nothing is there': {
    finds: [undefined, undefined], answers: [conflict], create: true, outcome: conflict, log: 'check; absence; create; recheck'
  }
}))

t.test('what the store rolled back is written again, whether or not the version moved, and bounded', t => compare(t, {
  'it did not move': {
    finds: [1, 1], answers: [rolledBack, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 1 of state 1, 2'
  },
  'it moved and the conditions hold': {
    finds: [1, 2], answers: [rolledBack, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2'
  },
  'a condition is false now': { finds: [1, refused], answers: [rolledBack], outcome: refused, log: 'check; write 1 of state 1, 1; recheck' },
  'three times, and it did not move': {
    finds: times(4, 1),
    answers: [...times(3, rolledBack), row],
    outcome: row,
    log: `check; ${counting(3).map(attempt => `write 1 of state 1, ${attempt}; recheck`).join('; ')}; write 1 of state 1, 4`
  },
  'four times, and it did not move': {
    finds: times(5, 1), answers: times(4, rolledBack), outcome: busy, log: `check; ${counting(4).map(attempt => `write 1 of state 1, ${attempt}; recheck`).join('; ')}`
  },
  'twice, with one retry, and it did not move': {
    finds: [1, 1, 1], answers: [rolledBack, rolledBack], retries: 1, outcome: busy, log: 'check; write 1 of state 1, 1; recheck; write 1 of state 1, 2; recheck'
  },
  'twice, with one retry, and it moved': {
    finds: [1, 2, 3], answers: [rolledBack, rolledBack], retries: 1, outcome: lost, log: logOf(2)
  },
  'and then it misses': {
    finds: [1, 1, 1], answers: [rolledBack, null], outcome: missing, log: 'check; write 1 of state 1, 1; recheck; write 1 of state 1, 2; recheck'
  },
  'of a create': {
    finds: [undefined, undefined], answers: [rolledBack, row], create: true, outcome: row, log: 'check; absence; create; recheck; absence; create'
  },
  'of a create, each time': {
    finds: [undefined, undefined], answers: [rolledBack], create: true, retries: 0, outcome: busy, log: 'check; absence; create; recheck'
  }
}))

t.test('a key that is there already is a race where the state is there now, and taken by something else otherwise', t => compare(t, {
  'of a create, and a condition is false now': {
    finds: [undefined, refused], answers: [duplicate], create: true, outcome: refused, log: 'check; absence; create; recheck'
  },
  'of a create, and the conditions hold': {
    finds: [undefined, 1], answers: [duplicate, row], create: true, outcome: row, log: 'check; absence; create; recheck; write 1 of state 1, 2'
  },
  'of a create, and nothing is there': {
    finds: [undefined, undefined], answers: [duplicate], create: true, outcome: taken, log: 'check; absence; create; recheck'
  },
  'of a write, and it did not move': { finds: [1, 1], answers: [duplicate], outcome: taken, log: 'check; write 1 of state 1, 1; recheck' },
  'of a write, and it moved': {
    finds: [1, 2, 2], answers: [duplicate, duplicate], outcome: taken, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck'
  },
  'of a write, and a condition is false now': { finds: [1, refused], answers: [duplicate], outcome: refused, log: 'check; write 1 of state 1, 1; recheck' }
}))

t.test('what moved and is not shown by the tag is written from again, three times at most', t => compare(t, {
  'it missed': { finds: [1, 1.5], answers: [null, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 1.5 of state 1.5, 2' },
  'it missed, and then nothing moves': {
    finds: [1, 1.5, 1.5], answers: [null, null], outcome: missing, log: 'check; write 1 of state 1, 1; recheck; write 1.5 of state 1.5, 2; recheck'
  },
  'the store said that it was another version': {
    finds: [1, 1.5], answers: [conflict, row], outcome: row, log: 'check; write 1 of state 1, 1; recheck; write 1.5 of state 1.5, 2'
  },
  'it moves each time, and misses': {
    finds: [1, 1.1, 1.2, 1.3, 1.4], answers: times(4, null), outcome: missing, log: 'check; write 1 of state 1, 1; recheck; write 1.1 of state 1.1, 2; recheck; write 1.2 of state 1.2, 3; recheck; write 1.3 of state 1.3, 4; recheck'
  },
  'it moves each time, and the store says so': {
    finds: [1, 1.1], answers: [conflict], retries: 0, outcome: conflict, log: 'check; write 1 of state 1, 1; recheck'
  },
  'a value is taken': { finds: [1, 1.5], answers: [duplicate], outcome: taken, log: 'check; write 1 of state 1, 1; recheck' }
}))

t.test('a state without a tag that appears or goes has moved', t => compare(t, {
  'it was made': { finds: [undefined, 0], answers: [duplicate, row], create: true, outcome: row, log: 'check; absence; create; recheck; write 0 of state 0, 2' },
  'it went': { finds: [0, undefined], answers: [duplicate, row], create: true, outcome: row, log: 'check; write 0 of state 0, 1; recheck; absence; create' }
}))

t.test('a state is what was written, though it looks like a count of nothing', t => compare(t, {
  'a state': { finds: [1], answers: [{ rev: 2, rowsAffected: 0 }], outcome: { rev: 2, rowsAffected: 0 }, log: 'check; write 1 of state 1, 1' },
  'a count': { finds: [1, 1], answers: [{ rowsAffected: 0 }], outcome: missing, log: 'check; write 1 of state 1, 1; recheck' }
}))

t.test('an error that is returned is thrown, and one that says nothing of the version goes on', async t => {
  const returned = { data: null, error: duplicate, statusText: 'Conflict' }
  t.equal((await run({ finds: [1, 1], answers: [returned], outcome: taken, log: '' })).outcome, taken)
  t.equal((await run({ finds: [1], answers: [{ ...returned, error: broken }], outcome: broken, log: '' })).outcome, broken)
})

t.test('a state that cannot be compared is as good as the same', async t => {
  const state = { get relation (): never { throw new Error('not loaded') } }
  const find = async (): Promise<Checked<object, Version>> => ({ state: Object.create(null, Object.getOwnPropertyDescriptors(state)), version: { rev: 1 }, tag: '"1"' })
  let writes = 0
  await t.rejects(guardedWrite({ ...checksOf([], []), check: find, recheck: find } as Checks<object, Version>, async () => { writes++; return null }), missing)
  t.equal(writes, 1)
})

t.test('what is no function is refused by name, before anything is loaded', async t => {
  for (const [write, create] of [[undefined, undefined], [{}, undefined], [async () => row, 'insert']]) {
    const log: string[] = []
    await t.rejects(guardedWrite(checksOf([1], log), write as never, { create: create as never }), { code: 'FST_ETAG_INVALID_OPTION', message: /^guard: it takes the function/ })
    t.same(log, [])
  }
})

t.test('nothing, and a result that counts no rows, is a miss; anything else was written', async t => {
  const misses: readonly Answer[] = [
    null, undefined, false, 0, [], { command: 'UPDATE', rowCount: 0, rows: [] }, { changes: 0, lastInsertRowid: 9 },
    { acknowledged: true, matchedCount: 0, modifiedCount: 0 }, { count: 0 }
  ]
  for (const result of misses) {
    const { outcome, log } = await run({ finds: [1, 1], answers: [result], outcome: missing, log: '' })
    t.equal(outcome, missing, JSON.stringify(result))
    t.match(log, /recheck$/)
  }
  for (const result of [true, 1, '', {}, [row], { rowCount: 1, rows: [row] }, { changes: 0, title: 'a row of its own' }]) {
    const { outcome, log } = await run({ finds: [1], answers: [result], outcome: result, log: '' })
    t.equal(outcome, result, JSON.stringify(result))
    t.notMatch(log, /recheck/)
  }
})

t.test('an error of the store or of the caller goes through unchanged, and nothing is loaded or written after it', t => compare(t, {
  'of the write': { finds: [1], answers: [broken], outcome: broken, log: 'check; write 1 of state 1, 1' },
  'of the second write': {
    finds: [1, 2], answers: [null, broken], outcome: broken, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2'
  },
  'of create': { finds: [undefined], answers: [broken], create: true, outcome: broken, log: 'check; absence; create' },
  'of the first load': { finds: [broken], answers: [], outcome: broken, log: 'check' },
  'of the second load': { finds: [1, broken], answers: [null], outcome: broken, log: 'check; write 1 of state 1, 1; recheck' }
}))

t.test('who settles a promise of its own is told the end, when who comes between has gone, and nothing is rejected besides', async t => {
  const told: unknown[] = []
  let go!: () => void
  const held = new Promise<void>(resolve => { go = resolve })
  const checks: Checks<string, Version> = {
    ...checksOf([1, 1], []),
    reach: () => { told.push('reached'); return held },
    end: given => { told.push(given); return undefined },
    fail: error => { told.push(error) }
  }
  const writing = guardedWrite(checks, async () => row)
  await new Promise(resolve => { setImmediate(resolve) })
  t.same(told, ['reached'])
  go()
  t.equal(await writing, undefined)
  t.equal(await guardedWrite(checks, async () => { throw broken }), undefined)
  t.equal(await guardedWrite({ ...checksOf([1], []), ...checks, check: async () => ({ state: '', version: { rev: 1 }, tag: '' }), reach: () => Promise.reject(broken) }, async () => row), undefined)
  t.same(told, ['reached', row, broken, broken])
})

t.test('a callback that throws before it gives a promise rejects like any other', async t => {
  await t.rejects(guardedWrite(checksOf([1], []), () => { throw broken }), broken)
})

const WRITERS = 5

/** Lets writers add one to a count that all of them read before the first of them writes. */
async function addTogether (retries: number): Promise<{ count: number, outcomes: unknown[] }> {
  let stored = { rev: 1, count: 0 }
  let ready = 0
  let open!: () => void
  const everyoneHasRead = new Promise<void>(resolve => { open = resolve })
  const find = async (): Promise<Checked<typeof stored, Version>> => ({ state: stored, version: { rev: stored.rev }, tag: `"${stored.rev}"` })
  const checks: Checks<typeof stored, Version> = {
    ...ENDS,
    check: find,
    recheck: find,
    checkAbsence: () => {},
    isWritten: result => isWritten(result, row => 'rev' in row),
    failureOf: error => FAILURES.get(error),
    missing: () => missing,
    taken: () => taken,
    busy: error => { t.equal(error, rolledBack); return busy },
    lost: () => lost
  }
  const outcomes = await Promise.all(Array.from({ length: WRITERS }, () =>
    guardedWrite(checks, async ({ version, current, attempt }) => {
      if (attempt === 1 && ++ready === WRITERS) open()
      await everyoneHasRead
      if (stored.rev !== version.rev) return null
      stored = { rev: version.rev + 1, count: current.count + 1 }
      return stored
    }, { retries }).catch(error => error)))
  return { count: stored.count, outcomes }
}

t.test('of writers who meet at the same version one wins, the others write again, and no update is lost', async t => {
  const patient = await addTogether(WRITERS)
  t.equal(patient.count, WRITERS)
  t.notOk(patient.outcomes.includes(lost))

  const impatient = await addTogether(0)
  t.equal(impatient.count, 1)
  t.equal(impatient.outcomes.filter(outcome => outcome === lost).length, WRITERS - 1)
})

t.test('retries that are no whole number from 0 on are refused by name, before anything is loaded or written', async t => {
  for (const retries of [-1, 1.5, NaN, Infinity]) {
    const checks = checksOf([], [])
    await t.rejects(guardedWrite(checks, async () => t.fail('written') as never, { retries }), { code: 'FST_ETAG_INVALID_OPTION', message: /^guard: retries must be a whole number from 0 on, found / })
  }
})
