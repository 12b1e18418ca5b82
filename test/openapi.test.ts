import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { Spectral } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { shareProblem } from '../lib/hooks/document-routes.js'
import { documented } from '../lib/openapi.js'
import { resolveRoute } from '../lib/route.js'
import { ABOUT, openapiApp, type Place } from './openapi-app.js'
import type { PluginOptions, RouteOptions } from '../lib/option-schemas.js'
import type { FastifyInstance } from 'fastify'

const load = (): object => ({ version: 1 })

function documentedBy (schema: unknown, methods: readonly string[], etag: RouteOptions | undefined, plugin: PluginOptions = {}): any {
  return documented(schema, methods, resolveRoute({ url: '/', methods, etag }, [{ level: 'plugin', options: plugin }]), () => undefined)
}

t.test('a schema is extended in a copy, and a second time by nothing', async t => {
  const schema = Object.freeze({ summary: 'Write', tags: ['a'], response: Object.freeze({ 200: Object.freeze({ type: 'object' }) }) })
  const etag = { source: 'version', load, create: 'never', lastModified: 'at' } as const
  const plugin: PluginOptions = { policy: 'REQUIRED', checkEtagParam: true }
  const once = documentedBy(schema, ['PUT'], etag, plugin)
  t.strictSame(Object.keys(once), ['x-etag', 'summary', 'tags', 'response', 'headers', 'querystring'])
  t.strictSame(documentedBy(once, ['PUT'], etag, plugin), once)
  t.strictSame(documentedBy({ query: { properties: { checkEtag: {} } } }, ['PUT'], etag, plugin).querystring, { properties: { checkEtag: {} } })
})

t.test('a method that the route does not ask for adds nothing', async t => {
  const schema = { body: {} }
  t.strictSame(documentedBy(schema, ['PUT'], undefined), schema)
  t.not(documentedBy(schema, ['PUT'], undefined), schema)
  t.strictSame(documentedBy(undefined, ['OPTIONS'], {}), {})
  t.strictSame(Object.keys(documentedBy(undefined, ['POST'], { source: 'version' })), ['response'])
})

t.test('x-etag tells the policy of what is governed, and what depends on more than it', async t => {
  const etag = { source: 'version', load, create: 'never' } as const
  const table: ReadonlyArray<readonly [string, RouteOptions, PluginOptions, object | undefined]> = [
    ['PUT', etag, {}, { policy: 'OPTIONAL', level: 'plugin' }],
    ['PUT', { ...etag, kind: 'doc' }, { policy: { doc: 'REQUIRED' } }, { policy: 'REQUIRED', level: 'plugin', kind: 'doc' }],
    ['DELETE', { ...etag, policy: 'REQUIRED_FOR_DELETE' }, {}, { policy: 'REQUIRED_FOR_DELETE', level: 'route' }],
    ['PUT', { ...etag, policy: () => null }, { policy: 'REQUIRED' }, { policy: 'REQUIRED', level: 'plugin', dependsOnState: true }],
    ['PUT', { ...etag, bulk: { waive: 'nobody needs to know' } }, { policy: 'REQUIRED' }, { policy: 'OPTIONAL', level: 'route', waived: true }],
    ['PUT', { ...etag, enforce: false }, { policy: 'REQUIRED' }, { policy: 'REQUIRED', level: 'plugin', enforced: false }],
    ['POST', etag, { policy: 'REQUIRED' }, undefined],
    ['GET', etag, { policy: 'REQUIRED' }, undefined]
  ]
  for (const [method, route, plugin, told] of table) t.strictSame(documentedBy({}, [method], route, plugin)['x-etag'], told, `${method} ${JSON.stringify(told)}`)
  t.strictSame(documentedBy({ 'x-etag': 'mine' }, ['PUT'], etag)['x-etag'], 'mine')
})

const VERSIONS = ['3.0.3', '3.1.0'] as const

async function documentOf (place: Place, openapi: string): Promise<any> {
  const app = await openapiApp(place, { openapi: { openapi, ...ABOUT } as never, exposeHeadRoutes: true })
  const document = JSON.parse(JSON.stringify((app as any).swagger()))
  await app.close()
  return document
}

