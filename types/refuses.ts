import Fastify, { type FastifyRequest } from 'fastify'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import etagPlugin, { defineEtag, EtagLastModified, EtagState, EtagVersion } from 'fastify-etag-policy'

interface Row { id: string, version: number, updatedAt: Date }
type Request = FastifyRequest<{ Params: { id: string } }>
const load = async (_request: Request): Promise<Row | null> => null
declare const request: Request

// @ts-expect-error a field that the state has not
defineEtag({ source: 'vresion', load })
// @ts-expect-error a field that cannot name a version
defineEtag({ source: 'updatedAt', load })
// @ts-expect-error a date that the state has not
defineEtag({ source: 'version', lastModified: 'updated', load })
// @ts-expect-error one of several dates that the state has not
defineEtag({ source: 'version', lastModified: ['updatedAt', 'created'], load })
// @ts-expect-error a misspelt option
defineEtag({ source: 'version', polcy: 'REQUIRED', load })
// @ts-expect-error a policy that is none
defineEtag({ source: 'version', policy: 'ALWAYS', load })
// @ts-expect-error a source that names nothing
defineEtag({ source: () => new Date(), load })
// @ts-expect-error a timestamp that the state has not
defineEtag({ source: { timestamp: ['updatedAt', 'created'] }, load })
// @ts-expect-error a precision that is none
defineEtag({ source: { timestamp: 'updatedAt', precision: 's' }, load })
// @ts-expect-error a digest that is none
defineEtag({ source: { digest: 5 }, load })
// @ts-expect-error a digest that comes too late
defineEtag({ source: { digest: async () => 'x' }, load })
// @ts-expect-error a variant that no request is asked for
defineEtag({ source: 'version', variant: 'summary', load })
// @ts-expect-error validators of another type than those of the state
defineEtag({ source: 'version', loadValidators: async () => ({ version: '1' }), load })
// @ts-expect-error a version of another type than that of the state
defineEtag({ source: 'version', parseVersion: String, load })
// @ts-expect-error a version that is read where it stands in no field
defineEtag({ source: document => document.version, parseVersion: Number, load })
// @ts-expect-error a state that may not be loaded before the write
defineEtag({ source: 'version', parseVersion: Number, load }).guarded((_request: Request, { current }) => documents.update(current.id, current, 1))
// @ts-expect-error a status that says something else
defineEtag({ source: 'version', missing: 400, load })

interface Entry { key: symbol, id: string, version: number, seen: Date }
const entries = async (): Promise<Entry[]> => []
// @ts-expect-error a version that a member has not
defineEtag({ source: { members: 'vresion' }, load: entries })
// @ts-expect-error a member's field that cannot name a version
defineEtag({ source: { members: 'seen' }, load: entries })
// @ts-expect-error an id that a member has not
defineEtag({ source: { members: 'version', id: '_id' }, load: entries })
// @ts-expect-error an id that cannot be told by its text
defineEtag({ source: { members: 'version', id: 'key' }, load: entries })
// @ts-expect-error a list that the envelope has not
defineEtag({ source: { members: 'version', at: 'rows' }, load: async () => ({ items: await entries() }) })
// @ts-expect-error no list at all, whose version a function says
defineEtag({ source: { members: entry => entry }, load })
// @ts-expect-error members without a field id
defineEtag({ source: { members: 'version' }, load: async () => [] as Array<{ key: string, version: number }> })
// @ts-expect-error a row, of which nobody knows whether it is all that was written
defineEtag({ source: { members: 'version' }, load: entries }).of(request).guard(async () => true)
// @ts-expect-error what a driver says of a statement
defineEtag({ source: { members: 'version' }, load: entries }).of(request).guard(async () => ({ rowCount: 1 }))
// @ts-expect-error no list at all
defineEtag({ source: { members: 'version' }, load })
// @ts-expect-error the version is that of each member
defineEtag({ source: { members: 'version' }, load: entries }).of(request).guard(async ({ version }) => version.toFixed())
// @ts-expect-error a waiver without its reason
defineEtag({ source: 'version', load, bulk: { waive: true } })

// @ts-expect-error a field that cannot name a version
EtagVersion(Type.Boolean())
// @ts-expect-error nor can an object
EtagVersion(Type.Object({}))
// @ts-expect-error no date
EtagLastModified(Type.Boolean())
// @ts-expect-error a policy that is none
EtagState(Type.Object({}), { policy: 'required' })
// @ts-expect-error a misspelt member
EtagState(Type.Object({}), { polcy: 'REQUIRED' })
const Entries = EtagState(Type.Object({ id: Type.String(), version: EtagVersion(Type.Integer()) }))
// @ts-expect-error the version is a number
defineEtag({ schema: Entries }).of(request).guard(async ({ version }) => version.charAt(0))
// @ts-expect-error the state has no such field
defineEtag({ schema: Entries }).of(request).guard(async ({ current }) => current.name)
// @ts-expect-error a row without the version that the schema marks
defineEtag({ schema: Entries, load: async () => ({ nothing: true }) })
// @ts-expect-error a row whose version can name none
defineEtag({ schema: Entries, load: async () => ({ id: '1', version: new Date() }) })
// @ts-expect-error no list, where the schema is one
defineEtag({ schema: Type.Array(Entries), load: async () => ({ id: '1', version: 1 }) })
// @ts-expect-error a source beside the schema that says it
defineEtag({ schema: Entries, source: 'version' })
declare const bySlug: FastifyRequest<{ Params: { slug: string } }>
// @ts-expect-error a request with other params
defineEtag({ schema: Entries, load }).of(bySlug)

const row = defineEtag({ source: 'version', load })

// @ts-expect-error a forgotten return
row.of(request).guard(async ({ version }) => { version.toFixed() })
// @ts-expect-error undefined is no way to say that nothing was written
row.of(request).guard(async () => undefined as Row | undefined)
// @ts-expect-error not a promise
row.of(request).guard(() => ({ id: '1' }))
// @ts-expect-error the version is a number
row.of(request).guard(async ({ version }) => version.charAt(0))
// @ts-expect-error the state has no such field
row.of(request).guard(async ({ current }) => current.name)
// @ts-expect-error a row of something else has no tag here
row.tag({ id: 1 })

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
app.get('/:slug', { config: { etag: row }, schema: { params: Type.Object({ slug: Type.String() }) } }, async request => {
  // @ts-expect-error a request with other params
  row.of(request)
})
// @ts-expect-error the answer is not what the schema says
app.get('/', { schema: { params: Type.Object({ id: Type.String() }), response: { 200: Type.Object({ other: Type.Boolean() }) } } }, request => row.of(request).load())
// @ts-expect-error a misspelt option
app.register(etagPlugin, { polcy: 'REQUIRED' })
// @ts-expect-error a policy that is none
app.register(etagPlugin, { policy: 'ALWAYS' })
// @ts-expect-error a waiver without its reason
row.of(request).waive()
// @ts-expect-error a way to tell that is none
app.register(etagPlugin, { unguarded: 'ignore' })
