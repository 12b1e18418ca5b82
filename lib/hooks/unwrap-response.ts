import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Puts status and fields of a Fetch Response on the reply, as Fastify does after all hooks, and its body in its place: the
 * bytes where they are all there already, else the stream, with nothing of it lost.
 */
export function unwrapResponse ({ method }: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  if (!isResponse(payload) || payload.bodyUsed) return done()
  reply.code(payload.status)
  for (const [name, value] of payload.headers) reply.header(name, value)
  // Fastify's own hook of HEAD routes must find a body to measure
  if (payload.body === null) done(null, method === 'HEAD' ? '' : null)
  else readNow(payload.body).then(body => done(null, body), error => done(error))
}

type Done = (error?: Error | null, payload?: unknown) => void

function isResponse (payload: unknown): payload is Response {
  return Object.prototype.toString.call(payload) === '[object Response]'
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
