import t from 'tap'
import { alwaysNeedsState, identityOf, kDefinition, resolveRoute, type Level } from '../lib/route.js'
import { pluginOptionsSchema, routeOptionsSchema, type PluginOptions } from '../lib/options.js'

const load = () => null
const state = { a: 1, b: 2, c: 3, updated: 1000, created: 2000 }

const resolve = (methods: string[], etag: unknown, outer: readonly Level[] = []) =>
  resolveRoute({ url: '/documents/:id', methods, etag }, outer)

// any object, since JavaScript passes `undefined` as well
const levels = (...given: object[]): Level[] =>
  given.map((options, index) => ({ level: index === 0 ? 'plugin' : 'scope', options }))

t.test('of every setting the nearest declaration wins, each by itself', async t => {
  const table: ReadonlyArray<readonly [
    outer: Level[], etag: object,
    expected: readonly [policy: string, level: string, version: unknown, lastModified: number | undefined]
  ]> = [
    [[], {}, ['OPTIONAL', 'plugin', undefined, undefined]],
    [levels({}), {}, ['OPTIONAL', 'plugin', undefined, undefined]],
    [levels({ policy: 'REQUIRED', source: 'a' }), {}, ['REQUIRED', 'plugin', 1, undefined]],
    [levels({ policy: 'OPTIONAL', source: 'a' }, { policy: 'REQUIRED', source: 'b' }), {}, ['REQUIRED', 'scope', 2, undefined]],
    [levels({ source: 'a' }, { policy: 'REQUIRED' }, { policy: 'OPTIONAL' }), {}, ['OPTIONAL', 'scope', 1, undefined]],
    [levels({ policy: 'REQUIRED', source: 'a' }, { source: 'b' }), { source: 'c' }, ['REQUIRED', 'plugin', 3, undefined]],
    [levels({ source: 'a' }, { policy: 'OPTIONAL' }), { policy: 'REQUIRED' }, ['REQUIRED', 'route', 1, undefined]],
    [levels({ policy: 'REQUIRED' }), { policy: 'OPTIONAL', source: 'a' }, ['OPTIONAL', 'route', 1, undefined]],
    [levels({ lastModified: 'created' }, { source: 'a' }), {}, ['OPTIONAL', 'plugin', 1, 2]],
    [levels({ lastModified: 'created' }), { lastModified: 'updated' }, ['OPTIONAL', 'plugin', undefined, 1]],
    [levels({ policy: 'REQUIRED', source: 'a' }, { policy: undefined, source: undefined }), { source: undefined, lastModified: undefined },
      ['REQUIRED', 'plugin', 1, undefined]]
  ]
  for (const [outer, etag, expected] of table) {
    const { policy: { policy, level }, describeState } = resolve(['PUT'], { ...etag, load }, outer)
    const { version, lastModified } = describeState(state, undefined)
    t.strictSame([policy, level, version, lastModified], expected, JSON.stringify([...outer, etag]))
  }
})

t.test('a route is resolved to all that its hooks need', async t => {
  const etag = { source: 'a', load, create: 'never' }
  const route = resolve(['GET', 'PUT'], etag)
  const { describeState, ...settings } = route
  t.strictSame(settings, {
    title: 'GET, PUT /documents/:id',
    url: '/documents/:id',
    definition: etag,
    policy: { policy: 'OPTIONAL', level: 'plugin' },
    create: 'never',
    load,
    source: 'field'
  })
  t.equal(route.definition, etag)
  t.equal(resolve(['GET'], {}).load, undefined)
})

t.test('what is not declared has the default that the options document', async t => {
  const route = resolve(['PUT'], {})
  t.equal(route.policy.policy, pluginOptionsSchema.properties.policy.default)
  t.equal(route.policy.policy, routeOptionsSchema.properties.policy.default)
  t.equal(route.create, routeOptionsSchema.properties.create.default)
})

t.test('a route knows how its source was given', async t => {
  const table = [[undefined, 'none'], ['a', 'field'], [{ field: 'a' }, 'field'], [() => 'a', 'function']] as const
  for (const [source, kind] of table) {
    t.equal(resolve(['GET'], { source }).source, kind, kind)
    t.equal(resolve(['GET'], {}, levels({ source })).source, kind, `${kind}, of the plugin`)
  }
})

