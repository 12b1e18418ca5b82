import t from 'tap'
import Fastify, { type FastifyError, type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import etagPlugin, { type EtagPluginOptions, type Problem } from '../../lib/index.js'

const load = (): { version: number } => ({ version: 1 })
const refuse = (app: FastifyInstance): Promise<LightMyRequestResponse> => app.inject({ method: 'PUT', url: '/', headers: { 'if-match': '"0"' } })

type Handler = Parameters<FastifyInstance['setErrorHandler']>[0]
const mine: Handler = async (error, _request, reply) => reply.code((error as FastifyError).statusCode!).send({ mine: true })
const passing: Handler = async (error, _request, reply) => reply.send(error)

t.test('an error handler answers wherever it stands, and one that passes the error on leaves the problem', async t => {
  const places: Record<string, (handler: Handler) => Promise<FastifyInstance>> = {
    'at the root, before register': async handler => {
      const app: FastifyInstance = Fastify()
      app.setErrorHandler(handler)
      await app.register(etagPlugin, { source: 'version' })
      app.put('/', { config: { etag: { load } } }, async () => ({}))
      return app
    },
    'at the root, after register': async handler => {
      const app: FastifyInstance = Fastify()
      await app.register(etagPlugin, { source: 'version' })
      app.setErrorHandler(handler)
      app.put('/', { config: { etag: { load } } }, async () => ({}))
      return app
    },
    'in a scope within': async handler => {
      const app: FastifyInstance = Fastify()
      await app.register(etagPlugin, { source: 'version' })
      await app.register(async scope => {
        scope.setErrorHandler(handler)
        scope.put('/', { config: { etag: { load } } }, async () => ({}))
      })
      return app
    },
    'at the route': async errorHandler => {
      const app: FastifyInstance = Fastify()
      await app.register(etagPlugin, { source: 'version' })
      app.put('/', { errorHandler, config: { etag: { load } } }, async () => ({}))
      return app
    }
  }
  for (const [place, build] of Object.entries(places)) {
    const answered = await refuse(await build(mine))
    t.same(answered.json(), { mine: true }, place)
    t.equal(answered.headers.etag, '"1"')
    const passed = await refuse(await build(passing))
    t.match(passed.json(), { title: 'Precondition Failed', currentEtag: '"1"' }, place)
    t.equal(passed.headers['content-type'], 'application/problem+json')
  }
})

t.test('problem reshapes what is sent, and sees the request', async t => {
  const app = Fastify()
  await app.register(etagPlugin, {
    source: 'version',
    problem: (problem: Problem, request) => ({ status: problem.status, code: problem.code, request: request.id })
  })
  app.put('/', { config: { etag: { load } } }, async () => ({}))
  const response = await refuse(app)
  t.same(response.json(), { status: 412, code: 'FST_ETAG_PRECONDITION_FAILED', request: 'req-1' })
  t.equal(response.headers['content-length'], String(response.body.length))
})

t.test('problem that fails is an error of the server, and the write stays refused', async t => {
  for (const problem of [() => { throw new Error('no shape') }, () => undefined as unknown as object]) {
    const app = Fastify()
    await app.register(etagPlugin, { source: 'version', problem })
    let runs = 0
    app.put('/', { config: { etag: { load } } }, async () => { runs++; return {} })
    t.equal((await refuse(app)).statusCode, 500)
    t.equal(runs, 0)
  }
})

/** The lines at info and above that one refusal writes, besides those of every request. */
async function linesOf (options: EtagPluginOptions, handler?: Handler): Promise<Array<{ level: number, decision?: object, err?: { decision?: object } }>> {
  const lines: string[] = []
  const app: FastifyInstance = Fastify({ logger: { level: 'info', stream: { write: line => { lines.push(line) } } } })
  await app.register(etagPlugin, { source: 'version', ...options })
  if (handler !== undefined) app.setErrorHandler(handler)
  app.put('/', { config: { etag: { load } } }, async () => ({}))
  await refuse(app)
  return lines.map(line => JSON.parse(line)).filter(({ msg }) => !/incoming request|request completed/.test(msg))
}

t.test('a refusal is one line at info, and the line has the decision', async t => {
  const byFastify = await linesOf({})
  t.equal(byFastify.length, 1)
  t.match(byFastify, [{ level: 30, err: { decision: { outcome: 'precondition-failed', route: '/' } } }])
  const byUs = await linesOf({}, mine)
  t.equal(byUs.length, 1)
  t.match(byUs, [{ level: 30, decision: { outcome: 'precondition-failed', route: '/', method: 'PUT', status: 412, field: 'If-Match', reason: 'changed' } }])
  t.equal((await linesOf({}, passing)).length, 1)
})
