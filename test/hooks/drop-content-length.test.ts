import t from 'tap'
import Fastify from 'fastify'
import { dropContentLength } from '../../lib/hooks/drop-content-length.js'

t.test('a 304 loses its length and every other answer keeps it', async t => {
  for (const [status, length] of [[304, undefined], [200, '5']] as const) {
    const app = Fastify()
    app.head('/', { onSend: dropContentLength }, async (_request, reply) => reply.code(status).header('content-length', '5').send())
    t.equal((await app.inject({ method: 'HEAD', url: '/' })).headers['content-length'], length)
  }
})
