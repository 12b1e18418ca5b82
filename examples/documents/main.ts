import { curlLines } from './curl-lines.js'
import { Documents } from './documents.js'
import { Pages } from './pages.js'
import { buildServer } from './server.js'
import { runService } from './service.js'

runService({ port: 3000, folder: '.postgres' }, async pool => {
  const documents = new Documents(pool)
  const pages = new Pages(pool)
  return {
    app: await buildServer(documents, pages),
    prepare: async () => {
      await documents.prepare()
      await pages.prepare()
    },
    tell: origin => printLines(origin, documents)
  }
})

async function printLines (origin: string, documents: Documents): Promise<void> {
  const [first] = await documents.list()
  console.log(`The documents are served at ${origin}/documents, and described at ${origin}/documentation. Ctrl-C ends the service and its database.\n`)
  if (first === undefined) return
  for (const { title, command } of curlLines(origin, first)) console.log(`# ${title}\n${command}\n`)
}
