import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import etagPlugin from '../../lib/index.js'
import { checkpoint, CHECKPOINTS, type Stage } from '../../lib/checkpoint.js'
import { Hold, whileHeld } from '../../lib/testing/hold.js'
import { gate } from '../meeting.js'
import { endOf } from './planted.js'

const NOT_HELD = 'only what a Fastify instance of this process serves, on a route with config.etag'

/** A counter whose every write is guarded. */
async function build (schema: object = {}): Promise<FastifyInstance> {
  let row = { version: 1 }
  const app = Fastify()
  await app.register(etagPlugin, { source: 'version' })
  const config = { etag: { load: () => row } }
  app.get('/', { config }, request => request.precondition.load())
  app.get('/plain', async () => ({}))
  app.put('/', { config, schema }, ({ precondition }) => precondition.guard(async ({ version }) => {
    if (row.version !== version) return null
    row = { version: version + 1 }
    return row
  }))
  return app
}

/** Sends a write with a tag, and gives its status. */
async function put (app: FastifyInstance, headers: Readonly<Record<string, string>>, tag = '"1"'): Promise<number> {
  return (await app.inject({ method: 'PUT', url: '/', headers: { 'if-match': tag, ...headers } })).statusCode
}

t.afterEach(() => { if (CHECKPOINTS.hasSubscribers) throw new Error('somebody is still subscribed') })

t.test('requests wait at the stage until they are let go', async t => {
  const app = await build()
  const hold = new Hold('checked')
  const answers = [put(app, hold.headers), put(app, hold.headers)]
  t.equal(await hold.meet(answers), 2)
  t.same((await app.inject('/')).json(), { version: 1 }, 'nobody has written')
  hold.release()
  t.same((await Promise.all(answers)).toSorted(), [200, 412])
})

t.test('requests that are answered before they reach the stage do not keep the others waiting', async t => {
  const app = await build()
  const hold = new Hold('checked')
  const answers = [put(app, hold.headers, '"0"'), put(app, hold.headers), Promise.reject(new Error('no answer'))]
  t.equal(await hold.meet(answers), 1)
  hold.release()
  t.same((await Promise.allSettled(answers)).map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
})

t.test('where all are answered before the stage, none came', async t => {
  const app = await build()
  const hold = new Hold('loaded')
  t.equal(await hold.meet([put(app, hold.headers), app.inject({ url: '/plain', headers: hold.headers })]), 0)
  hold.release()
})

t.test('two holds at once do not mix, and hold nobody else', async t => {
  const app = await build()
  const [one, other] = [new Hold('checked'), new Hold('checked')]
  const [first, second] = [put(app, one.headers), put(app, other.headers)]
  t.same([await one.meet([first]), await other.meet([second])], [1, 1])
  t.equal(await put(app, { 'fastify-etag-policy-hold': 'of somebody else' }, '"0"'), 412)
  t.equal(await put(app, {}), 200, 'a request of somebody else overtakes both')
  other.release()
  t.equal(await second, 412)
  t.equal(one.requests.length, 1)
  one.release()
  t.equal(await first, 412)
})

t.test('a hold that was released holds nothing', async t => {
  const app = await build()
  const hold = new Hold('checked')
  hold.release()
  t.equal(await put(app, hold.headers), 200)
  t.equal(hold.requests.length, 0)
})

t.test('a closed schema that takes the mark off the request does not let it through', async t => {
  const app = await build({ headers: { type: 'object', properties: { 'if-match': { type: 'string' } }, additionalProperties: false } })
  const hold = new Hold('checked')
  const answer = put(app, hold.headers)
  t.equal(await hold.meet([answer]), 1)
  t.notOk(Object.keys(hold.requests[0]!.headers).includes('fastify-etag-policy-hold'))
  hold.release()
  t.equal(await answer, 200)
})

t.test('the mark is known too where a bridge leaves out the lines that came over the connection', async t => {
  const hold = new Hold('loaded')
  const requestOf = (headers: object): FastifyRequest => ({ raw: { rawHeaders: [], headers } }) as unknown as FastifyRequest
  t.ok(checkpoint('loaded', requestOf(hold.headers)))
  t.equal(checkpoint('loaded', requestOf({})), undefined)
  t.equal(checkpoint('checked', requestOf(hold.headers)), undefined)
  hold.release()
})

t.test('those who come and keep the others from it by that are let go after a while', async t => {
  const app = await build()
  const hold = new Hold('checked')
  const answer = put(app, hold.headers)
  t.equal(await hold.meet([answer, new Promise(() => {})]), 1)
  hold.release()
  t.equal(await answer, 200)
})

t.test('what is done while a request waits is done before it goes on', async t => {
  const app = await build()
  let overtaking: number | undefined
  const status = await whileHeld('checked', mark => put(app, mark), async request => {
    t.equal(request.method, 'PUT')
    overtaking = await put(app, {})
  })
  t.same([overtaking, status], [200, 412])
})

t.test('a request that cannot be made to wait is not checked, and the reason tells what takes part', async t => {
  const app = await build()
  const table: ReadonlyArray<readonly [Stage, string]> = [
    ['checked', ', can be made to wait'],
    ['loaded', ', whose handler reads by load(), can be made to wait'],
    ['written', ', whose handler writes by guard(), can be made to wait']
  ]
  for (const [stage, message] of table) {
    const plain = whileHeld(stage, async headers => app.inject({ url: '/plain', headers }), async () => { throw new Error('is not done') })
    t.equal(await endOf(plain), `not checked: ${NOT_HELD}${message}`)
  }
})

t.test('whatever fails, the request that waits is let go and answered before that is told', async t => {
  const app = await build()
  let status: number | undefined
  const failing = whileHeld('checked', async mark => { status = await put(app, mark) }, async () => { throw new Error('meanwhile') })
  await t.rejects(failing, { message: 'meanwhile' })
  t.equal(status, 200)
  await t.rejects(whileHeld('checked', () => { throw new Error('not sent') }, async () => {}), { message: 'not sent' })
  await t.rejects(whileHeld('checked', async () => { throw new Error('no answer') }, async () => {}), { message: 'no answer' })
})

t.test('where nobody else is served while one waits, it is let go after a while', async t => {
  const app = await build()
  const { opened, open } = gate()
  const answer = whileHeld('checked', mark => put(app, mark).finally(open), () => opened)
  t.equal(await endOf(answer), 'not checked: nobody can come between: the others are not answered while one waits')
})
