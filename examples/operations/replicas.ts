import type { Purpose } from 'fastify-etag-policy'
import type { FastifyRequest } from 'fastify'

/** What a database client offers to read one row. */
export interface Reader<Row> {
  find (id: string): Promise<Row | null>
}

/**
 * Reads from a replica, and from the primary whatever a write is decided on: a replica that lags behind would refuse
 * clients that are up to date, and would give a 412 a tag that is old already.
 */
export function loadFrom<Row> (primary: Reader<Row>, replica: Reader<Row>) {
  return (request: FastifyRequest<{ Params: { id: string } }>, purpose: Purpose): Promise<Row | null> =>
    (purpose === 'read' ? replica : primary).find(request.params.id)
}
