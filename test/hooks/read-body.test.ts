import t from 'tap'
import { ReadBody } from '../../lib/hooks/read-body.js'

type Compile = NonNullable<Parameters<ReadBody['follow']>[0]['options']['serializerCompiler']>

const compiled: unknown[] = []
const compile = (name: string): Compile => ({ schema, url, method, httpStatus }) => {
  compiled.push(schema)
  return state => `${name}, ${method} ${url} ${httpStatus}: ${JSON.stringify(state)}`
}
const scope = { serializerCompiler: compile('scope') }

t.test('text and bytes are the body, and a state is one only where a GET is followed', async t => {
  const readBody = new ReadBody()
  for (const body of ['', 'text', Buffer.from('x')]) t.strictSame(readBody.of(body), body)
  t.strictSame(readBody.of(new Uint16Array([1, 2])), Buffer.from([1, 0, 2, 0]), 'as Fastify sends them')
  t.equal(readBody.of({ a: 1 }), undefined)
  readBody.follow({ scope, options: { url: '/' } })
  t.equal(readBody.of({ a: 1 }), '{"a":1}')
  readBody.follow({ scope, options: { url: '/', schema: { response: { 404: {} } } } })
  t.equal(readBody.of({ a: 1 }), '{"a":1}')
  readBody.follow({ scope: { serializerCompiler: undefined }, options: { url: '/', schema: { response: { 200: {} } } } })
  t.equal(readBody.of({ a: 1 }), '{"a":1}')
})

t.test('the schema is the one that Fastify finds for a 200, compiled in the scope of the GET or by its own compiler', async t => {
  const schema = { type: 'object' }
  const other = { type: 'null' }
  const responses: ReadonlyArray<readonly [response: Record<string, object>, httpStatus: string]> = [
    [{ 200: schema, '2xx': other, default: other }, '200'],
    [{ '2XX': schema, default: other, 201: other }, '2xx'],
    [{ default: schema, '4xx': other }, 'default'],
    [{ 200: { content: { 'text/plain': { schema: other }, 'application/json': { schema } } } }, '200'],
    [{ 200: { content: { '*/*': { schema } } } }, '200']
  ]
  for (const [response, httpStatus] of responses) {
    for (const own of [undefined, compile('own')]) {
      compiled.length = 0
      const readBody = new ReadBody()
      readBody.follow({ scope, options: { url: '/d', schema: { response }, ...(own && { serializerCompiler: own }) } })
      for (let turn = 0; turn < 2; turn++) t.equal(readBody.of({ a: 1 }), `${own === undefined ? 'scope' : 'own'}, GET /d ${httpStatus}: {"a":1}`)
      t.strictSame(compiled, [schema], `once: ${JSON.stringify(response)}`)
    }
  }
  const readBody = new ReadBody()
  readBody.follow({ scope, options: { url: '/d', schema: { response: { 200: { content: { 'text/plain': { schema: other } } } } } } })
  t.equal(readBody.of({ a: 1 }), '{"a":1}', 'Fastify has no schema for JSON then')
})
