import type { FastifyReply, FastifyRequest } from 'fastify'
import { dropAboutContent } from './about-content.js'
import type { AnswerHook } from './answer.js'

/**
 * Builds the hook that puts status and fields of a Fetch Response on the reply, as Fastify does after all hooks, and its
 * body in its place. Where it is to be read, that is bytes if they are all there already, else the stream, with nothing of it lost.
 */
export function unwrapResponse (reads: boolean): AnswerHook {
  return function unwrapResponse ({ method }: FastifyRequest, reply: FastifyReply, payload: unknown, done) {
    if (!isResponse(payload) || payload.bodyUsed) return done()
    reply.code(payload.status)
    for (const [name, value] of payload.headers) reply.header(name, value)
    // no content is an empty one, and Fastify's own hook of HEAD routes must find it to measure it
    if (payload.body === null) return done(null, method !== 'HEAD' && WITHOUT_CONTENT.has(payload.status) ? null : '')
    // a Response of another make may have a stream of another kind
    if (!reads || typeof payload.body.getReader !== 'function') return done(null, payload.body)
    readNow(payload.body).then(body => done(null, body), error => {
      dropAboutContent(reply)
      done(error)
    })
  }
}

const WITHOUT_CONTENT = new Set([204, 205, 304])

/** Is this a Fetch Response, of whatever make? */
export function isResponse (payload: unknown): payload is Response {
  return typeof payload === 'object' && Object.prototype.toString.call(payload) === '[object Response]'
}

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>

// Text and bytes are one chunk that is there at once. Who makes a body while it is sent has not made its end by then.
async function readNow (body: ReadableStream<Uint8Array>): Promise<Buffer | ReadableStream<Uint8Array>> {
  const reader = body.getReader()
  const read: Array<Promise<Chunk>> = []
  const later = new Promise<undefined>(resolve => setImmediate(() => resolve(undefined)))
  const next = async (): Promise<Chunk | undefined> => {
    const chunk = reader.read()
    // who reads it next is told
    chunk.catch(() => {})
    read.push(chunk)
    return Promise.race([chunk, later])
  }

  const first = await next()
  if (first?.done === true) return Buffer.alloc(0)
  const second = first === undefined ? undefined : await next()
  return second?.done === true ? Buffer.from(first!.value!) : rest(read, reader)
}

function rest (read: Array<Promise<Chunk>>, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull (controller) {
      const { done, value } = await (read.shift() ?? reader.read())
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: reason => reader.cancel(reason)
  })
}
