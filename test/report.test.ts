import t from 'tap'
import type { FastifyRequest } from 'fastify'
import { report } from '../lib/report.js'
import { resolveRoute } from '../lib/route.js'

const routeAt = (url: string) => resolveRoute({ url, methods: ['GET', 'PUT'], etag: {} }, [])

/** A request whose logger can only warn, and what that was told. */
function listen () {
  const said: unknown[][] = []
  const log = { warn: (...given: unknown[]) => { said.push(given) } } as unknown as FastifyRequest['log']
  return { said, log: { log } }
}

t.test('a warning names the route by its methods and url', async t => {
  const { said, log } = listen()
  report(routeAt('/documents/:id'), log, 'unlabelled')
  t.strictSame(said, [[{ route: 'GET, PUT /documents/:id' }, 'An answer goes out without an ETag: no version was found in it']])
})

t.test('each thing is said once for each route, whoever asks', async t => {
  const { said, log } = listen()
  const other = listen()
  const [documents, folders] = [routeAt('/documents/:id'), routeAt('/folders/:id')]
  for (let request = 0; request < 3; request++) {
    report(documents, log, 'unlabelled')
    report(documents, log, 'unmoved')
    report(folders, log, 'unlabelled')
    report(documents, other.log, 'unlabelled')
  }
  t.strictSame(said, [
    [{ route: 'GET, PUT /documents/:id' }, 'An answer goes out without an ETag: no version was found in it'],
    [{ route: 'GET, PUT /documents/:id' }, 'A guarded write returned a row whose version did not move'],
    [{ route: 'GET, PUT /folders/:id' }, 'An answer goes out without an ETag: no version was found in it']
  ])
  t.strictSame(other.said, [], 'the logger of a second request hears nothing new')
})

t.test('two routes that look alike are two', async t => {
  const { said, log } = listen()
  report(routeAt('/documents/:id'), log, 'unlabelled')
  report(routeAt('/documents/:id'), log, 'unlabelled')
  t.equal(said.length, 2)
})
