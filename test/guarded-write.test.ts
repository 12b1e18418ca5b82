import t, { type Test } from 'tap'
import { guardedWrite, type Checked, type Checks, type GuardOptions } from '../lib/guarded-write.js'

interface Version { readonly rev: number }
type Found = number | Error | undefined

/** Something to answer, or an error to throw. */
type Answer = object | number | boolean | string | null | undefined

const refused = new Error('412, the condition is false now')
const absent = new Error('412, nothing is there')
const missing = new Error('404')
const lost = new Error('409')
const row = { title: 'new' }

const answer = async <T>(value: T | Error): Promise<T> => {
  if (value instanceof Error) throw value
  return value
}

/** Checks that find one version after the other, and log who was called. */
function checksOf (finds: readonly Found[], log: string[], absence?: Error): Checks<string, Version> {
  const left = [...finds]
  const find = async (name: string): Promise<Checked<string, Version> | undefined> => {
    log.push(name)
    if (left.length === 0) throw new Error('loaded once too often')
    const rev = await answer(left.shift())
    // a new object each time, as a load makes it: only the tag can be compared
    return rev === undefined ? undefined : { state: `state ${rev}`, version: { rev: rev as number }, tag: `"${rev}"` }
  }
  return {
    check: () => find('check'),
    recheck: () => find('recheck'),
    checkAbsence: () => { log.push('absence'); if (absence !== undefined) throw absence },
    missing: () => missing,
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
    t.equal(outcome, row.outcome, rule)
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

t.test('other writers may be faster three times, or as often as retries says', t => compare(t, {
  'three times': {
    finds: [1, 2, 3, 4],
    answers: [null, null, null, row],
    outcome: row,
    log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck; write 3 of state 3, 3; recheck; write 4 of state 4, 4'
  },
  'four times': {
    finds: [1, 2, 3, 4, 5],
    answers: [null, null, null, null],
    outcome: lost,
    log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck; write 3 of state 3, 3; recheck; write 4 of state 4, 4; recheck'
  },
  'twice, with one retry': {
    finds: [1, 2, 3],
    answers: [null, null],
    retries: 1,
    outcome: lost,
    log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2; recheck'
  },
  'once, with none': { finds: [1, 2], answers: [null], retries: 0, outcome: lost, log: 'check; write 1 of state 1, 1; recheck' }
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

const broken = new Error('the store is down')

t.test('an error of the store or of the caller goes through unchanged, and nothing is loaded or written after it', t => compare(t, {
  'of the write': { finds: [1], answers: [broken], outcome: broken, log: 'check; write 1 of state 1, 1' },
  'of the second write': {
    finds: [1, 2], answers: [null, broken], outcome: broken, log: 'check; write 1 of state 1, 1; recheck; write 2 of state 2, 2'
  },
  'of create': { finds: [undefined], answers: [broken], create: true, outcome: broken, log: 'check; absence; create' },
  'of the first load': { finds: [broken], answers: [], outcome: broken, log: 'check' },
  'of the second load': { finds: [1, broken], answers: [null], outcome: broken, log: 'check; write 1 of state 1, 1; recheck' }
}))

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
    check: find,
    recheck: find,
    checkAbsence: () => {},
    missing: () => missing,
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