for (const version of VERSIONS) {
  t.test(`OpenAPI ${version}: the document is valid, and the same whether swagger is registered before or after`, async t => {
    const { validate } = await import('@readme/openapi-parser')
    const { Validator } = await import('@seriousme/openapi-schema-validator')
    const document = await documentOf('before', version)
    t.strictSame(await documentOf('after', version), document)
    t.match(await validate(structuredClone(document)), { valid: true, warnings: [] })
    t.match(await new Validator().validate(structuredClone(document)), { valid: true })
  })

  t.test(`OpenAPI ${version}: spectral finds no error, and no more to say than of a route without a schema`, async t => {
    const spectral = new Spectral()
    spectral.setRuleset({ extends: [oas as never], rules: {} })
    const found = await spectral.run(await documentOf('before', version))
    t.strictSame(found.filter(({ severity }) => severity === 0), [])
    const untold = ['operation-description', 'operation-operationId', 'operation-tags']
    t.strictSame(found.filter(({ code, path }) => path[1] !== '/untold/{id}' || !untold.includes(String(code))), [])
  })
}

t.test('the checks notice what is broken', async t => {
  const { validate } = await import('@readme/openapi-parser')
  const { Validator } = await import('@seriousme/openapi-schema-validator')
  const spectral = new Spectral()
  spectral.setRuleset({ extends: [oas as never], rules: {} })
  const document = await documentOf('before', '3.0.3')
  delete document.paths['/plain'].get.responses[200].description
  t.match(await validate(structuredClone(document)), { valid: false })
  t.match(await new Validator().validate(structuredClone(document)), { valid: false })
  t.ok((await spectral.run(document)).some(({ severity }) => severity === 0))
})

t.test('a document, as a whole', async t => {
  t.matchSnapshot(JSON.stringify(await documentOf('before', '3.1.0'), null, 2))
})

t.test('docs/openapi.md shows a part of it', async t => {
  const { put } = (await documentOf('before', '3.1.0')).paths['/documents/{id}']
  const { 200: ok, 412: failed, 428: missing } = put.responses
  const page = readFileSync(path.join(__dirname, '../docs/openapi.md'), 'utf8')
  const [, excerpt] = /```json\n([^]+?)```/.exec(page)!
  t.strictSame(JSON.parse(excerpt!), {
    'x-etag': put['x-etag'],
    parameters: put.parameters.filter((one: any) => one.in === 'header'),
    responses: { 200: { headers: ok.headers }, 412: failed, 428: missing }
  })
})

t.test('one schema of a problem is shared by all refusals', async t => {
  const document = await documentOf('before', '3.1.0')
  const titles = Object.entries<any>(document.components.schemas).map(([name, { title }]) => [name, title])
  t.strictSame(titles, [['def-0', 'EtagProblem']])
  const refs = new Set(JSON.stringify(document.paths).match(/"application\/problem\+json":\{"schema":\{[^}]*\}/g))
  t.strictSame([...refs], ['"application/problem+json":{"schema":{"$ref":"#/components/schemas/def-0"}'])
})

const parametersOf = (operation: any): string[] =>
  (operation.parameters ?? []).filter((one: any) => one.in !== 'path').map((one: any) => `${one.in} ${one.name}${one.required ? ' required' : ''}`)

t.test('each operation tells its own conditions and answers', async t => {
  const { paths } = await documentOf('after', '3.0.3')
  const table: ReadonlyArray<readonly [string, string, readonly string[], readonly string[]]> = [
    // method, path, parameters, answers; those with an ETag are starred
    ['get', '/documents/{id}', ['header If-None-Match', 'header If-Modified-Since'], ['200*', '304*', '404']],
    ['head', '/untold/{id}', ['header If-None-Match', 'header If-Modified-Since'], ['200*', '304*', '404']],
    ['put', '/documents/{id}', ['header If-Match required', 'header If-Unmodified-Since'], ['200*', '400', '404', '409*', '412*', '428*']],
    ['delete', '/documents/{id}', ['header If-Match required', 'header If-Unmodified-Since'], ['204', '400', '404', '409*', '412*', '428*']],
    ['put', '/legacy/{id}', ['query dry', 'query checkEtag', 'header x-tenant', 'header if-match', 'header If-Unmodified-Since'], ['2XX*', '4XX']],
    ['put', '/pages/{id}', ['header If-Match', 'header If-None-Match'], ['200*', '400', '404', '409*', '412*', '428*']],
    ['patch', '/by-state/{id}', ['query checkEtag', 'header If-Match'], ['200*', '400', '404', '409*', '412*', '428*']],
    ['get', '/list', ['header If-None-Match'], ['200*', '304*', '404']],
    ['put', '/list', ['header If-Match required'], ['200*', '400', '404', '409*', '412*', '428*']],
    ['patch', '/bulk', [], ['204']],
    ['get', '/weak', ['header If-None-Match'], ['200*', '304*', '404']],
    ['get', '/dated', ['header If-Modified-Since'], ['200', '304', '404']],
    ['get', '/untold/{id}', ['header If-None-Match', 'header If-Modified-Since'], ['200*', '304*', '404']],
    ['post', '/documents', [], ['201*']],
    ['get', '/plain', [], ['200']]
  ]
  for (const [method, path, parameters, answers] of table) {
    const operation = paths[path][method]
    t.strictSame(parametersOf(operation).sort(), [...parameters].sort(), `${method} ${path}`)
    const told = Object.entries<any>(operation.responses).map(([status, { headers = {} }]) => 'ETag' in headers ? `${status}*` : status)
    t.strictSame(told, answers, `${method} ${path}`)
  }
  t.notOk('/hidden' in paths)
})

