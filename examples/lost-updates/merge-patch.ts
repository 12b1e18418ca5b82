import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Pool } from 'pg'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
interface Profile { id: number, content: Json, version: number }
interface Params { id: number }

/** Merges a patch into what is there (RFC 7396). */
export function mergePatch (target: Json, patch: Json): Json {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const merged = new Map(typeof target === 'object' && target !== null && !Array.isArray(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name) ?? null, value))
  }
  return Object.fromEntries(merged)
}

/** Profiles that clients patch without having read them: two that set different members are both kept. */
export function addProfiles (app: FastifyInstance, pool: Pool): void {
  app.addContentTypeParser('application/merge-patch+json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
  const profile = defineEtag({
    source: 'version',
    load: async (request: FastifyRequest<{ Params: Params }>): Promise<Profile | null> =>
      (await pool.query<Profile>('SELECT * FROM profiles WHERE id = $1', [request.params.id])).rows[0] ?? null
  })

  app.patch<{ Params: Params, Body: Json }>('/profiles/:id', { config: { etag: profile } }, request =>
    profile.of(request).guard(async ({ current, version }) => {
      // current is what is there now, also when this runs again because another writer was first
      const { rows: [row] } = await pool.query<Profile>(
        'UPDATE profiles SET content = $3, version = version + 1 WHERE id = $1 AND version = $2 RETURNING *',
        [request.params.id, version, JSON.stringify(mergePatch(current.content, request.body))])
      return row ?? null
    }))
}
