import t from 'tap'
import type { FastifyRequest } from 'fastify'
import { knownPreconditionOf, preconditionOf } from '../../lib/hooks/precondition-of.js'
import { resolveRoute } from '../../lib/route.js'

const route = resolveRoute({ url: '/', methods: ['GET'], etag: { source: 'version' } }, [])

t.test('a request has one precondition, from when it is first asked for', async t => {
  const [first, second] = [{ method: 'GET' }, { method: 'GET' }] as FastifyRequest[]
  t.equal(knownPreconditionOf(first!), undefined)
  const precondition = preconditionOf(first!, route)
  t.equal(preconditionOf(first!, route), precondition)
  t.equal(knownPreconditionOf(first!), precondition)
  t.not(preconditionOf(second!, route), precondition)
})
