import t from 'tap'
import { answer, type AnswerHook } from '../../lib/hooks/answer.js'
import { resolveRoute } from '../../lib/route.js'
import type { FastifyReply, FastifyRequest } from 'fastify'

const route = resolveRoute({ url: '/', methods: ['GET'], etag: {} }, [])
const request = {} as FastifyRequest
const passes: AnswerHook = (_request, _reply, _payload, done) => done()

/** What comes of an answer of this status. */
async function resultOf (hooks: Partial<Record<'unwrap' | 'refuse' | 'finish', AnswerHook>>, payload: unknown): Promise<{ readonly error?: unknown, readonly payload?: unknown }> {
  const inOne = answer(route, { unwrap: passes, refuse: passes, finish: passes, ...hooks }, { hasOnlyValidators: false })
  return new Promise(resolve => { inOne(request, { statusCode: 500 } as FastifyReply, payload, (error, payload) => resolve({ error, payload })) })
}

t.test('what is refused is no more than that, and sees what was unwrapped, nothing included', async t => {
  const adds = (text: string): AnswerHook => (_request, _reply, payload, done) => done(null, payload + text)
  const unwraps: AnswerHook = (_request, _reply, _payload, done) => done(null, 'unwrapped')
  t.same(await resultOf({ refuse: adds('1'), unwrap: unwraps }, '0'), { error: null, payload: '01' })
  t.same(await resultOf({ refuse: adds('1'), unwrap: unwraps }, {}), { error: null, payload: 'unwrapped1' })
  t.same(await resultOf({ unwrap: unwraps }, {}), { error: undefined, payload: 'unwrapped' })
  t.same(await resultOf({ refuse: (_request, _reply, _payload, done) => done(null, null) }, {}), { error: null, payload: null })
})

t.test('what fails ends the way', async t => {
  const error = new Error('no')
  const fails: AnswerHook = (_request, _reply, _payload, done) => done(error)
  for (const name of ['unwrap', 'refuse']) t.equal((await resultOf({ [name]: fails, ...(name === 'unwrap' && { refuse: () => t.fail() }) }, {})).error, error, name)
})
