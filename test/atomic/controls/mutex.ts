import { Body, Params, type Variant } from '../variant.js'
import { find, overwrite, versionedDocument, versionedTables } from './versioned-document.js'

/** Loses updates as soon as there are two processes: each has its own mutex. */
export const mutex: Variant = {
  ...versionedTables,

  addRoutes (app, pool) {
    const document = versionedDocument(pool)
    const route = { config: { etag: document } }
    const exclusive = byKey()

    app.get('/documents/:id', { ...route, schema: { params: Params } },
      request => document.of(request).load())

    app.put('/documents/:id', { ...route, schema: { params: Params, body: Body } }, request =>
      document.of(request).guard(({ version }) => exclusive(request.params.id, async () => {
        const row = await find(pool, request.params.id)
        return row?.version === version ? overwrite(pool, request.params.id, request.body) : null
      })))
  }
}

// One work at a time for each key: the next begins when the last has ended, however it ended.
function byKey () {
  const last = new Map<string, Promise<unknown>>()
  return function exclusive<Result> (key: string, work: () => Promise<Result>): Promise<Result> {
    const result = (last.get(key) ?? Promise.resolve()).then(work)
    last.set(key, result.catch(() => undefined))
    return result
  }
}
