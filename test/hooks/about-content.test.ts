import t from 'tap'
import type { FastifyReply } from 'fastify'
import { dropAboutContent } from '../../lib/hooks/about-content.js'

t.test('what speaks of a content is taken off, and nothing else', async t => {
  const removed: string[] = []
  dropAboutContent({ removeHeader: (name: string) => { removed.push(name) } } as unknown as FastifyReply)
  t.same(removed, ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-range'])
})
