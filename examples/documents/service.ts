import path from 'node:path'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Pool } from 'pg'
import { startPostgres, type RunningPostgres } from './postgres.js'

const HOST = '127.0.0.1'

/** A service that is ready to be started. */
export interface Service {
  readonly app: FastifyInstance
  /** Makes what its database must have. */
  prepare (): Promise<void>
  /** Says what there is to be tried. */
  tell (origin: string): Promise<void>
}

/** Where a service is, unless PORT and DATABASE_URL say otherwise. */
export interface Place {
  readonly port: number
  /** The folder of its database, in that where the process was started. */
  readonly folder: string
}

/** Runs a service on loopback until it is told to end. */
export function runService (place: Place, build: (pool: Pool) => Promise<Service>): void {
  run(place, build).catch(fail)
}

async function run (place: Place, build: (pool: Pool) => Promise<Service>): Promise<void> {
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

  const port = readPort(process.env.PORT ?? String(place.port))
  const postgres = await openPostgres(path.resolve(place.folder))
  const pool = new Pool({ connectionString: postgres.url })
  // a connection that its server closes while nobody uses it is replaced by the next query
  pool.on('error', () => {})
  let app: FastifyInstance | undefined
  end = async () => {
    await app?.close()
    await pool.end()
    await postgres.stop()
  }

  try {
    const service = await build(pool)
    app = service.app
    await service.prepare()
    await app.listen({ host: HOST, port })
    await service.tell(`http://${HOST}:${(app.server.address() as AddressInfo).port}`)
  } catch (error) {
    await end()
    throw error
  }
}

function readPort (text: string): number {
  const port = Number(text)
  if (!/^[0-9]+$/.test(text) || port > 65535) throw new Error(`PORT must be a number from 0 to 65535, found ${text}`)
  return port
}

async function openPostgres (folder: string): Promise<RunningPostgres> {
  const url = process.env.DATABASE_URL
  return url === undefined ? startPostgres(folder) : { url, stop: async () => {} }
}

function fail (error: unknown): void {
  console.error(error)
  process.exitCode = 1
}
