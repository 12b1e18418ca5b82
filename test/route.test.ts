import t from 'tap'
import { asksFor, identityOf, isDisclosed, isEnforced, kDefinition, resolveRoute } from '../lib/route.js'
import type { Level } from '../lib/settings.js'
import type { Policy } from '../lib/policy.js'

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

t.test('a route is resolved to all that its hooks need, with a value for every setting', async t => {
  const etag = { source: 'a', load, create: 'never', tolerate: { unquoted: true } }
  const { describeState, dateState, storeFailureOf, ...settings } = resolve(['GET', 'PUT'], etag, levels({ missing: 409, tolerate: { weak: true } }))
  t.strictSame(settings, {
    title: 'GET, PUT /documents/:id',
    url: '/documents/:id',
    definition: etag,
    readsOnly: false,
    policy: { policy: 'OPTIONAL', level: 'plugin' },
    policyFunctions: [],
    declaresPolicy: false,
    kind: undefined,
    load,
    loadValidators: undefined,
    parseVersion: undefined,
    annotation: undefined,
    membership: undefined,
    waived: undefined,
    isDated: false,
    source: 'field',
    digest: undefined,
    apiVersion: undefined,
    variant: undefined,
    at: 'preHandler',
    missing: 409,
    checkEtagParam: false,
    accept: [],
    enforce: true,
    create: 'never',
    createIgnoresIfMatch: false,
    tolerate: { weak: true, unquoted: true },
    answer: true,
    unguarded: 'warn',
    headers: undefined,
    disclose: true,
    problem: undefined
  })
  t.equal(settings.definition, etag)
  t.equal(storeFailureOf({ code: '23505' }), 'duplicate')
  t.strictSame(describeState(state, undefined), { version: 1, etag: { weak: false, opaque: '1' } })

  t.strictSame(dateState(state, undefined), { version: undefined, etag: undefined, lastModified: undefined })

  const bare = resolve(['GET'], {})
  t.equal(bare.load, undefined)
  t.equal(bare.isDated, false)
  t.equal(resolve(['GET'], { lastModified: 'at' }).isDated, true)
  t.strictSame(bare.describeState(state, undefined), { version: undefined, etag: undefined, lastModified: undefined })
})

t.test('the tags of a route are weak where the nearest level says so', async t => {
  const weakness = (etag: object, outer: Level[] = []) => resolve(['GET'], { source: 'a', ...etag }, outer).describeState(state, undefined).etag?.weak
  t.equal(weakness({}), false)
  t.equal(weakness({ weak: true }), true)
  t.equal(weakness({}, levels({ weak: true })), true)
  t.equal(weakness({ weak: false }, levels({ weak: true })), false)
})

