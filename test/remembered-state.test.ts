import t from 'tap'
import { RememberedState } from '../lib/remembered-state.js'
import { resolveDescription } from '../lib/sources/described-state.js'
import type { Load } from '../lib/option-schemas.js'

const request = { params: { id: '7' } }
const describeState = resolveDescription({ source: (state: { rev: number }, request: object) => `${state.rev} for ${JSON.stringify(request)}` })
const remembering = (load: Load | undefined) => new RememberedState({ load, title: 'PUT /documents/:id', describeState }, request)

/** A load whose answers arrive when the test says so. */
function pending () {
  const arrive: Array<(value: unknown) => void> = []
  const state = remembering(() => new Promise(resolve => arrive.push(resolve)))
  return { state, arrive }
}

t.test('load is called once however often it is asked for, with the request and the first purpose', async t => {
  const calls: unknown[][] = []
  const row = { rev: 1 }
  const state = remembering((...given) => { calls.push(given); return Promise.resolve(row) })
  t.equal(state.value, undefined)
  t.equal(state.loads, 0)

  await state.ask('check')
  t.equal(state.ask('read'), undefined, 'what is known costs no promise')
  t.equal(state.value, row)
  t.equal(state.loads, 1)
  t.strictSame(calls, [[request, 'check']])
  t.equal(calls[0]![0], request)
})

t.test('of a list the members are remembered that the request is about, and a list of none is there', async t => {
  const describeState = resolveDescription({ source: { members: 'rev' } })
  const rows = [{ id: 1, rev: 1 }, { id: 2, rev: 5 }]
  const picking = (picked: readonly unknown[]) => new RememberedState({ load: () => rows, title: '', describeState }, request, { pick: loaded => { t.equal(loaded, rows); return picked } })
  const second = picking([rows[1]])
  second.ask('check')
  t.strictSame(second.value, [rows[1]])
  t.strictSame(second.described?.version, [5])
  const none = picking([])
  none.ask('check')
  t.strictSame(none.value, [])
  t.strictSame(none.described?.version, [])

  const wrong = new RememberedState({ load: () => rows, title: '', describeState }, request, { pick: () => { throw new Error('no list') } })
  wrong.ask('check')
  t.throws(() => wrong.described, { code: 'FST_ETAG_LOAD_FAILED', cause: { message: 'no list' } })

  let named = false
  const early = new RememberedState({ load: () => rows, title: '', describeState }, request, { pick: loaded => named ? [rows[1]] : loaded })
  early.pickAgain()
  t.equal(early.value, undefined, 'nothing was loaded')
  early.ask('check')
  t.equal(early.value, rows)
  named = true
  early.pickAgain()
  t.strictSame(early.value, [rows[1]])
  t.strictSame(early.described?.version, [5])
  t.equal(early.loads, 1)
})

t.test('who asks while the first load is pending waits for that one', async t => {
  const { state, arrive } = pending()
  const both = [state.ask('read'), state.ask('check')]
  t.equal(arrive.length, 1)
  t.equal(state.value, undefined)
  arrive[0]!({ rev: 1 })
  await Promise.all(both)
  t.strictSame(state.value, { rev: 1 })
  t.equal(state.loads, 1)
})

t.test('a load that gives no promise costs none', async t => {
  for (const row of [{ rev: 1 }, 'text', 0, null, undefined]) {
    const state = remembering(() => row)
    t.equal(state.ask('read'), undefined)
    t.equal(state.value, row ?? null)
    t.equal(state.ask('read'), undefined)
    t.equal(state.loads, 1, `${row} is remembered`)
  }
})

t.test('null and undefined both say that nothing is there, and are remembered', async t => {
  for (const nothing of [null, undefined]) {
    const state = remembering(async () => nothing)
    await state.ask('read')
    t.equal(state.value, null)
    await state.ask('read')
    t.equal(state.loads, 1)
  }
})

t.test('what has a then is waited for, whoever made it', async t => {
  const row = { rev: 1 }
  const query = { then: (resolve: (value: unknown) => void) => { resolve(row) } }
  const state = remembering(() => query)
  await state.ask('read')
  t.equal(state.value, row)

  const callable = Object.assign(() => {}, query)
  const built = remembering(() => callable)
  await built.ask('read')
  t.equal(built.value, row, 'a query builder may be a function')

  const notThenable = { then: 'afterwards' }
  const plain = remembering(() => notThenable)
  t.equal(plain.ask('read'), undefined)
  t.equal(plain.value, notThenable, 'a column may be called then')
})

