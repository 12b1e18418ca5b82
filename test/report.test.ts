import t from 'tap'
import type { FastifyBaseLogger } from 'fastify'
import { report } from '../lib/report.js'
import { resolveRoute } from '../lib/route.js'

const routeAt = (url: string) => resolveRoute({ url, methods: ['GET', 'PUT'], etag: {} }, [])

/** A logger that can only warn, and what it was told. */
function listen () {
  const said: unknown[][] = []
  return { said, log: { warn: (...given: unknown[]) => { said.push(given) } } as unknown as FastifyBaseLogger }
}

t.test('a warning names the route by its methods and url', async t => {
  const { said, log } = listen()
  report(routeAt('/documents/:id'), log, 'no tag')
  t.strictSame(said, [[{ route: 'GET, PUT /documents/:id' }, 'no tag']])
})

t.test('each thing is said once for each route, whoever asks', async t => {
  const { said, log } = listen()
  const other = listen()
  const [documents, folders] = [routeAt('/documents/:id'), routeAt('/folders/:id')]
  for (let request = 0; request < 3; request++) {
    report(documents, log, 'no tag')
    report(documents, log, 'not moved')
    report(folders, log, 'no tag')
    report(documents, other.log, 'no tag')
  }
  t.strictSame(said, [
    [{ route: 'GET, PUT /documents/:id' }, 'no tag'],
    [{ route: 'GET, PUT /documents/:id' }, 'not moved'],
    [{ route: 'GET, PUT /folders/:id' }, 'no tag']
  ])
  t.strictSame(other.said, [], 'the logger of a second request hears nothing new')
})

t.test('two routes that look alike are two', async t => {
  const { said, log } = listen()
  report(routeAt('/documents/:id'), log, 'no tag')
  report(routeAt('/documents/:id'), log, 'no tag')
  t.equal(said.length, 2)
})