t.test('a route knows how its source was given', async t => {
  const table = [[undefined, 'none'], ['a', 'field'], [{ field: 'a' }, 'field'], [{ timestamp: 'a' }, 'field'], [{ members: 'a' }, 'field'], [{ members: () => 'a' }, 'function'], [() => 'a', 'function']] as const
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
    policy: Policy, methods: string[],
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

const BY_KIND = { db: 'REQUIRED', coll: 'REQUIRED_FOR_DELETE', doc: 'OPTIONAL' }

t.test('of policies by kind the one of the kind of the route holds, at the level that declared them', async t => {
  const table: ReadonlyArray<readonly [outer: Level[], etag: object, policy: string, level: string]> = [
    [levels({ policy: BY_KIND }), { kind: 'db' }, 'REQUIRED', 'plugin'],
    [levels({ policy: BY_KIND }), { kind: 'coll' }, 'REQUIRED_FOR_DELETE', 'plugin'],
    [levels({ policy: BY_KIND }), { kind: 'doc' }, 'OPTIONAL', 'plugin'],
    [levels({}, { policy: BY_KIND }), { kind: 'db' }, 'REQUIRED', 'scope'],
    [levels({ policy: BY_KIND }, {}), { kind: 'db' }, 'REQUIRED', 'plugin'],
    [levels({ policy: BY_KIND }, { policy: { db: 'OPTIONAL' } }), { kind: 'db' }, 'OPTIONAL', 'scope'],
    [levels({ policy: 'REQUIRED' }, { policy: BY_KIND }), { kind: 'doc' }, 'OPTIONAL', 'scope'],
    // one word holds for every kind, known or not
    [levels({ policy: BY_KIND }, { policy: 'REQUIRED' }), { kind: 'doc' }, 'REQUIRED', 'scope'],
    [levels({ policy: BY_KIND }), { policy: 'REQUIRED', kind: 'doc' }, 'REQUIRED', 'route'],
    [levels({ policy: BY_KIND }), { policy: 'REQUIRED' }, 'REQUIRED', 'route'],
    [levels({ policy: 'REQUIRED' }), { kind: 'file' }, 'REQUIRED', 'plugin'],
    [[], { kind: 'file' }, 'OPTIONAL', 'plugin']
  ]
  for (const [outer, etag, policy, level] of table) {
    const route = resolve(['GET', 'PUT', 'DELETE'], { source: 'a', load, ...etag }, outer)
    t.strictSame([route.policy, route.kind], [{ policy, level }, (etag as { kind?: string }).kind], JSON.stringify([...outer, etag]))
  }
})

t.test('a kind that the policies do not know stops the start, and so does a write that names none', async t => {
  const outer = levels({ policy: 'REQUIRED' }, { policy: BY_KIND })
  const unknown = (methods: string, found: string) => ({
    code: 'FST_ETAG_UNKNOWN_KIND',
    message: `${methods} /documents/:id, config.etag: kind must be one of those in the policy, db, coll, doc, found ${found}`
  })
  const table: ReadonlyArray<readonly [methods: string[], kind: string | undefined, found: string | undefined]> = [
    [['PUT'], 'file', 'file'],
    [['PUT'], 'DB', 'DB'],
    [['PUT'], 'toString', 'toString'],
    [['GET'], 'file', 'file'],
    [['PUT'], undefined, 'none'],
    [['PATCH'], undefined, 'none'],
    [['DELETE'], undefined, 'none'],
    [['GET', 'PUT'], undefined, 'none'],
    // no policy of an outer level governs these
    [['GET'], undefined, undefined],
    [['GET', 'HEAD'], undefined, undefined],
    [['POST'], undefined, undefined],
    [['PUT'], 'doc', undefined]
  ]
  for (const [methods, kind, found] of table) {
    const start = () => resolve(methods, { source: 'a', load, kind }, outer)
    if (found === undefined) t.doesNotThrow(start, `${methods}, ${kind}`)
    else t.throws(start, unknown(methods.join(', '), found), `${methods}, ${kind}`)
  }
  t.strictSame(resolve(['GET'], {}, outer).policy, { policy: 'OPTIONAL', level: 'scope' })
})

t.test('a bulk write under a policy that can require compares all that it writes, or says why it does not', async t => {
  const one = { source: 'a', load }
  const list = { source: { members: 'a' }, load }
  const byState = { policy: () => 'OPTIONAL' }
  const table: ReadonlyArray<readonly [methods: string[], outer: Level[], etag: object, why: string | undefined]> = [
    [['PUT'], levels({ policy: 'REQUIRED' }), one, 'the policy REQUIRED of its plugin makes PUT'],
    [['PATCH'], levels({}, { policy: 'REQUIRED' }), {}, 'the policy REQUIRED of its scope makes PATCH'],
    [['DELETE'], levels({ policy: 'REQUIRED_FOR_DELETE' }), one, 'the policy REQUIRED_FOR_DELETE of its plugin makes DELETE'],
    [['POST'], [], { ...one, policy: 'REQUIRED' }, 'the policy REQUIRED of its route makes POST'],
    [['PUT'], [], { ...one, ...byState }, 'a policy that is a function can make PUT'],
    [['PATCH'], levels(byState), one, 'a policy that is a function can make PATCH'],
    [['DELETE'], levels({ checkEtagParam: true }), one, '?checkEtag can make DELETE'],
    [['PUT'], levels({ policy: 'REQUIRED' }), list, undefined],
    [['PUT'], levels({ policy: 'REQUIRED_FOR_DELETE' }), one, undefined],
    [['PUT'], [], one, undefined],
    [['POST'], levels({ policy: 'REQUIRED' }), one, undefined],
    [['GET'], levels({ policy: 'REQUIRED', checkEtagParam: true }), one, undefined]
  ]
  for (const [methods, outer, etag, why] of table) {
    const told = `${methods} ${JSON.stringify([...outer, etag])}`
    if (why === undefined) t.doesNotThrow(() => resolve(methods, { ...etag, bulk: true }, outer), told)
    else {
      t.throws(() => resolve(methods, { ...etag, bulk: true }, outer), {
        code: 'FST_ETAG_BULK_UNCHECKED',
        message: `${methods.join(', ')} /documents/:id writes several states, and ${why} name the version that it changes: give it the source { members }, or bulk: { waive: 'why' }`
      }, told)
    }
    const { policy, policyFunctions, waived } = resolve(methods, { ...etag, bulk: { waive: 'appends commute' } }, outer)
    t.strictSame([policy, policyFunctions, waived], [{ policy: 'OPTIONAL', level: 'route' }, [], 'appends commute'], told)
  }
})

t.test('the members of a list stand in the body, so nothing is decided before it is read', async t => {
  const etag = { source: { members: 'a', id: '_id', at: 'items' }, load }
  t.strictSame(resolve(['PUT'], etag).membership, { id: '_id', path: ['items'] })
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    t.throws(() => resolve(['GET', method], { ...etag, at: 'onRequest' }), {
      code: 'FST_ETAG_INVALID_OPTION',
      message: `GET, ${method} /documents/:id, config.etag: at: 'onRequest' decides before the body is read, and the members that ${method} is about stand there`
    })
  }
  t.doesNotThrow(() => resolve(['GET', 'POST'], { ...etag, at: 'onRequest' }))
})

t.test('a policy by kind that can never be kept stops the start as a single one does', async t => {
  const outer = levels({ policy: BY_KIND })
  t.throws(() => resolve(['PUT'], { kind: 'db' }, outer), { code: 'FST_ETAG_LOAD_MISSING', message: /the policy REQUIRED of its plugin makes PUT / })
  t.throws(() => resolve(['DELETE'], { kind: 'coll', load }, outer), { code: 'FST_ETAG_SOURCE_MISSING', message: /REQUIRED_FOR_DELETE of its plugin makes DELETE / })
  t.doesNotThrow(() => resolve(['PUT'], { kind: 'coll' }, outer))
  t.doesNotThrow(() => resolve(['PUT', 'DELETE'], { kind: 'doc' }, outer))
})

t.test('weak tags stop the start where a write is compared by them, unless weak ones are tolerated', async t => {
  type Row = readonly [methods: string[], outer: Level[], etag: object, write: string | undefined]
  const table: readonly Row[] = [
    [['PUT'], [], { weak: true }, 'PUT'],
    [['PATCH'], [], { weak: true }, 'PATCH'],
    [['DELETE'], [], { weak: true }, 'DELETE'],
    [['GET', 'DELETE', 'PUT'], [], { weak: true }, 'DELETE'],
    [['PUT'], levels({ weak: true }), {}, 'PUT'],
    [['PUT'], levels({}, { weak: true }), {}, 'PUT'],
    [['PUT'], levels({ weak: true }), { weak: false }, undefined],
    [['PUT'], [], { weak: false }, undefined],
    [['PUT'], [], { weak: true, tolerate: { weak: false } }, 'PUT'],
    [['PUT'], [], { weak: true, tolerate: { unquoted: true } }, 'PUT'],
    [['PUT'], [], { weak: true, tolerate: { weak: true } }, undefined],
    [['PUT'], levels({ tolerate: { weak: true } }), { weak: true, tolerate: { unquoted: true } }, undefined],
    [['PUT'], levels({ tolerate: { weak: true } }), { weak: true, tolerate: { weak: false } }, 'PUT'],
    [['GET', 'HEAD'], [], { weak: true }, undefined],
    [['POST'], levels({ policy: 'REQUIRED' }), { weak: true }, undefined]
  ]
  for (const [methods, outer, etag, write] of table) {
    const start = () => resolve(methods, { source: 'a', load, ...etag }, outer)
    const told = `${methods} ${JSON.stringify([...outer, etag])}`
    if (write === undefined) t.doesNotThrow(start, told)
    else {
      t.throws(start, {
        code: 'FST_ETAG_WEAK_SOURCE',
        message: `${methods.join(', ')} /documents/:id: weak tags never match the If-Match of a ${write}; leave out weak, or set tolerate: { weak: true }`
      }, told)
    }
  }
})

t.test('weak tags stop the start of a POST whose own policy requires one', async t => {
  t.throws(() => resolve(['POST'], { source: 'a', load, weak: true, policy: 'REQUIRED' }), { code: 'FST_ETAG_WEAK_SOURCE', message: / of a POST; / })
})

t.test('a route without settings of its own asks for its reads alone, and no setting of its scope can stop it', async t => {
  const outer = [
    levels({ allReads: true, source: 'a', policy: 'REQUIRED' }),
    levels({ allReads: true, source: 'a', policy: BY_KIND }),
    levels({ allReads: true, source: 'a', weak: true }),
    levels({ allReads: true, source: 'a', create: 'only' })
  ]
  for (const given of outer) {
    const route = resolve(['GET', 'PUT', 'DELETE'], undefined, given)
    t.equal(route.readsOnly, true, JSON.stringify(given))
    t.equal(route.describeState(state, undefined).version, 1, 'its source is that of the scope')
    t.strictSame([route.load, route.kind], [undefined, undefined])
    t.throws(() => resolve(['GET', 'PUT', 'DELETE'], {}, given), 'the same settings stop a route that asks')
  }
  t.equal(resolve(['GET'], {}, outer[0]).readsOnly, false)
})

t.test('a route asks for every method, one that only reads for GET and HEAD alone', async t => {
  const asking = (etag: object | undefined) => {
    const route = resolve(['GET', 'PUT'], etag)
    return ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS'].filter(method => asksFor(route, method))
  }
  t.strictSame(asking({}), ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS'])
  t.strictSame(asking(undefined), ['GET', 'HEAD'])
})

t.test('only a clear no lets a write through, and only a clear yes tells a tag', async t => {
  const table: ReadonlyArray<readonly [said: unknown, enforced: boolean, disclosed: boolean]> = [
    [true, true, true],
    [false, false, false],
    [undefined, true, false],
    [null, true, false],
    [0, true, false],
    ['', true, false],
    [1, true, false],
    ['yes', true, false],
    [Promise.resolve(false), true, false],
    [Promise.resolve(true), true, false]
  ]
  const request = { url: '/documents/7' }
  for (const [said, enforced, disclosed] of table) {
    const asked: unknown[][] = []
    const say = (...given: unknown[]) => { asked.push(given); return said }
    const route = resolve(['GET'], { enforce: say, disclose: say })
    t.equal(isEnforced(route, request), enforced, `enforce says ${String(said)}`)
    t.equal(isDisclosed(route, request), disclosed, `disclose says ${String(said)}`)
    t.strictSame(asked, [[request], [request]], 'each is asked with the request')
    t.equal(asked[0]![0], request)
  }
  for (const given of [true, false]) {
    const route = resolve(['GET'], { enforce: given, disclose: !given })
    t.equal(isEnforced(route, request), given, `enforce: ${given}`)
    t.equal(isDisclosed(route, request), !given, `disclose: ${!given}`)
  }
  t.equal(isEnforced(resolve(['GET'], {}), request), true)
  t.equal(isDisclosed(resolve(['GET'], {}), request), true)
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

t.test('a version that is left to the write to compare stands in one field, has a load, and is not compared before the body is read', async t => {
  for (const source of ['a', { field: 'a.b' }]) t.equal(resolve(['PUT'], { source, load, parseVersion: Number }).parseVersion, Number)
  const refused = (etag: object): unknown => {
    try {
      return resolve(['PUT'], { source: 'a', load, parseVersion: Number, ...etag })
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(refused({ load: undefined }), /^PUT \/documents\/:id .*: parseVersion loads where a write missed/)
  t.match(refused({ at: 'onRequest' }), /^PUT \/documents\/:id, config\.etag: parseVersion leaves it to the write to compare the version, and at: 'onRequest'/)
  t.match(refused({ weak: true, tolerate: { weak: true } }), /^PUT \/documents\/:id, config\.etag: parseVersion reads a strong tag/)
  for (const source of [undefined, () => '1', { timestamp: 'updated' }, { members: 'version' }, { digest: 'sha1' }]) {
    t.match(refused({ source }), /^PUT \/documents\/:id, config\.etag: parseVersion reads the version that one field has/)
  }
})
