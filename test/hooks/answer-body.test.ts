import t from 'tap'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { bodyOf, codingOf, noteBody } from '../../lib/hooks/answer-body.js'

const request = {} as FastifyRequest
const replyWith = (coding?: string): FastifyReply => ({ getHeader: (name: string) => name === 'content-encoding' ? coding : undefined }) as unknown as FastifyReply

t.test('a content coding is told by its field, and identity is none', async t => {
  const table = [[undefined, undefined], ['', undefined], ['identity', undefined], ['Identity', undefined], ['GZIP', 'gzip'], ['gzip, br', 'gzip,br']] as const
  for (const [field, coding] of table) t.equal(codingOf(replyWith(field)), coding, String(field))
})

t.test('text and bytes are a body, and a stream or nothing is none', async t => {
  for (const body of ['', 'text', Buffer.from('x'), new Uint8Array()]) t.equal(bodyOf(replyWith(), body), body)
  for (const other of [undefined, null, {}, new ReadableStream(), new ArrayBuffer(1)]) t.equal(bodyOf(replyWith(), other), undefined)
})

t.test('of a coded answer the body is the last that was noted before, else what is sent', async t => {
  let coding: string | undefined
  const reply = { getHeader: () => coding } as unknown as FastifyReply
  const note = (payload: unknown): void => noteBody(request, reply, payload, () => {})
  note('first')
  note('second')
  coding = 'gzip'
  note('coded')
  t.equal(bodyOf(reply, 'coded'), 'second')
  coding = undefined
  t.equal(bodyOf(reply, 'changed since'), 'changed since')
  note(new ReadableStream())
  coding = 'gzip'
  t.equal(bodyOf(reply, new ReadableStream()), undefined, 'a stream came in its place')
  t.equal(bodyOf(replyWith('br'), 'coded by the handler'), 'coded by the handler')
})
