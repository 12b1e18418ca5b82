import t from 'tap'
import { parseEntityTagList } from '../lib/entity-tag-list.js'
import { isGoverned, isPolicy, isRequired, namesVersion, type Accepted, type Policy, type PolicyLevel } from '../lib/policy.js'
import type { Conditions, Validators } from '../lib/preconditions.js'

const tags = (text: string) => parseEntityTagList(text)!
const LEVELS = ['plugin', 'scope', 'schema', 'route', 'state', 'request'] as const
const OTHERS = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'put', '']

t.test('a policy governs PUT, PATCH and DELETE at every level, POST where its own route declares one, and no other method', async t => {
  for (const level of LEVELS) {
    for (const method of ['PUT', 'PATCH', 'DELETE']) t.equal(isGoverned(method, level), true, `${method}, ${level}`)
    for (const method of OTHERS) t.equal(isGoverned(method, level), false, `${method}, ${level}`)
    t.equal(isGoverned('POST', level), ['route', 'state', 'request'].includes(level), `POST, ${level}`)
  }
})

t.test('REQUIRED asks every governed method, REQUIRED_FOR_DELETE asks DELETE, OPTIONAL asks none', async t => {
  const asked: Readonly<Record<Policy, Readonly<Record<PolicyLevel, readonly string[]>>>> = {
    REQUIRED: {
      plugin: ['PUT', 'PATCH', 'DELETE'],
      scope: ['PUT', 'PATCH', 'DELETE'],
      schema: ['PUT', 'PATCH', 'DELETE'],
      route: ['PUT', 'PATCH', 'DELETE', 'POST'],
      state: ['PUT', 'PATCH', 'DELETE', 'POST'],
      request: ['PUT', 'PATCH', 'DELETE', 'POST']
    },
    REQUIRED_FOR_DELETE: { plugin: ['DELETE'], scope: ['DELETE'], schema: ['DELETE'], route: ['DELETE'], state: ['DELETE'], request: ['DELETE'] },
    OPTIONAL: { plugin: [], scope: [], schema: [], route: [], state: [], request: [] }
  }
  for (const policy of Object.keys(asked) as Policy[]) {
    for (const level of LEVELS) {
      const required = ['PUT', 'PATCH', 'DELETE', 'POST', ...OTHERS].filter(method => isRequired({ policy, level }, method))
      t.strictSame(required, asked[policy][level], `${policy}, ${level}`)
    }
  }
})

t.test('a policy is one of three, spelt as they are', async t => {
  for (const policy of ['REQUIRED', 'REQUIRED_FOR_DELETE', 'OPTIONAL']) t.ok(isPolicy(policy))
  for (const other of ['required', 'Optional', '', undefined, null, 0, true, ['REQUIRED'], {}]) t.notOk(isPolicy(other), String(other))
})

const date = 784111777
const TAGGED: Validators = { etag: { weak: false, opaque: '1' } }
const DATED: Validators = { ...TAGGED, lastModified: date }
const UNTAGGED: Validators = { lastModified: date }

t.test('only If-Match with tags names a version, or an asterisk where the state has no tag', async t => {
  const table: ReadonlyArray<readonly [sent: Conditions, ofTagged: boolean, ofUntagged: boolean]> = [
    [{ ifMatch: tags('"1"') }, true, true],
    [{ ifMatch: tags('"1", W/"2"') }, true, true],
    [{ ifMatch: tags('"*"') }, true, true],
    [{ ifMatch: '*' }, false, true],
    [{ ifMatch: '*', ifUnmodifiedSince: date, ifNoneMatch: tags('"1"') }, false, true],
    [{ ifMatch: tags('') }, false, false],
    [{ ifMatch: undefined }, false, false],
    [{}, false, false],
    [{ ifUnmodifiedSince: date }, false, false],
    [{ ifModifiedSince: date }, false, false],
    [{ ifNoneMatch: tags('"1"') }, false, false],
    [{ ifNoneMatch: '*' }, false, false],
    [{ ifNoneMatch: '*', ifUnmodifiedSince: date }, false, false]
  ]
  for (const [sent, ofTagged, ofUntagged] of table) {
    for (const accept of [undefined, []]) {
      const told = `${JSON.stringify(sent)}, ${accept === undefined ? 'nothing said of accept' : 'nothing accepted'}`
      t.equal(namesVersion(sent, TAGGED, accept), ofTagged, `${told}, a state with a tag`)
      t.equal(namesVersion(sent, DATED, accept), ofTagged, `${told}, a state with a tag and a date`)
      t.equal(namesVersion(sent, UNTAGGED, accept), ofUntagged, `${told}, a state with a date alone`)
      t.equal(namesVersion(sent, {}, accept), ofUntagged, `${told}, a state without validators`)
    }
  }
})

t.test('what is accepted satisfies a policy too, each field by its own name, and a date only where one is compared', async t => {
  const ALL: readonly Accepted[] = ['If-Match: *', 'If-None-Match', 'If-Unmodified-Since']
  const table: ReadonlyArray<readonly [sent: Conditions, ofDated: readonly Accepted[], ofTagged: readonly Accepted[]]> = [
    [{ ifMatch: tags('"1"') }, ALL, ALL],
    [{ ifMatch: '*' }, ['If-Match: *'], ['If-Match: *']],
    [{ ifMatch: tags('') }, [], []],
    [{ ifNoneMatch: '*' }, ['If-None-Match'], ['If-None-Match']],
    [{ ifNoneMatch: tags('"2"') }, ['If-None-Match'], ['If-None-Match']],
    [{ ifUnmodifiedSince: date }, ['If-Unmodified-Since'], []],
    [{ ifUnmodifiedSince: 0 }, ['If-Unmodified-Since'], []],
    [{ ifModifiedSince: date }, [], []],
    [{}, [], []]
  ]
  for (const [sent, ofDated, ofTagged] of table) {
    const satisfying = (current: Validators) => ALL.filter(accepted => namesVersion(sent, current, [accepted]))
    t.strictSame(satisfying(DATED), ofDated, `${JSON.stringify(sent)}, a state with a date`)
    t.strictSame(satisfying(TAGGED), ofTagged, `${JSON.stringify(sent)}, a state without one`)
    t.equal(namesVersion(sent, DATED, ALL), ofDated.length > 0, `${JSON.stringify(sent)}, any of them`)
  }
  t.equal(namesVersion({ ifUnmodifiedSince: date }, { lastModified: 0 }, ALL), true, 'the first second of 1970 is a date')
})
