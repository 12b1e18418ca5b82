import t from 'tap'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteReply, ReadBody } from '../../lib/hooks/read-body.js'

const request = {} as FastifyRequest
const serialized: unknown[] = []
noteReply(request, { serializeInput: (state: unknown, schema: unknown) => { serialized.push(schema); return `by schema: ${JSON.stringify(state)}` } } as unknown as FastifyReply, () => {})

t.test('text and bytes are the body, and a state is one only where a GET is followed', async t => {
  const readBody = new ReadBody()
  for (const body of ['', 'text', Buffer.from('x')]) t.equal(readBody.of(body, request), body)
  t.equal(readBody.of({ a: 1 }, request), undefined)
  readBody.follow({})
  t.equal(readBody.of({ a: 1 }, request), '{"a":1}')
  readBody.follow({ schema: { response: { 404: {} } } })
  t.equal(readBody.of({ a: 1 }, request), '{"a":1}')
})

t.test('the schema is the one that Fastify finds for a 200', async t => {
  const schema = { type: 'object' }
  const other = { type: 'null' }
  const responses: ReadonlyArray<Record<string, object>> = [
    { 200: schema, '2xx': other, default: other },
    { '2XX': schema, default: other, 201: other },
    { default: schema, '4xx': other },
    { 200: { content: { 'text/plain': { schema: other }, 'application/json': { schema } } } },
    { 200: { content: { '*/*': { schema } } } }
  ]
  for (const response of responses) {
    serialized.length = 0
    const readBody = new ReadBody()
    readBody.follow({ schema: { response } })
    t.equal(readBody.of({ a: 1 }, request), 'by schema: {"a":1}')
    t.equal(serialized[0], schema, JSON.stringify(response))
  }
  const readBody = new ReadBody()
  readBody.follow({ schema: { response: { 200: { content: { 'text/plain': { schema: other } } } } } })
  t.equal(readBody.of({ a: 1 }, request), '{"a":1}', 'Fastify has no schema for JSON then')
})
