// Do the servers of the reads do the same? What each answers to a plain request, to its own tag, to a list with it, and to `*`.

import { fieldOf } from './answer-reader.mjs'
import { startServer } from './bursts.mjs'
import { requestOf } from './keep-alive.mjs'
import { SERVERS } from './servers.mjs'
import { printHeading, printMeasured } from './tables.mjs'

printHeading(2, 'What the servers answer', 'A document of 10 KB, asked for plainly, and with If-None-Match. Where a list or `*` is 200, the server saves nothing for who sends one.')
await printMeasured(['server', 'plain', 'bytes of its body', 'ETag', 'its tag', 'a list with it', '`*`', 'bytes of the 304', 'content fields on the 304'], rows())

async function * rows () {
  for (const name of Object.keys(SERVERS)) {
    const server = await startServer('servers.mjs', name, '10 KB')
    const plain = await server.ask(requestOf())
    const tag = fieldOf(plain, 'etag')
    const cells = [name, plain.status, plain.length, tag === undefined ? '' : `\`${tag}\``]
    if (tag !== undefined) {
      const [own, listed, any] = await askEach(server, [tag, `"another", ${tag}`, '*'])
      cells.push(own.status, listed.status, any.status, ...own.status === 304 ? [own.head.length + 4, contentFields(own)] : ['', ''])
    }
    server.stop()
    yield Object.assign(Array(9).fill(''), cells)
  }
}

async function askEach (server, conditions) {
  const answers = []
  for (const condition of conditions) answers.push(await server.ask(requestOf({ fields: { 'If-None-Match': condition } })))
  return answers
}

function contentFields (answer) {
  return ['content-length', 'content-type', 'content-encoding']
    .filter(name => fieldOf(answer, name) !== undefined)
    .map(name => `${name}: ${fieldOf(answer, name)}`)
    .join(', ')
}
