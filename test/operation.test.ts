import t from 'tap'
import { operationsOf, type Operation } from '../lib/operation.js'
import { resolveRoute } from '../lib/route.js'
import type { PluginOptions, RouteOptions } from '../lib/option-schemas.js'

const load = (): object => ({ version: 1 })

function operationsOfMethods (methods: readonly string[], etag: RouteOptions | undefined, plugin: PluginOptions = {}): readonly Operation[] {
  return operationsOf(resolveRoute({ url: '/', methods, etag }, [{ level: 'plugin', options: plugin }]), methods)
}

const operationOf = (method: string, etag: RouteOptions, plugin?: PluginOptions): Operation => operationsOfMethods([method], etag, plugin)[0]!

t.test('a read takes the conditions of the validators that it has, and is refused where nothing is loaded', async t => {
  const table = [
    // settings, conditions, validators, refusals
    [{ source: 'version', load }, ['If-None-Match'], ['ETag'], [404]],
    [{ source: 'version', lastModified: 'at', load }, ['If-None-Match', 'If-Modified-Since'], ['ETag', 'Last-Modified'], [404]],
    [{ lastModified: 'at' }, ['If-Modified-Since'], ['Last-Modified'], []],
    // the handler sets its tag
    [{}, ['If-None-Match'], ['ETag'], []]
  ] as const
  for (const [etag, conditions, validators, refusals] of table) {
    for (const method of ['GET', 'HEAD']) {
      t.match(operationOf(method, etag), { isRead: true, conditions, validators, refusals, needsIfMatch: 'never', isGoverned: false, tellsTag: false }, `${method} ${JSON.stringify(etag)}`)
    }
  }
})

t.test('a write takes the conditions that can be compared, and labels its answer unless it is a DELETE or told not to', async t => {
  const table = [
    // method, settings, conditions, validators
    ['PUT', { source: 'version', load }, ['If-Match', 'If-None-Match'], ['ETag']],
    ['PUT', { source: 'version', load, create: 'never' }, ['If-Match'], ['ETag']],
    ['PUT', { source: 'version', load, create: 'only', lastModified: 'at' }, ['If-None-Match'], ['ETag', 'Last-Modified']],
    ['PATCH', { source: 'version', load, lastModified: 'at' }, ['If-Match', 'If-Unmodified-Since'], ['ETag', 'Last-Modified']],
    ['PATCH', { lastModified: 'at', load }, ['If-Unmodified-Since'], ['Last-Modified']],
    ['PATCH', { source: 'version', load, answer: false }, ['If-Match'], []],
    ['DELETE', { source: 'version', load, lastModified: 'at' }, ['If-Match', 'If-Unmodified-Since'], []],
    ['POST', { source: 'version' }, [], ['ETag']],
    ['POST', { source: 'version', load }, ['If-Match'], ['ETag']]
  ] as const
  for (const [method, etag, conditions, validators] of table) {
    t.match(operationOf(method, etag), { isRead: false, conditions, validators }, `${method} ${JSON.stringify(etag)}`)
  }
})

