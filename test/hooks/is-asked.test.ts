import t from 'tap'
import { isAskedOf } from '../../lib/hooks/is-asked.js'
import { resolveRoute } from '../../lib/route.js'
import type { EtagRouteOptions } from '../../lib/index.js'

type Line = readonly [method: string, rawHeaders: readonly string[], etag: EtagRouteOptions | undefined, asked: string | boolean]

const load = (): object => ({ version: 1 })
const HELD = ['If-None-Match', '"1"'] as const
const MANY = Array.from({ length: 2000 }, (_, at) => `x-${at}`)

const LINES: readonly Line[] = [
  ['GET', ['Accept', '*/*'], {}, false],
  ['GET', HELD, {}, '"1"'],
  ['HEAD', HELD, {}, '"1"'],
  ['GET', [...HELD, 'If-Match', '*'], {}, true],
  ['GET', MANY, {}, false],
  ['GET', [], { variant: () => 'summary' }, true],
  ['GET', HELD, undefined, '"1"'],
  ['OPTIONS', HELD, {}, false],
  ['PUT', [], {}, false],
  ['PUT', [], undefined, false],
  ['PUT', HELD, undefined, true],
  ['PUT', ['If-Match', '"1"'], undefined, '"1"'],
  ['PUT', ['If-Match', '"1"', 'If-Match', '"2"'], undefined, true],
  ['GET', ['If-Match', '"1"'], {}, true],
  ['PUT', MANY, {}, true],
  ['PUT', ['If-Match', '"1"', ...MANY], {}, true],
  ['DELETE', [...MANY, 'If-Match', '"1"'], { source: 'version', load }, true],
  ['OPTIONS', MANY, {}, false],
  ['PUT', [], { source: 'version', load, policy: 'REQUIRED' }, true],
  ['DELETE', [], { source: 'version', load, policy: 'REQUIRED_FOR_DELETE' }, true],
  ['PUT', [], { source: 'version', load, policy: 'REQUIRED_FOR_DELETE' }, false],
  ['PUT', [], { source: 'version', load, policy: () => 'OPTIONAL' }, true],
  ['PUT', [], { source: 'version', load, create: 'only' }, true],
  ['DELETE', [], { source: 'version', load, create: 'only' }, false],
  ['PUT', [], { source: 'version', load, variant: () => 'summary' }, true],
  ['PATCH', [], { source: { members: 'version' }, load: () => [] }, true]
]

t.test('a request is asked something by its conditional fields, or by its route', async t => {
  for (const [method, rawHeaders, etag, asked] of LINES) {
    const route = resolveRoute({ url: '/', methods: ['GET', 'PUT', 'DELETE', 'PATCH'], etag }, [])
    const socket = { server: {} }
    const request = { method, raw: { rawHeaders, headers: {}, socket } }
    const title = `${method} ${rawHeaders.slice(0, 4).join(' ')} of ${JSON.stringify(etag)}`
    t.equal(isAskedOf(route, false)(request), asked, title)
    if (method === 'GET' || method === 'HEAD') t.equal(isAskedOf(route, true)(request), asked, `${title}, where all are reads`)
  }
})