t.test('reload asks the store again whatever is known, as a retry', async t => {
  for (const wrap of [(value: unknown) => value, async (value: unknown) => value]) {
    const purposes: string[] = []
    const state = remembering((_, purpose) => wrap(purposes.push(purpose)))
    await state.ask('check')
    t.equal(state.value, 1)
    await state.reload()
    t.equal(state.value, 2)
    await state.reload()
    t.equal(state.value, 3)
    t.equal(state.ask('check'), undefined, 'what was loaded last is remembered')
    t.equal(state.loads, 3)
    t.strictSame(purposes, ['check', 'retry', 'retry'])
  }
  const gone = remembering((_, purpose) => purpose === 'retry' ? undefined : { rev: 1 })
  await gone.ask('check')
  await gone.reload()
  t.equal(gone.value, null, 'what went meanwhile is not there')
})

t.test('without a load the state cannot be asked for, and the error names the route and the cure', async t => {
  const missing = { code: 'FST_ETAG_LOAD_MISSING', statusCode: 500, message: 'PUT /documents/:id needs a load: its handler asks for the state' }
  const state = remembering(undefined)
  await t.rejects(state.ask('read')!, missing)
  await t.rejects(remembering(undefined).reload(), missing)
  t.equal(state.loads, 0)
  t.equal(state.value, undefined)
})

t.test('a load that failed is not run again for who asks next', async t => {
  const error = new Error('the store is down')
  const state = remembering(async () => { throw error })
  await t.rejects(state.ask('read')!, { cause: error })
  await t.rejects(state.ask('read')!, { cause: error })
  t.equal(state.loads, 1)
  t.equal(state.value, undefined)
})

t.test('what a load throws is withheld, and is the cause of what is thrown; an answer of the application goes through', async t => {
  const thrown = Object.assign(new Error('relation "documents" does not exist'), { code: '42P01' })
  for (const load of [() => { throw thrown }, () => Promise.reject(thrown)]) {
    const error = await remembering(load).ask('check')!.then(() => undefined, reason => reason)
    t.match(error, { code: 'FST_ETAG_LOAD_FAILED', statusCode: 500, message: 'The state could not be loaded or described' })
    t.equal(error.cause, thrown)
  }
  const answer = Object.assign(new Error('Not yours'), { statusCode: 403 })
  await t.rejects(remembering(() => { throw answer }).ask('check')!, answer)
})

t.test('an answer that arrives after the state was asked for again is out of date', async t => {
  const answers: Array<(state: object) => void> = []
  const state = remembering(() => new Promise<object>(resolve => { answers.push(resolve) }))
  const asked = state.ask('check')!
  const reloaded = state.reload()
  answers[1]!({ version: 2 })
  await reloaded
  answers[0]!({ version: 1 })
  await asked
  t.strictSame(state.value, { version: 2 })
})

t.test('what was loaded is described with the request, and nothing is where nothing is known or there', async t => {
  const state = remembering(() => ({ rev: 1 }))
  t.equal(state.described, undefined)
  await state.ask('read')
  t.match(state.described, { version: '1 for {"params":{"id":"7"}}' })
  t.match(state.describe({ rev: 2 }), { version: '2 for {"params":{"id":"7"}}' })
  const absent = remembering(() => null)
  await absent.ask('read')
  t.equal(absent.described, undefined)
})

t.test('a state is described as it was loaded, whatever becomes of the object since', async t => {
  const row = { rev: 1 }
  const state = remembering(() => row)
  await state.ask('check')
  row.rev = 2
  t.match(state.described, { version: '1 for {"params":{"id":"7"}}' })
  t.match(state.describe(row), { version: '2 for {"params":{"id":"7"}}' })
})

t.test('a source that fails is told whenever the description is asked for, and forgotten with the state', async t => {
  const rows = [{}, { rev: 2 }]
  const source = (row: { rev?: number }): number => { if (row.rev === undefined) throw Object.assign(new Error('no rev'), { statusCode: 412 }); return row.rev }
  const state = new RememberedState({ load: () => rows.shift(), title: 'PUT /', describeState: resolveDescription({ source }) }, request)
  await state.ask('check')
  t.match(state.value, {})
  for (let times = 0; times < 2; times++) t.throws(() => state.described, { code: 'FST_ETAG_LOAD_FAILED' })
  await state.reload()
  t.match(state.described, { version: 2 })
})

t.test('who reloads while a newer load is under way waits for that one', async t => {
  const { state, arrive } = pending()
  const first = state.reload()
  const second = state.reload()
  let isFirstDone = false
  first.then(() => { isFirstDone = true })
  arrive[0]!({ rev: 1 })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(isFirstDone, 'what it loaded is out of date')
  arrive[1]!({ rev: 2 })
  await first
  t.strictSame(state.value, { rev: 2 })
  await second
})