t.test('If-Match is needed always only where nothing that comes with the request can change it', async t => {
  const etag = { source: 'version', load, create: 'never' } as const
  const table: ReadonlyArray<readonly [string, RouteOptions, PluginOptions, Operation['needsIfMatch']]> = [
    ['PUT', etag, { policy: 'REQUIRED' }, 'always'],
    ['PUT', etag, {}, 'never'],
    ['PUT', etag, { policy: 'REQUIRED_FOR_DELETE' }, 'never'],
    ['DELETE', etag, { policy: 'REQUIRED_FOR_DELETE' }, 'always'],
    ['DELETE', { ...etag, kind: 'doc' }, { policy: { doc: 'REQUIRED', db: 'OPTIONAL' } }, 'always'],
    ['PUT', { ...etag, create: 'may' }, { policy: 'REQUIRED' }, 'sometimes'],
    ['PATCH', { ...etag, create: 'may' }, { policy: 'REQUIRED' }, 'always'],
    ['PUT', { ...etag, create: 'only' }, { policy: 'REQUIRED' }, 'never'],
    ['PUT', { ...etag, create: 'only' }, { policy: 'REQUIRED', checkEtagParam: true }, 'never'],
    ['PUT', { ...etag, accept: ['If-Match: *'] }, { policy: 'REQUIRED' }, 'sometimes'],
    ['PUT', { ...etag, enforce: () => true }, { policy: 'REQUIRED' }, 'sometimes'],
    ['PUT', { ...etag, enforce: false }, { policy: 'REQUIRED' }, 'never'],
    ['PUT', { ...etag, enforce: false }, { policy: 'REQUIRED', checkEtagParam: true }, 'sometimes'],
    ['PUT', { ...etag, policy: () => 'REQUIRED' }, { policy: 'REQUIRED' }, 'sometimes'],
    ['PUT', etag, { checkEtagParam: true }, 'sometimes'],
    ['PUT', etag, { policy: 'REQUIRED', checkEtagParam: true }, 'always'],
    ['PUT', { ...etag, bulk: { waive: 'appends' } }, { policy: 'REQUIRED' }, 'never'],
    ['PUT', { ...etag, bulk: { waive: 'appends' } }, { policy: 'REQUIRED', checkEtagParam: true }, 'sometimes'],
    ['POST', etag, { policy: 'REQUIRED', checkEtagParam: true }, 'never'],
    ['POST', etag, { policy: () => 'REQUIRED' }, 'never'],
    ['POST', { ...etag, policy: 'REQUIRED' }, {}, 'always'],
    ['POST', { ...etag, policy: () => 'REQUIRED' }, {}, 'sometimes']
  ]
  for (const [method, route, plugin, needsIfMatch] of table) {
    const operation = operationOf(method, route, plugin)
    const title = `${method} ${JSON.stringify(route)} under ${JSON.stringify(plugin)}`
    t.equal(operation.needsIfMatch, needsIfMatch, title)
    t.equal(operation.refusals.includes(428), needsIfMatch !== 'never', title)
  }
})

t.test('only the refusals are told that can come', async t => {
  const etag = { source: 'version', load, create: 'never' } as const
  const table: ReadonlyArray<readonly [string, RouteOptions, PluginOptions, readonly number[]]> = [
    ['PUT', etag, {}, [400, 404, 409, 412]],
    ['PUT', etag, { policy: 'REQUIRED' }, [400, 404, 409, 412, 428]],
    ['PUT', etag, { policy: 'REQUIRED', missing: 409 }, [400, 404, 409, 412]],
    ['PUT', { ...etag, create: 'only' }, { policy: 'REQUIRED' }, [400, 409, 412]],
    ['PUT', { load, lastModified: 'at', create: 'never' }, {}, [404, 412]],
    ['PUT', { source: { members: 'version' }, load, create: 'never' }, {}, [400, 404, 409, 412]],
    ['POST', { source: 'version' }, { policy: 'REQUIRED' }, []],
    ['PUT', { bulk: { waive: 'appends' } }, { policy: 'REQUIRED', checkEtagParam: true }, [428]],
    ['PUT', { bulk: { waive: 'appends' } }, { policy: 'REQUIRED', checkEtagParam: true, missing: 409 }, [409]],
    ['PUT', { source: { members: 'version' }, bulk: { waive: 'appends' } }, {}, []],
    ['PUT', { source: { members: 'version' } }, {}, [400]]
  ]
  for (const [method, route, plugin, refusals] of table) {
    t.strictSame(operationOf(method, route, plugin).refusals, refusals, `${method} ${JSON.stringify(route)} under ${JSON.stringify(plugin)}`)
  }
})

t.test('a refusal tells the tag where there is one, and disclose does not say that none does', async t => {
  const etag = { source: 'version', load } as const
  t.equal(operationOf('PUT', etag).tellsTag, true)
  t.equal(operationOf('PUT', { ...etag, disclose: () => false }).tellsTag, true)
  t.equal(operationOf('PUT', { ...etag, disclose: false }).tellsTag, false)
  t.equal(operationOf('PUT', { load, lastModified: 'at' }).tellsTag, false)
  t.equal(operationOf('PUT', { source: 'version' }).tellsTag, false)
})

t.test('?checkEtag is taken by the methods that policies hold for', async t => {
  const etag = { source: 'version', load } as const
  for (const [method, takes] of [['PUT', true], ['DELETE', true], ['POST', false], ['GET', false]] as const) {
    t.equal(operationOf(method, etag, { checkEtagParam: true }).takesCheckEtag, takes, method)
    t.equal(operationOf(method, etag).takesCheckEtag, false, method)
  }
})

t.test('a route has an operation for each method that it asks for and that is about a representation', async t => {
  t.equal(operationsOfMethods(['GET', 'PUT', 'OPTIONS'], { source: 'version', load }).length, 2)
  t.equal(operationsOfMethods(['GET', 'PUT'], undefined).length, 1, 'a route that asks only for its reads')
})
