import path from 'node:path'
import type { AddressInfo } from 'node:net'
import { Pool } from 'pg'
import { curlLines } from './curl-lines.js'
import { Documents } from './documents.js'
import { Pages } from './pages.js'
import { startPostgres, type RunningPostgres } from './postgres.js'
import { buildServer } from './server.js'

const HOST = '127.0.0.1'
const FOLDER = path.join(process.cwd(), '.postgres')

/** Runs the service until it is told to end. PORT and DATABASE_URL are honoured. */
async function main (): Promise<void> {
  // until there is something to close, ending the process ends all that it started
  let end = async (): Promise<void> => { process.exit(1) }
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) return
      ending = true
      end().catch(fail)
    })
  }

  const port = readPort(process.env.PORT)
  const postgres = await openPostgres()
  const pool = new Pool({ connectionString: postgres.url })
  // a connection that its server closes while nobody uses it is replaced by the next query
  pool.on('error', () => {})
  const documents = new Documents(pool)
  const pages = new Pages(pool)
  const app = await buildServer(documents, pages)
  end = async () => {
    await app.close()
    await pool.end()
    await postgres.stop()
  }

  try {
    await documents.prepare()
    await pages.prepare()
    await app.listen({ host: HOST, port })
    await printLines(`http://${HOST}:${(app.server.address() as AddressInfo).port}`, documents)
  } catch (error) {
    await end()
    throw error
  }
}

function readPort (text = '3000'): number {
  const port = Number(text)
  if (!/^[0-9]+$/.test(text) || port > 65535) throw new Error(`PORT must be a number from 0 to 65535, found ${text}`)
  return port
}

async function openPostgres (): Promise<RunningPostgres> {
  const url = process.env.DATABASE_URL
  return url === undefined ? startPostgres(FOLDER) : { url, stop: async () => {} }
}

async function printLines (origin: string, documents: Documents): Promise<void> {
  const [first] = await documents.list()
  console.log(`The documents are served at ${origin}/documents. Ctrl-C ends the service and its database.\n`)
  if (first === undefined) return
  for (const { title, command } of curlLines(origin, first)) console.log(`# ${title}\n${command}\n`)
}

function fail (error: unknown): void {
  console.error(error)
  process.exitCode = 1
}

main().catch(fail)
