import { Type, type Static, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import type { Pool } from 'pg'

export const Params = Type.Object({ id: Type.String({ pattern: '^[0-9]{1,9}$' }) })
export type Params = Static<typeof Params>

/** What a client writes. */
export const Body = Type.Object({ entries: Type.Array(Type.String()), count: Type.Integer() })
export type Body = Static<typeof Body>

/** A Fastify whose handlers know the types of their schemas. */
export type Service = FastifyInstance<
  RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, TypeBoxTypeProvider>

/** One way to serve `GET` and `PUT /documents/:id` from PostgreSQL. */
export interface Variant {
  /** SQL that makes the tables, and the documents from 1 on. */
  readonly tables: (documents: number) => string
  /** SQL that gives `document`, `entries` and `count`, a row a member, in the order of members. */
  readonly truth: string
  readonly addRoutes: (app: Service, pool: Pool) => void
}
