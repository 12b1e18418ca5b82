import t from 'tap'
import { Told } from '../lib/told.js'

const turn = async (): Promise<void> => new Promise(resolve => { setImmediate(resolve) })

t.test('it knows who takes it, and not who waits for its end', async t => {
  for (const take of [(told: Told<number>) => told.then(value => value), async (told: Told<number>) => await told, (told: Told<number>) => told.finally(() => {}), async (told: Told<number>) => Promise.race([told])]) {
    const told = new Told<number>()
    const ended = told.ended()
    t.equal(told.isTaken, false)
    const taken = take(told)
    await turn()
    t.equal(told.isTaken, true)
    told.settling.resolve(3)
    t.same(await Promise.all([ended, taken]), [3, 3])
  }
})

t.test('its failure is one of who takes it, and of no process', async t => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => { unhandled.push(error) }
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  new Told<number>().fail(new Error('nobody waits'))
  const taken = new Told<number>()
  const waiting = t.rejects(taken, { message: 'down' })
  taken.fail(new Error('down'))
  await waiting
  await turn()
  t.same(unhandled, [])
})

t.test('several are settled each by itself', async t => {
  const [one, other] = [new Told<number>(), new Told<number>()]
  other.settling.resolve(2)
  one.settling.resolve(1)
  t.same(await Promise.all([one, other]), [1, 2])
})
