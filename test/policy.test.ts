import t from 'tap'
import { parseEntityTagList } from '../lib/entity-tag-list.js'
import { isGoverned, isRequired, namesVersion, type Policy, type PolicyLevel } from '../lib/policy.js'
import type { Conditions } from '../lib/preconditions.js'

const tags = (text: string) => parseEntityTagList(text)!
const LEVELS: readonly PolicyLevel[] = ['plugin', 'scope', 'route']
const OTHERS = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'put', '']

t.test('a policy governs PUT, PATCH and DELETE at every level, POST at its own route only, and no other method', async t => {
  for (const level of LEVELS) {
    for (const method of ['PUT', 'PATCH', 'DELETE']) t.equal(isGoverned(method, level), true, `${method}, ${level}`)
    for (const method of OTHERS) t.equal(isGoverned(method, level), false, `${method}, ${level}`)
    t.equal(isGoverned('POST', level), level === 'route', `POST, ${level}`)
  }
})

t.test('REQUIRED asks every governed method, REQUIRED_FOR_DELETE asks DELETE, OPTIONAL asks none', async t => {
  const asked: Readonly<Record<Policy, Readonly<Record<PolicyLevel, readonly string[]>>>> = {
    REQUIRED: {
      plugin: ['PUT', 'PATCH', 'DELETE'],
      scope: ['PUT', 'PATCH', 'DELETE'],
      route: ['PUT', 'PATCH', 'DELETE', 'POST']
    },
    REQUIRED_FOR_DELETE: { plugin: ['DELETE'], scope: ['DELETE'], route: ['DELETE'] },
    OPTIONAL: { plugin: [], scope: [], route: [] }
  }
  for (const policy of Object.keys(asked) as Policy[]) {
    for (const level of LEVELS) {
      const required = ['PUT', 'PATCH', 'DELETE', 'POST', ...OTHERS].filter(method => isRequired({ policy, level }, method))
      t.strictSame(required, asked[policy][level], `${policy}, ${level}`)
    }
  }
})

t.test('only If-Match with tags names a version, or an asterisk where the state has no tag', async t => {
  const date = 784111777
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
    t.equal(namesVersion(sent, true), ofTagged, `${JSON.stringify(sent)}, a state with a tag`)
    t.equal(namesVersion(sent, false), ofUntagged, `${JSON.stringify(sent)}, a state without one`)
  }
})
