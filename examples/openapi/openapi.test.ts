import t from 'tap'
import { Spectral } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import type { FastifyInstance } from 'fastify'
import { Pool } from 'pg'
import { Documents } from '../documents/documents.js'
import { Pages } from '../documents/pages.js'
import { buildServer as buildDocuments } from '../documents/server.js'
import { buildServer as buildRestheart } from '../restheart/server.js'
import { Store } from '../restheart/store.js'

// nothing of it is asked
const pool = new Pool()

const EXAMPLES: ReadonlyArray<readonly [name: string, build: (openapi: '3.0.3' | '3.1.0') => Promise<FastifyInstance>]> = [
  ['documents', openapi => buildDocuments(new Documents(pool), new Pages(pool), openapi)],
  ['restheart', openapi => buildRestheart(new Store(pool), { username: 'admin', password: 'secret' }, {}, openapi)]
]

async function documentOf (build: () => Promise<FastifyInstance>): Promise<any> {
  const app = await build()
  await app.ready()
  const document = JSON.parse(JSON.stringify(app.swagger()))
  await app.close()
  return document
}

for (const [name, build] of EXAMPLES) {
  for (const version of ['3.0.3', '3.1.0'] as const) {
    t.test(`the OpenAPI ${version} document of ${name} is valid for three validators`, async t => {
      const { validate } = await import('@readme/openapi-parser')
      const { Validator } = await import('@seriousme/openapi-schema-validator')
      const document = await documentOf(() => build(version))
      t.equal(document.openapi, version)
      t.match(await validate(structuredClone(document)), { valid: true })
      t.match(await new Validator().validate(structuredClone(document)), { valid: true })
      const spectral = new Spectral()
      spectral.setRuleset({ extends: [oas as never], rules: {} })
      t.strictSame((await spectral.run(document)).filter(({ severity }) => severity === 0), [])
    })
  }
}

t.test('it says when a document is 304, 412 and 428, and that If-Match is required', async t => {
  const { paths } = await documentOf(() => EXAMPLES[0]![1]('3.1.0'))
  const { get, put, delete: remove } = paths['/documents/{id}']
  const parameter = (operation: any, name: string): any => operation.parameters.find((one: any) => one.name === name)
  t.match(parameter(put, 'If-Match'), { in: 'header', required: true })
  t.match(parameter(remove, 'If-Match'), { in: 'header', required: true })
  t.match(parameter(get, 'If-None-Match'), { in: 'header' })
  t.not(parameter(get, 'If-None-Match').required, true)
  t.strictSame(Object.keys(put.responses), ['200', '400', '404', '409', '412', '428'])
  t.strictSame(Object.keys(get.responses).filter(status => status === '304'), ['304'])
  t.strictSame(Object.keys(get.responses[200].headers), ['ETag', 'Last-Modified'])
  t.match(put['x-etag'], { policy: 'REQUIRED', level: 'schema' })
  t.not(parameter(paths['/pages/{name}'].put, 'If-Match').required, true, 'what may make a page needs no version')
})
