import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Pool } from 'pg'
import etagPlugin from 'fastify-etag-policy'
import { VARIANTS } from './variants.js'

/** Serves one variant and tells its parent the port, until the parent lets go of it. */
async function main ([variant, schema]: string[]): Promise<void> {
  const pool = new Pool({
    connectionString: process.env.DATABASE_URL,
    application_name: schema,
    options: `-c search_path=${schema}`,
    max: 10
  })
  // a connection that breaks while nobody uses it is replaced by the next query
  pool.on('error', () => {})

  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await app.register(etagPlugin, { policy: 'REQUIRED', unguarded: 'error' })
  VARIANTS[variant!]!.addRoutes(app, pool)
  await app.listen({ host: '127.0.0.1', port: 0 })

  // Ctrl-C reaches every process of the terminal; the parent decides
  process.on('SIGINT', () => {})
  process.on('disconnect', async () => {
    await app.close()
    await pool.end()
  })
  process.send!((app.server.address() as AddressInfo).port)
}

main(process.argv.slice(2)).catch(error => {
  console.error(error)
  process.exit(1)
})
