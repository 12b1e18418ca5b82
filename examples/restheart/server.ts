import { createHash, timingSafeEqual } from 'node:crypto'
import basicAuth from '@fastify/basic-auth'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import etagPlugin, { restheart } from 'fastify-etag-policy'
import { addCollections } from './collection-routes.js'
import { addDatabases } from './database-routes.js'
import { defineDocument } from './document-definition.js'
import { addDocuments } from './document-routes.js'
import { filesOf } from './file-routes.js'
import { addLists } from './list-routes.js'
import type { Store } from './store.js'

/** Who may use the service. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

const ABOUT: FastifyDynamicSwaggerOptions['openapi'] = {
  info: { title: 'Databases', version: '1.0.0' },
  components: { securitySchemes: { basic: { type: 'http', scheme: 'basic' } } },
  security: [{ basic: [] }]
}

/** The service over a store, for those who have the credentials. */
export async function buildServer (
  store: Store, credentials: Credentials, options: FastifyServerOptions = { logger: { level: 'warn' } }, openapi: '3.0.3' | '3.1.0' = '3.0.3'
): Promise<FastifyInstance> {
  const app = Fastify(options)
  await app.register(swagger, { openapi: { openapi, ...ABOUT } })
  await addAuthentication(app, credentials)
  await app.register(etagPlugin, { ...restheart })

  const document = defineDocument(store.documents)
  addDatabases(app, store.databases)
  addCollections(app, store.collections)
  addDocuments(app, document, store.documents)
  addLists(app, document, store.documents)
  await app.register(filesOf(document, store.files))
  return app
}

async function addAuthentication (app: FastifyInstance, { username, password }: Credentials): Promise<void> {
  const expected = digestOf(username, password)
  await app.register(basicAuth, {
    authenticate: { realm: 'RESTHeart' },
    validate: async (...[givenName, givenPassword]) => {
      if (!timingSafeEqual(digestOf(givenName, givenPassword), expected)) return new Error('Unknown user or wrong password')
    }
  })
  app.addHook('onRequest', app.basicAuth)
}

// of one length, whatever is given
function digestOf (username: string, password: string): Buffer {
  return createHash('sha256').update(`${username}:${password}`).digest()
}
