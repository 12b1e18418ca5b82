import t from 'tap'
import type { FastifyReply } from 'fastify'
import { dropAboutContent } from '../../lib/hooks/about-content.js'

t.test('what speaks of a content is taken off where it is there, and nothing else', async t => {
  const names = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-range']
  for (const present of [[...names, 'vary'], ['content-type'], []]) {
    const removed: string[] = []
    const reply = { getHeaders: () => Object.fromEntries(present.map(name => [name, 'x'])), removeHeader: (name: string) => { removed.push(name) } }
    dropAboutContent(reply as unknown as FastifyReply)
    t.same(removed, names.filter(name => present.includes(name)))
  }
})
