import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import { checkRoute, RouteError, type Fault, type Report } from 'fastify-etag-policy/testing'
import byDefault, { defineEtag, dotypos, etagPlugin, netbox, restheart, type EtagRouteOptions, type Problem, type Refusal } from 'fastify-etag-policy'

const app = Fastify()
await app.register(byDefault, { policy: 'REQUIRED' })
await app.register(etagPlugin, { policy: { doc: 'REQUIRED' }, allReads: true })
await app.register(import('fastify-etag-policy'))
for (const profile of [restheart, netbox, dotypos]) await app.register(etagPlugin, { ...profile })
await app.register(etagPlugin, { ...restheart, policy: { ...restheart.policy, doc: 'REQUIRED' } })
expectTypeOf(restheart.policy.doc).toEqualTypeOf<'OPTIONAL'>()

expectTypeOf(defineEtag).toEqualTypeOf<typeof byDefault.defineEtag>()
expectTypeOf<Extract<EtagRouteOptions['policy'], string>>().toEqualTypeOf<'REQUIRED' | 'REQUIRED_FOR_DELETE' | 'OPTIONAL'>()
expectTypeOf<EtagRouteOptions>().toHaveProperty('load')
expectTypeOf<Refusal['statusCode']>().toEqualTypeOf<number>()
expectTypeOf<Problem['currentEtag']>().toEqualTypeOf<string | undefined>()

// the contract check, for an instance and for a base URL
const report: Report = await checkRoute(app, { read: '/7', write: { url: '/7', method: 'PATCH' }, change: (state: { id: string }, turn) => ({ text: `${state.id} ${turn}` }) })
  .catch((error: RouteError) => error.report)
expectTypeOf(report.faults).toEqualTypeOf<readonly Fault[]>()
await checkRoute('http://localhost:3000', { read: '/7', write: '/7', change: () => ({}), policy: 'OPTIONAL', create: turn => ({ url: `/${turn}`, body: {} }) })
// @ts-expect-error a write needs a body
await checkRoute(app, { read: '/7', write: '/7' })
