import t from 'tap'
import { checkpoint, CHECKPOINTS, type Checkpoint } from '../lib/checkpoint.js'
import type { FastifyRequest } from 'fastify'

const request = {} as FastifyRequest

function listen (test: { teardown: (done: () => void) => void }, meet: (point: Checkpoint) => void): void {
  const note = (message: unknown): void => meet(message as Checkpoint)
  CHECKPOINTS.subscribe(note)
  test.teardown(() => { CHECKPOINTS.unsubscribe(note) })
}

t.test('a request passes at once where nobody listens', async t => {
  t.equal(checkpoint('checked', request), undefined)
})

t.test('a listener is told the stage and the request, which passes at once if nothing is to be waited for', async t => {
  const points: Checkpoint[] = []
  listen(t, point => { points.push(point) })
  for (const stage of ['checked', 'loaded', 'written'] as const) t.equal(checkpoint(stage, request), undefined)
  t.same(points.map(({ stage }) => stage), ['checked', 'loaded', 'written'])
  t.ok(points.every(point => point.request === request))
})

t.test('a request goes on when all has come that any listener makes it wait for', async t => {
  const opened: Array<() => void> = []
  const wait = ({ waitFor }: Checkpoint): void => waitFor(new Promise<void>(resolve => { opened.push(resolve) }))
  listen(t, point => { wait(point); wait(point) })
  listen(t, wait)
  let passed = false
  const passing = checkpoint('checked', request)!.then(() => { passed = true })
  t.equal(opened.length, 3)
  for (const open of opened) {
    await new Promise(resolve => setImmediate(resolve))
    t.equal(passed, false)
    open()
  }
  await passing
  t.equal(passed, true)
})

t.test('what a request waits for may fail, and the request then fails with it', async t => {
  listen(t, ({ waitFor }) => waitFor(Promise.reject(new Error('closed'))))
  await t.rejects(checkpoint('checked', request)!, { message: 'closed' })
})

t.test('the channel has the name by which others may subscribe to it', async t => {
  t.equal(CHECKPOINTS.name, 'fastify-etag-policy:checkpoint')
})
