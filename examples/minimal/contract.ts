import test from 'node:test'
import { checkRoute } from 'fastify-etag-policy/testing'
import { buildServer } from './server.js'

test('notes lose no update', async () => {
  const app = await buildServer()
  const report = await checkRoute(app, {
    read: '/notes/1',
    write: '/notes/1',
    change: (note, turn) => ({ text: `Turn ${turn} of note ${note.id}` })
  })
  console.log(String(report))
})