t.test('a policy that can never be kept stops the start, and is no matter where it governs no method', async t => {
  const LOAD = 'FST_ETAG_LOAD_MISSING'
  const SOURCE = 'FST_ETAG_SOURCE_MISSING'
  type Code = typeof LOAD | typeof SOURCE | undefined
  const table: ReadonlyArray<readonly [
    policy: NonNullable<PluginOptions['policy']>, methods: string[],
    // without a load, and with a load and no source: as declared by the plugin, then by the route
    noLoad: readonly [Code, Code], noSource: readonly [Code, Code], required: string
  ]> = [
    ['REQUIRED', ['PUT'], [LOAD, LOAD], [SOURCE, SOURCE], 'PUT'],
    ['REQUIRED', ['PATCH'], [LOAD, LOAD], [SOURCE, SOURCE], 'PATCH'],
    ['REQUIRED', ['DELETE'], [LOAD, LOAD], [SOURCE, SOURCE], 'DELETE'],
    ['REQUIRED', ['GET', 'PUT'], [LOAD, LOAD], [SOURCE, SOURCE], 'PUT'],
    ['REQUIRED', ['POST'], [undefined, LOAD], [undefined, SOURCE], 'POST'],
    ['REQUIRED', ['GET', 'HEAD'], [undefined, undefined], [undefined, undefined], ''],
    ['REQUIRED_FOR_DELETE', ['PUT', 'PATCH', 'POST'], [undefined, undefined], [undefined, undefined], ''],
    ['REQUIRED_FOR_DELETE', ['DELETE'], [LOAD, LOAD], [SOURCE, SOURCE], 'DELETE'],
    ['REQUIRED_FOR_DELETE', ['PUT', 'DELETE'], [LOAD, LOAD], [SOURCE, SOURCE], 'DELETE'],
    ['OPTIONAL', ['PUT', 'DELETE', 'POST'], [undefined, undefined], [undefined, undefined], '']
  ]
  for (const [policy, methods, noLoad, noSource, required] of table) {
    for (const [column, level] of (['plugin', 'route'] as const).entries()) {
      const name = `${policy} of the ${level}, ${methods}`
      const attempt = (etag: object, code: Code) => {
        const start = () => resolve(methods, level === 'route' ? { ...etag, policy } : etag, level === 'plugin' ? levels({ policy }) : [])
        if (code === undefined) return t.doesNotThrow(start, name)
        const needed = code === LOAD ? 'load' : 'source'
        t.throws(start, {
          code,
          message: `${methods.join(', ')} /documents/:id needs a ${needed}: ` +
            `the policy ${policy} of its ${level} makes ${required} name the version that it changes`
        }, `${name}, no ${needed}`)
      }
      attempt({}, noLoad[column])
      attempt({ source: 'a' }, noLoad[column])
      attempt({ load }, noSource[column])
      attempt({ load, lastModified: 'updated' }, noSource[column])
      attempt({ load, source: 'a' }, undefined)
    }
  }
  t.throws(() => resolve(['PUT'], {}, levels({}, { policy: 'REQUIRED' })), { code: LOAD, message: / of its scope makes PUT / })
})

t.test('a PUT that only creates needs a load to find out whether something is there, whatever the policy', async t => {
  const missing = { code: 'FST_ETAG_LOAD_MISSING', message: /^(GET, )?PUT \/documents\/:id needs a load: create: 'only' makes PUT / }
  t.throws(() => resolve(['PUT'], { create: 'only' }), missing)
  t.throws(() => resolve(['GET', 'PUT'], { create: 'only', source: 'a' }), missing)
  t.doesNotThrow(() => resolve(['PUT'], { create: 'only', load }))
  t.doesNotThrow(() => resolve(['POST'], { create: 'only' }), 'only a PUT creates what is not there')
  t.doesNotThrow(() => resolve(['PUT'], { create: 'may' }))
  t.doesNotThrow(() => resolve(['PUT'], { create: 'never' }))
})

t.test('the state is always needed where the policy or create asks for it, and for that method alone', async t => {
  const table: ReadonlyArray<readonly [etag: object, method: string, needed: boolean]> = [
    [{ policy: 'REQUIRED' }, 'PUT', true],
    [{ policy: 'REQUIRED' }, 'POST', true],
    [{ policy: 'REQUIRED' }, 'GET', false],
    [{ policy: 'REQUIRED_FOR_DELETE' }, 'PUT', false],
    [{ policy: 'REQUIRED_FOR_DELETE' }, 'DELETE', true],
    [{ policy: 'OPTIONAL' }, 'PUT', false],
    [{ create: 'only' }, 'PUT', true],
    [{ create: 'only' }, 'PATCH', false],
    [{ create: 'may' }, 'PUT', false]
  ]
  for (const [etag, method, needed] of table) {
    const route = resolve(['GET', 'PUT', 'PATCH', 'POST', 'DELETE'], { source: 'a', load, ...etag })
    t.equal(alwaysNeedsState(route, method), needed, `${JSON.stringify(etag)} ${method}`)
  }
})

t.test('a definition stays the same when it is spread, and two objects that look alike are two', async t => {
  const defined = { source: 'a', [kDefinition]: Symbol('defined') }
  t.equal(resolve(['GET'], { ...defined, policy: 'OPTIONAL' }).definition, resolve(['PUT'], defined).definition)
  t.equal(identityOf({ ...defined }), identityOf(defined))
  t.not(identityOf({ ...defined, [kDefinition]: Symbol('defined') }), identityOf(defined))

  const plain = { source: 'a' }
  t.equal(resolve(['GET'], plain).definition, resolve(['PUT'], plain).definition)
  t.not(resolve(['GET'], { ...plain }).definition, resolve(['PUT'], plain).definition)
})

t.test('a wrong or misspelt option of the route is refused under its name', async t => {
  t.throws(() => resolve(['GET', 'PUT'], { polcy: 'REQUIRED' }), {
    code: 'FST_ETAG_INVALID_OPTION', message: /^GET, PUT \/documents\/:id, config\.etag: there is no option polcy;/
  })
  t.throws(() => resolve(['GET'], true), { message: /^GET \/documents\/:id, config\.etag: expected an object, found true$/ })
})
