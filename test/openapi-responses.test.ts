import t from 'tap'
import { PROBLEM_SCHEMA, withAnswers } from '../lib/openapi-responses.js'
import { operationsOf } from '../lib/operation.js'
import { problemOf } from '../lib/problem.js'
import { resolveRoute } from '../lib/route.js'
import type { Operation } from '../lib/operation.js'
import type { PluginOptions, RouteOptions } from '../lib/option-schemas.js'

const load = (): object => ({ version: 1 })

function operations (methods: readonly string[], etag: RouteOptions = {}, plugin: PluginOptions = { policy: 'REQUIRED' }): readonly Operation[] {
  return operationsOf(resolveRoute({ url: '/', methods, etag: { source: 'version', load, create: 'never', ...etag } }, [{ level: 'plugin', options: plugin }]), methods)
}

const answers = (declared: unknown, of: readonly Operation[], missing = 428, isReshaped = false): any => withAnswers(declared, of, { missing, isReshaped })
const put = operations(['PUT'])

t.test('every member of a problem is in its schema, and what is always there is required', async t => {
  const least = { status: 412, detail: 'a', instance: '/', code: 'FST_A' }
  t.same(Object.keys(problemOf(least)).sort(), [...PROBLEM_SCHEMA.required].sort())
  const most = problemOf({ ...least, field: 'If-Match', reason: 'changed', policy: 'REQUIRED', level: 'plugin', currentEtag: '"1"' })
  t.same(Object.keys(most).sort(), Object.keys(PROBLEM_SCHEMA.properties).sort())
})

t.test('a success and a 304 carry the validators, and a success that nobody declares is told', async t => {
  const read = answers(undefined, operations(['GET'], { lastModified: 'at' }))
  t.strictSame(Object.keys(read), ['200', '304', '404'])
  for (const status of ['200', '304']) t.match(read[status], { type: 'null', headers: { ETag: { type: 'string' }, 'Last-Modified': { type: 'string' } } })
  t.strictSame(answers({}, operations(['DELETE']))['200'], { type: 'null', description: 'Default Response' })
  t.strictSame(answers({ '4xx': {} }, operations(['DELETE'])), { 200: { type: 'null', description: 'Default Response' }, '4xx': {} })
  for (const key of ['200', '2xx', '2XX', '204', '302', 'default', 'Default']) {
    t.strictSame(Object.keys(answers({ [key]: {} }, put)).filter(one => /^[23d]/i.test(one)), [key], key)
  }
})

t.test('each success that is declared gets the validators, in a copy', async t => {
  const declared = Object.freeze({ 200: Object.freeze({ type: 'object' }), '2XX': Object.freeze({ $ref: 'A#' }), 204: true, 302: {}, 500: {} })
  const shown = answers(declared, put)
  t.match(shown, { 200: { type: 'object', headers: { ETag: {} } }, '2XX': { $ref: 'A#', headers: { ETag: {} } }, 204: true })
  t.strictSame([shown[302], shown[500]], [{}, {}])
})

t.test('headers that are declared are not doubled, in any letter case', async t => {
  for (const name of ['etag', 'ETag', 'ETAG']) {
    const response = { headers: { [name]: { type: 'string', description: 'Mine' } } }
    t.equal(answers({ 200: response }, put)[200], response, name)
  }
  t.strictSame(Object.keys(answers({ 200: { headers: { 'x-a': {} } } }, put)[200].headers), ['x-a', 'ETag'])
})

t.test('a refusal that is declared keeps its body, and gets the tag where it is declared by its status', async t => {
  const own = { type: 'object', properties: { message: { type: 'string' } } }
  t.match(answers({ 412: own }, put)[412], { ...own, headers: { ETag: {} } })
  t.strictSame(answers({ 404: own }, put)[404], own)
  for (const key of ['4xx', '4XX', 'default']) {
    t.strictSame(Object.keys(answers({ 200: {}, [key]: own }, put)), ['200', key], key)
    t.strictSame(answers({ 200: {}, [key]: own }, put)[key], own, key)
  }
})

t.test('a 304 that is declared stays, and a default that is declared is none', async t => {
  const read = operations(['GET'])
  for (const key of ['304', '3xx', '3XX']) t.strictSame(answers({ 200: {}, [key]: { description: 'Mine' } }, read)[key], { description: 'Mine' }, key)
  t.ok(answers({ default: {} }, read)[304])
})

t.test('refusals are problems that share one schema, with the tag on 409, 412 and 428', async t => {
  const shown = answers(undefined, put)
  t.strictSame(Object.keys(shown), ['200', '400', '404', '409', '412', '428'])
  for (const status of [400, 404, 409, 412, 428]) {
    t.strictSame(shown[status].content, { 'application/problem+json': { schema: { $ref: 'EtagProblem#' } } })
    t.equal('headers' in shown[status], status >= 409, String(status))
  }
  t.notOk('headers' in answers(undefined, operations(['PUT'], { disclose: false }))[412])
})

t.test('problems that a function reshapes are of no known schema', async t => {
  t.strictSame(answers(undefined, put, 428, true)[412].content['application/problem+json'].schema, { type: 'object', additionalProperties: true })
})

t.test('with missing: 409 a conflict says both that it can be', async t => {
  const required = /must name the version/
  t.match(answers(undefined, operations(['PUT'], { missing: 409 }), 409)[409].description, required)
  t.notMatch(answers(undefined, operations(['PUT'], { missing: 409 }, {}), 409)[409].description, required)
  t.notMatch(answers(undefined, put)[409].description, required)
})
