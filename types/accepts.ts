import Fastify, { type FastifyRequest } from 'fastify'
import swagger, { type SwaggerTransform } from '@fastify/swagger'
import { expectTypeOf } from 'expect-type'
import { Type, type Static, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag, documentPreconditions, etagKeywords, EtagId, EtagLastModified, EtagState, EtagVersion, isConflict, isDuplicateKey, type Decision, type Expected, type Precondition } from 'fastify-etag-policy'
import required = require('fastify-etag-policy')

const Params = Type.Object({ id: Type.String() })
type Params = Static<typeof Params>
const Document = Type.Object({
  id: Type.String(),
  title: Type.String(),
  version: Type.Integer(),
  updatedAt: Type.String({ format: 'date-time' })
})
type Document = Static<typeof Document>
const DocumentInput = Type.Object({ title: Type.String() })

declare const documents: {
  find (id: string): Promise<Document | null>
  update (id: string, input: Static<typeof DocumentInput>, version: number): Promise<Document | null>
  remove (id: string, version: number): Promise<boolean>
}

// the whole of a service, without a cast
export async function service () {
  const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
  await app.register(etagPlugin, { policy: 'REQUIRED' })

  const document = defineEtag({
    source: 'version',
    lastModified: 'updatedAt',
    load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id)
  })
  const route = { config: { etag: document } }

  app.get('/documents/:id', { ...route, schema: { params: Params, response: { 200: Document } } },
    (request) => document.of(request).load())

  app.put('/documents/:id', { ...route, schema: { params: Params, body: DocumentInput, response: { 200: Document } } },
    (request) => document.of(request).guard(({ version }) =>
      documents.update(request.params.id, request.body, version)))

  app.delete('/documents/:id', { ...route, schema: { params: Params } }, async (request, reply) => {
    await document.of(request).guard(({ version }) => documents.remove(request.params.id, version))
    return reply.code(204).send()
  })

  // a handler that only guards
  const parsed = defineEtag({ source: 'version', load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id), parseVersion: Number })
  type Put = FastifyRequest<{ Params: Params, Body: Static<typeof DocumentInput> }>
  app.put('/parsed/:id', { config: { etag: parsed }, schema: { params: Params, body: DocumentInput, response: { 200: Document } } },
    parsed.guarded((request: Put, { version, current }) => {
      expectTypeOf(current).toEqualTypeOf<Document | undefined>()
      return documents.update(request.params.id, request.body, version)
    }))
  app.delete('/parsed/:id', { config: { etag: parsed }, schema: { params: Params } },
    parsed.guarded((request, { version }) => documents.remove(request.params.id, version), { answer: (_removed, _request, reply) => reply.code(204).send() }))

  app.get('/untyped', route, async request => {
    expectTypeOf(document.of(request)).toEqualTypeOf<Precondition<Document, number>>()
    expectTypeOf(request.precondition.decision).toEqualTypeOf<Decision>()
  })
}

// without a type provider, with generics, in route(), as a plain object
export async function elsewhere () {
  const app = Fastify()
  await app.register(required)
  await app.register(etagPlugin.etagPlugin, { policy: 'OPTIONAL', source: 'version' })
  const document = defineEtag({
    source: 'version',
    load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id),
    loadValidators: async request => request.params.id === '' ? null : { version: 1 }
  })
  app.get<{ Params: Params }>('/:id', { config: { etag: document } }, request => document.of(request).load())
  app.route<{ Params: Params }>({ method: 'GET', url: '/r/:id', config: { etag: { ...document, policy: 'REQUIRED' } }, handler: request => document.of(request).load() })
  app.get('/plain', { config: { etag: { source: { field: 'meta.rev' }, load: async (_request, purpose) => purpose } } }, async () => ({}))
  app.get('/off', { config: { etag: false } }, async () => ({}))
}

// what a definition knows
type Request = FastifyRequest<{ Params: Params }>
declare const request: Request
const load = (_request: Request) => documents.find('1')

