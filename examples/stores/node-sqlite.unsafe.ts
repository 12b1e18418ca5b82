import type { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import type { addPages } from './node-sqlite.js'

type Write = { Params: { id: string }, Body: { title: string } }

/** Compares the version ahead of the statement: nobody comes between in this process, until something is awaited there. */
export function addUnsafe (app: FastifyInstance, page: ReturnType<typeof addPages>, db: DatabaseSync, audit: () => Promise<void>): void {
  app.put<Write>('/unsafe/:id', { config: { etag: page } }, request => page.of(request).guard(async ({ version }) => {
    const { params: { id }, body: { title } } = request
    if (db.prepare('SELECT version FROM pages WHERE id = ?').get(id)?.version !== version) return null
    await audit()
    return db.prepare('UPDATE pages SET title = ?, version = version + 1 WHERE id = ? RETURNING *').get(title, id) ?? null
  }))
}
