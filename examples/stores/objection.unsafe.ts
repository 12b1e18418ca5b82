import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import type { addPages } from './objection.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Writes by the instance that was checked, whose query names its id and nothing else. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, knex: Knex): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(({ current, version }) =>
    current.$query(knex).patchAndFetch({ title: request.body.title, version: version + 1 }).execute()))
}
