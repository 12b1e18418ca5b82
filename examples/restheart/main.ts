import { runService } from '../documents/service.js'
import { buildServer, type Credentials } from './server.js'
import { Store } from './store.js'

const DEFAULT = { username: 'admin', password: 'secret' }

runService({ port: 8080, folder: '.postgres-restheart' }, async pool => {
  const credentials = readCredentials(process.env.CREDENTIALS)
  const store = new Store(pool)
  return {
    app: await buildServer(store, credentials),
    prepare: () => store.prepare(),
    tell: async origin => { printLines(origin, credentials) }
  }
})

function readCredentials (text: string | undefined): Credentials {
  if (text === undefined) return DEFAULT
  const at = text.indexOf(':')
  if (at < 1) throw new Error('CREDENTIALS must be user:password')
  return { username: text.slice(0, at), password: text.slice(at + 1) }
}

function printLines (origin: string, credentials: Credentials): void {
  const { username, password } = credentials
  const url = `${origin}/test`
  // curl asks for a password that is not given
  const curl = `curl -i -u ${credentials === DEFAULT ? `${username}:${password}` : username}`
  const json = "-H 'Content-Type: application/json'"
  console.log(`Databases are served at ${origin}, for ${username}. Ctrl-C ends the service and its database.\n`)
  const lines = [
    ['Make a database, a collection and a document (201, with an ETag each)', `${curl} -X PUT ${url} ${json} -d '{"descr": "a db for testing"}'`],
    ['', `${curl} -X PUT ${url}/coll ${json} -d '{"descr": "a collection for testing"}'`],
    ['', `${curl} -X PUT ${url}/coll/doc ${json} -d '{"descr": "a document for testing"}'`],
    ['Write, and ask for the check (409, with the ETag to send)', `${curl} -X PUT '${url}/coll/doc?checkEtag' ${json} -d '{"descr": "modified"}'`],
    ['Remove the collection without its tag (409, with that of /test/coll/_meta)', `${curl} -X DELETE ${url}/coll`]
  ]
  for (const [title, command] of lines) console.log(title === '' ? command : `\n# ${title}\n${command}`)
}