expectTypeOf(defineEtag({ source: 'version', load }).of(request)).toEqualTypeOf<Precondition<Document, number>>()
expectTypeOf(defineEtag({ source: 'id', load }).of(request).expected).toEqualTypeOf<Expected<Document, string>>()
expectTypeOf(defineEtag({ source: document => `"${document.id}-v${document.version}"`, load }).of(request).expected.version).toExtend<string | undefined>()
expectTypeOf(defineEtag({ source: 'version', load }).of(request).current).toEqualTypeOf<Document | null | undefined>()
expectTypeOf(defineEtag({ source: 'version', parseVersion: Number, load }).of(request)).toEqualTypeOf<Precondition<Document, number>>()
expectTypeOf(defineEtag({ source: { field: 'id' }, parseVersion: text => text, load }).of(request).expected.version).toEqualTypeOf<string | undefined>()
expectTypeOf(defineEtag({ source: 'version', load }).tag).toEqualTypeOf<(state: Document) => string | undefined>()
expectTypeOf(defineEtag({ source: 'anything', load: async () => JSON.parse('') }).of(request)).toEqualTypeOf<Precondition<any, any>>()
defineEtag({ source: 'version' })
defineEtag({ lastModified: 'updatedAt', load })
defineEtag({ source: 'version', lastModified: ['updatedAt'], load })
defineEtag({ source: 'version', lastModified: document => document.updatedAt, load })
defineEtag({ source: 'rev', load: () => ({ rev: 1n as bigint | null }) })
defineEtag({ source: 'version', load: () => undefined as { version: number } | undefined })

// what guard takes and gives
const precondition = defineEtag({ source: 'version', load }).of(request)
expectTypeOf(precondition.guard(async ({ version, current, attempt }) => {
  expectTypeOf(version).toEqualTypeOf<number>()
  expectTypeOf(current).toEqualTypeOf<Document>()
  expectTypeOf(attempt).toEqualTypeOf<number>()
  return current.title === '' ? null : current
})).toEqualTypeOf<Promise<Document>>()
precondition.guard(async () => true, { create: async () => null, retries: 0 })

// every way to say where the version is, and what the version then is
interface Site { id: number, created: string, last_updated: string | null, meta: { rev: bigint }, at: Date }
const site = async (_request: Request): Promise<Site | null> => null
expectTypeOf(defineEtag({ source: { timestamp: ['last_updated', 'created'] }, load: site }).of(request).expected.version).toEqualTypeOf<string | undefined>()
expectTypeOf(defineEtag({ source: { timestamp: 'at', precision: 'ms' }, load: site }).of(request).expected.version).toEqualTypeOf<Date | undefined>()
expectTypeOf(defineEtag({ source: { field: 'meta.rev' }, load: site }).of(request).expected.version).toEqualTypeOf<bigint | undefined>()
defineEtag({
  source: 'id',
  load: site,
  weak: true,
  tolerate: { weak: true, unquoted: true },
  kind: 'doc',
  at: 'onRequest',
  missing: 409,
  accept: ['If-Match: *', 'If-Unmodified-Since'],
  enforce: request => request.ip === '::1',
  createIgnoresIfMatch: true,
  answer: false,
  headers: state => ({ 'content-location': `/sites/${state.id}`, vary: ['accept'] }),
  disclose: () => false,
  problem: problem => ({ ...problem, title: 'Other' })
})
expectTypeOf(defineEtag({ load: site }).of(request).expected.version).toBeAny()

// a digest of what GET answers with is a text, whatever the state is
const digested = defineEtag({ source: { digest: 'sha256' }, lastModified: 'at', load: site, variant: request => request.headers.accept, tolerate: { suffix: true } })
expectTypeOf(digested.of(request)).toEqualTypeOf<Precondition<Site, string>>()
expectTypeOf(digested.of(request).mayUseRange).toEqualTypeOf<boolean>()
defineEtag({ source: { digest: (body: string | Uint8Array) => String(body.length) }, load: site })
defineEtag({ source: 'id', load: site, variant: () => null })

