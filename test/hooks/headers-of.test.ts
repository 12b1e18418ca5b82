import t from 'tap'
import Fastify, { type FastifyReply } from 'fastify'
import type * as HeadersOf from '../../lib/hooks/headers-of.js'

const PATH = '../../lib/hooks/headers-of.js'

t.test('the fields of a reply are those that it was given by now, and looking at them copies nothing', async t => {
  const { headersOf } = t.mockRequire(PATH) as typeof HeadersOf
  const app = Fastify()
  app.get('/', async (_request, reply) => {
    reply.getHeaders = () => { throw new Error('These are copies') }
    t.strictSame({ ...headersOf(reply) }, {})
    reply.header('ETag', '"1"').header('set-cookie', ['a', 'b']).type('text/plain')
    t.strictSame({ ...headersOf(reply) }, { etag: '"1"', 'set-cookie': ['a', 'b'], 'content-type': 'text/plain' })
    reply.removeHeader('etag')
    t.notOk('etag' in headersOf(reply))
    return ''
  })
  for (let at = 0; at < 2; at++) t.equal((await app.inject('/')).statusCode, 200)
})

t.test('where a reply has them nowhere else, it is asked', async t => {
  const { headersOf } = t.mockRequire(PATH) as typeof HeadersOf
  const fields = { etag: '"1"' }
  const getHeaders = (): object => fields
  t.equal(headersOf({ getHeaders } as unknown as FastifyReply), fields)
  const app = Fastify()
  app.get('/', async (_request, reply) => Object.keys(headersOf(reply)))
  t.same((await app.inject('/')).json(), [])
  t.equal(headersOf({ [Symbol('fastify.reply.headers')]: {}, getHeaders } as unknown as FastifyReply), fields, 'of another copy of Fastify')
})
