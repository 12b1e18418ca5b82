import type { FastifyInstance, FastifyRequest } from 'fastify'
import { defineEtag } from 'fastify-etag-policy'
import type { Change, Listing, Products } from './products.js'

/** A list that is read whole, filtered, sorted or paged, and written under the tag of what was read. */
export function addProducts (app: FastifyInstance, products: Products): void {
  const list = defineEtag({
    source: { members: 'version' },
    load: ({ query, body }: FastifyRequest<{ Querystring: Listing, Body: Change[] | undefined }>) => body === undefined
      ? products.list(query)
      : products.find(body.map(({ id }) => id))
  })
  const config = { etag: list }

  app.get<{ Querystring: Listing }>('/products', { config, schema: { querystring: LISTING } }, request => list.of(request).load())

  app.put<{ Body: Change[] }>('/products', { config, schema: { body: CHANGES } }, request =>
    list.of(request).guard(({ version }) => products.update(request.body, version)))
}

const LISTING = {
  type: 'object',
  properties: {
    minimum: { type: 'integer' },
    sort: { enum: ['id', '-id', 'value'] },
    page: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 100 }
  }
}

const INT4 = { type: 'integer', minimum: -2147483648, maximum: 2147483647 }

const CHANGES = {
  type: 'array',
  maxItems: 100,
  items: { type: 'object', required: ['id', 'value'], properties: { id: INT4, value: INT4 } }
}