// lists: the version is that of each member
interface Entry { id: number, version: number, changed: string, meta: { rev: bigint } }
declare const entries: (request: Request) => Promise<Entry[]>
declare const page: (request: Request) => Promise<{ total: number, data: { items: Entry[] } }>
const list = defineEtag({ source: { members: 'version' }, load: entries })
expectTypeOf(list.of(request)).toEqualTypeOf<Precondition<Entry[], number[], readonly object[] | number | bigint>>()
expectTypeOf(defineEtag({ source: { members: 'version', id: 'changed', at: 'data.items' }, load: page }).of(request).expected.version).toEqualTypeOf<number[] | undefined>()
expectTypeOf(defineEtag({ source: { members: { field: 'meta.rev' } }, load: entries }).of(request).expected.version).toEqualTypeOf<any[] | undefined>()
defineEtag({ source: { members: { timestamp: ['changed'] }, at: 'data.items' }, load: page })
defineEtag({ source: { members: entry => `${entry.meta.rev}` }, load: entries, bulk: true })
defineEtag({ source: { members: 'version' }, bulk: { waive: 'counts what anybody adds' } })
expectTypeOf(defineEtag({ source: { members: 'version', at: 'items' }, load: async () => ({}) as { items: Entry[] | null } }).of(request).expected.version).toEqualTypeOf<number[] | undefined>()
expectTypeOf(defineEtag({ source: { members: 'rev', id: '_id' }, load: async () => [] as Array<{ _id: string, rev: number | null }> }).of(request).expected.version).toEqualTypeOf<Array<number | null> | undefined>()
defineEtag({ source: { members: 'version' }, load: async () => JSON.parse('[]') })
list.of(request).guard(async () => 2)
list.of(request).guard(async () => null)
list.of(request).guard(async ({ version, current }) => {
  expectTypeOf(version).toEqualTypeOf<number[]>()
  return current
})

// annotated schemas: the state is that of the schema, or of load, and the version has the type of its field
const Note = EtagState(Type.Object({
  id: EtagId(Type.String()),
  version: EtagVersion(Type.Integer()),
  at: EtagLastModified(Type.Optional(Type.String()))
}), { policy: 'REQUIRED' })
type Note = Static<typeof Note>
expectTypeOf<Note>().toEqualTypeOf<{ id: string, version: number, at?: string }>()
const find = async (_request: Request): Promise<Note | null> => null
expectTypeOf(defineEtag({ schema: Note }).of(request)).toEqualTypeOf<Precondition<Note, number>>()
expectTypeOf(defineEtag({ schema: Note, load: find, policy: (_request, state) => state.id }).of(request)).toEqualTypeOf<Precondition<Note, number>>()
expectTypeOf(defineEtag({ schema: Type.Array(Note), load: async (_request: Request) => [] as Note[] }).of(request)).toEqualTypeOf<Precondition<Note[], number[], readonly object[] | number | bigint>>()
expectTypeOf(defineEtag({ schema: Document, load }).of(request).expected.version).toBeAny()
expectTypeOf(defineEtag({ schema: { type: 'object', properties: { title: { type: 'string', 'x-etag': 'version' } } }, load }).of(request).expected).toEqualTypeOf<Expected<Document, string>>()
EtagVersion(Type.Union([Type.Integer(), Type.Null()]))
EtagVersion({ type: 'string' })
EtagVersion({ type: ['string', 'null'] } as const)
EtagLastModified(Type.Date())
// the version is that of the row, which a driver may give as text
expectTypeOf(defineEtag({ schema: Note, load: async (_request: Request) => ({ id: '1', version: '3' }) }).of(request).expected.version).toEqualTypeOf<string | undefined>()
Fastify({ ajv: { plugins: [etagKeywords] } })

// the errors of stores, and what a handler says that guards otherwise
export async function stores () {
  const app = Fastify()
  await app.register(etagPlugin, { unguarded: 'error', isConflict: error => error instanceof Error })
  const document = defineEtag({
    source: 'version',
    isDuplicateKey: error => isDuplicateKey(error) || isConflict(error),
    load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id)
  })
  app.post<{ Params: Params }>('/:id/entries', { config: { etag: document } }, async request => {
    document.of(request).waive('appends commute')
    expectTypeOf(document.of(request).decision.waived).toEqualTypeOf<string | undefined>()
  })
}

// a policy of each state
export const byState = defineEtag({
  source: 'version',
  load: (request: FastifyRequest<{ Params: Params }>) => documents.find(request.params.id),
  policy: (request, state) => {
    expectTypeOf(request.params.id).toEqualTypeOf<string>()
    expectTypeOf(state).toEqualTypeOf<Document>()
    return [state.title, undefined, 'REQUIRED']
  }
})

// with what @fastify/swagger takes as a transform, and what gives it one
export async function openapi (transform: SwaggerTransform) {
  const app = Fastify()
  await app.register(swagger, { openapi: {}, transform: documentPreconditions(transform) })
  await app.register(swagger, { openapi: {}, transform: documentPreconditions() })
  app.get('/', { config: { swaggerTransform: documentPreconditions(({ schema, url }) => ({ schema, url })) } }, async () => ({}))
  expectTypeOf(documentPreconditions(transform)).toExtend<SwaggerTransform>()
}
