import t from 'tap'
import { withCheckEtag, withConditions } from '../lib/openapi-parameters.js'
import { operationsOf } from '../lib/operation.js'
import { resolveRoute } from '../lib/route.js'
import type { Operation } from '../lib/operation.js'
import type { PluginOptions, RouteOptions } from '../lib/option-schemas.js'

const load = (): object => ({ version: 1 })
const none = (): undefined => undefined

function operations (methods: readonly string[], plugin: PluginOptions = {}, etag: RouteOptions = {}): readonly Operation[] {
  return operationsOf(resolveRoute({ url: '/', methods, etag: { source: 'version', load, create: 'never', ...etag } }, [{ level: 'plugin', options: plugin }]), methods)
}

const required = operations(['PUT'], { policy: 'REQUIRED' })
const parameters = (given: unknown): any => given

t.test('conditions become properties of the headers, required where all operations need them', async t => {
  const headers = parameters(withConditions(undefined, required, 428, none))
  t.match(headers, { type: 'object', properties: { 'If-Match': { type: 'string', description: /Without it the answer is 428/ } }, required: ['If-Match'] })
  t.strictSame(parameters(withConditions(undefined, operations(['PUT']), 428, none)).required, [])
  t.strictSame(parameters(withConditions(undefined, operations(['GET', 'PUT'], { policy: 'REQUIRED' }), 428, none)).required, [])
  t.strictSame(parameters(withConditions(undefined, operations(['PUT', 'DELETE'], { policy: 'REQUIRED' }), 428, none)).required, ['If-Match'])
})

t.test('a description says what a request without If-Match meets', async t => {
  const told = (plugin: PluginOptions, missing: number): string =>
    parameters(withConditions(undefined, operations(['PUT'], plugin), missing, none)).properties['If-Match'].description
  t.notMatch(told({}, 428), 'Without it')
  t.match(told({ checkEtagParam: true }, 409), /Without it the answer may be 409\.$/)
})

t.test('If-None-Match means one thing to a read and another to a PUT that may create', async t => {
  const told = (methods: readonly string[]): string =>
    parameters(withConditions(undefined, operations(methods, {}, { create: 'may' }), 428, none)).properties['If-None-Match'].description
  t.match(told(['GET']), /304/)
  t.notMatch(told(['PUT']), /304/)
  t.match(told(['PUT']), /only make what is not there/)
  t.match(told(['GET', 'PUT']), /304.*only make/)
})

t.test('what is declared stays as it is, in any letter case', async t => {
  for (const name of ['If-Match', 'if-match', 'IF-MATCH']) {
    const declared = Object.freeze({ type: 'object', properties: Object.freeze({ [name]: { type: 'string', minLength: 1 } }) })
    t.equal(withConditions(declared, required, 428, none), declared, name)
  }
  const declared = { type: 'object', properties: { 'x-tenant': { type: 'string' } }, required: ['x-tenant'], additionalProperties: false }
  t.match(withConditions(declared, required, 428, none), { properties: { 'x-tenant': { type: 'string' }, 'If-Match': {} }, required: ['x-tenant', 'If-Match'], additionalProperties: false })
  t.strictSame(Object.keys(declared.properties), ['x-tenant'])
  t.match(withConditions({ type: 'object' }, required, 428, none), { type: 'object', properties: { 'If-Match': {} }, required: ['If-Match'] })
})

t.test('what is referred to or combined stands beside ours, and is looked into', async t => {
  const shared = (id: string): unknown => id === 'Tenant' ? { properties: { 'x-tenant': {} } } : { properties: { 'if-match': {} } }
  t.match(withConditions({ $ref: 'Tenant#' }, required, 428, shared), { allOf: [{ properties: { 'If-Match': {} } }, { $ref: 'Tenant#' }] })
  t.strictSame(withConditions({ $ref: 'Conditions#' }, required, 428, shared), { $ref: 'Conditions#' })
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const declared = { [key]: [{ properties: { 'If-match': {} } }] }
    t.equal(withConditions(declared, required, 428, none), declared, key)
  }
})

t.test('checkEtag is added to the query where it is taken and not declared', async t => {
  const taking = operations(['PUT'], { checkEtagParam: true })
  t.equal(withCheckEtag(undefined, required, none), undefined)
  t.match(withCheckEtag(undefined, taking, none), { type: 'object', properties: { checkEtag: { type: 'string' } }, required: [] })
  const declared = { properties: { checkEtag: { type: 'boolean' } } }
  t.equal(withCheckEtag(declared, taking, none), declared)
  t.match(withCheckEtag({ properties: { checketag: {} } }, taking, none), { properties: { checketag: {}, checkEtag: {} } }, 'a query has letter case')
})