const tag = (version: number | string): Record<string, string> => ({ 'if-match': `"${version}"` })
const title = (text: unknown): { title: unknown } => ({ title: text })

type Sent = readonly [method: string, url: string, headers?: Record<string, string>, payload?: unknown]

// in this order, since writes move versions
const REQUESTS: readonly Sent[] = [
  ['GET', '/documents/1'],
  ['GET', '/documents/1', { 'if-none-match': '"1"' }],
  ['GET', '/documents/1', { 'if-none-match': 'W/"1"' }],
  ['GET', '/documents/1', { 'if-none-match': '1' }],
  ['GET', '/documents/1', { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }],
  ['GET', '/documents/1', { 'if-modified-since': 'yesterday' }],
  ['GET', '/documents/1', { 'if-match': '"9"' }],
  ['HEAD', '/documents/1'],
  ['HEAD', '/documents/1', { 'if-none-match': '"1"' }],
  ['GET', '/documents/8'],
  ['GET', '/documents/8', { 'if-none-match': '"1"' }],
  ['GET', '/documents/too-long-an-id'],
  ['PUT', '/documents/1', {}, title('a')],
  ['PUT', '/documents/1', { 'if-match': '*' }, title('a')],
  ['PUT', '/documents/1', { 'if-match': '1' }, title('a')],
  ['PUT', '/documents/1', { 'if-match': '' }, title('a')],
  ['PUT', '/documents/1', tag(9), title('a')],
  ['PUT', '/documents/1', { 'if-match': 'W/"1"' }, title('a')],
  ['PUT', '/documents/1', tag(1), title('')],
  ['PUT', '/documents/1', tag(1), {}],
  ['PUT', '/documents/1', tag(1), '{'],
  ['PUT', '/documents/1', {}, title('')],
  ['PUT', '/documents/1', tag(1), { title: 'b', more: 1 }],
  ['PUT', '/documents/1', tag(2), title('c')],
  ['PUT', '/documents/1', tag(2), title('c')],
  ['PUT', '/documents/8', tag(1), title('c')],
  ['PUT', '/documents/1', { 'if-unmodified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }, title('c')],
  ['PUT', '/legacy/1', {}, title('d')],
  ['PUT', '/legacy/1?dry=true', {}, title('d')],
  ['PUT', '/legacy/1?dry=perhaps', {}, title('d')],
  ['PUT', '/legacy/1?checkEtag', {}, title('d')],
  ['PUT', '/legacy/1', { 'x-tenant': 'long one' }, title('d')],
  ['PUT', '/legacy/1', tag(1), title('d')],
  ['PUT', '/legacy/1?checkEtag', tag(3), title('d')],
  ['PUT', '/pages/1', {}, title('e')],
  ['PUT', '/pages/1', { 'if-none-match': '*' }, title('e')],
  ['PUT', '/pages/1', tag(1), title('e')],
  ['PUT', '/pages/2', {}, title('e')],
  ['PUT', '/pages/3', { 'if-none-match': '*' }, title('e')],
  ['PUT', '/pages/4', tag(1), title('e')],
  ['PATCH', '/by-state/2', {}, title('locked')],
  ['PATCH', '/by-state/2', {}, title('f')],
  ['PATCH', '/by-state/2', tag(2), title('f')],
  ['PATCH', '/by-state/2?checkEtag', {}, title('g')],
  ['GET', '/list'],
  ['PUT', '/list', {}, [{ id: 'a', version: 1 }]],
  ['PUT', '/list', tag('old'), [{ id: 'a', version: 1 }, { id: 'a', version: 1 }]],
  ['PUT', '/list', tag('old'), { id: 'a' }],
  ['PATCH', '/bulk', {}, [title('h')]],
  ['GET', '/weak', { 'if-none-match': 'W/"3"' }],
  ['GET', '/dated', { 'if-modified-since': 'Fri, 02 Jan 2026 03:04:05 GMT' }],
  ['GET', '/untold/1', { 'if-none-match': '"1"' }],
  ['POST', '/documents', {}, title('i')],
  ['POST', '/documents', {}, title(1)],
  ['POST', '/documents', {}, title({})],
  ['GET', '/hidden', { 'if-none-match': '"1"' }],
  ['GET', '/plain'],
  ['DELETE', '/documents/1'],
  ['DELETE', '/documents/1', tag(1)],
  ['DELETE', '/documents/2', tag(3)],
  ['DELETE', '/documents/2', tag(3)]
]

async function answersOf (place: Place): Promise<ReadonlyArray<readonly [number, object, string]>> {
  const app = await openapiApp(place, { exposeHeadRoutes: true })
  if (place !== 'nowhere') (app as any).swagger()
  const answers = []
  for (const [method, url, headers = {}, payload] of REQUESTS) {
    const body = payload === undefined ? {} : { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }
    const response = await app.inject({ method: method as 'GET', url, headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers }, ...body })
    const { date, ...others } = response.headers
    answers.push([response.statusCode, others, response.rawPayload.toString('latin1')] as const)
  }
  await app.close()
  return answers
}

t.test('requests are answered with the same bytes with a document as without one', async t => {
  const without = await answersOf('nowhere')
  for (const place of ['before', 'after'] as const) t.strictSame(await answersOf(place), without, place)
  t.strictSame([...new Set(without.map(([status]) => status))].sort(), [200, 201, 204, 304, 400, 404, 409, 412, 428])
  t.ok(without.length >= 50)
})

t.test('every answer that comes is told, with its tag and the type of its content, but for those of validation and of If-Match on a read', async t => {
  const { paths } = await documentOf('before', '3.0.3')
  const answers = await answersOf('before')
  for (const [index, [status, headers, body]] of answers.entries()) {
    const [method, url, sent = {}] = REQUESTS[index]!
    const operation = paths[url.replace(/\?.*/, '').replace(/(?<=\/.+\/)[^/]+$/, '{id}')]?.[method.toLowerCase()]
    const isValidation = /FST_ERR_|"instancePath"/.test(body)
    const isReadMatch = ['GET', 'HEAD'].includes(method) && 'if-match' in sent
    if (url === '/hidden' || method === 'HEAD' || isValidation || isReadMatch) continue
    const told = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`]
    const title = `${method} ${url} ${JSON.stringify(sent)} ${status}`
    t.ok(told, title)
    const { etag, 'last-modified': lastModified, 'content-type': type } = headers as Record<string, string>
    if (etag !== undefined && `${status}` in operation.responses) t.ok(told.headers.ETag, title)
    if (lastModified !== undefined) t.ok(told.headers['Last-Modified'], title)
    if (type !== undefined && told.content !== undefined) t.strictSame(Object.keys(told.content), [type.split(';')[0]], title)
  }
})

t.test('a missing If-Match is 428, never 400, although it is documented as required', async t => {
  for (const place of ['before', 'after'] as const) {
    const app = await openapiApp(place)
    t.ok(parametersOf((app as any).swagger().paths['/documents/{id}'].put).includes('header If-Match required'))
    const response = await app.inject({ method: 'PUT', url: '/documents/1', payload: { title: 'a' } })
    t.strictSame([response.statusCode, response.headers['content-type']], [428, 'application/problem+json'])
    await app.close()
  }
})

t.test('what fails for another reason than that a scope within has the schema is told', async t => {
  const scopeThat = (code: string): FastifyInstance => ({
    hasPlugin: () => true,
    getSchema: () => undefined,
    addSchema: () => { throw Object.assign(new Error(code), { code }) }
  }) as unknown as FastifyInstance
  shareProblem(scopeThat('FST_ERR_SCH_ALREADY_PRESENT'))
  t.throws(() => shareProblem(scopeThat('FST_ERR_OTHER')), { code: 'FST_ERR_OTHER' })
})
