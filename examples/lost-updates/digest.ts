import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Pool, PoolClient } from 'pg'
import { transaction } from './transaction.js'

interface Setting { id: number, name: string, value: string | null }
interface Params { id: number }

const digestOf = (setting: Setting): string =>
  createHash('sha256').update(JSON.stringify([setting.id, setting.name, setting.value])).digest('base64url')

async function find (query: Pool | PoolClient, id: number, lock = ''): Promise<Setting | null> {
  const { rows: [row] } = await (query as Pool).query<Setting>(`SELECT id, name, value FROM settings WHERE id = $1 ${lock}`, [id])
  return row ?? null
}

/** Settings of a table without a version column: the tag is a digest, and the row is locked while it is compared. */
export function addSettings (app: FastifyInstance, pool: Pool): void {
  const setting = defineEtag({
    source: digestOf,
    create: 'never',
    load: (request: FastifyRequest<{ Params: Params }>) => find(pool, request.params.id)
  })

  app.get<{ Params: Params }>('/settings/:id', { config: { etag: setting } }, request => setting.of(request).load())

  app.put<{ Params: Params, Body: { value: string } }>('/settings/:id', { config: { etag: setting } }, request =>
    setting.of(request).guard(({ version }) => transaction(pool, async client => {
      const locked = await find(client, request.params.id, 'FOR UPDATE')
      if (locked === null || digestOf(locked) !== version) return null
      await client.query('UPDATE settings SET value = $2 WHERE id = $1', [locked.id, request.body.value])
      return { ...locked, value: request.body.value }
    })))
}
