import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import byDefault, { defineEtag, etagPlugin, type EtagRouteOptions, type Problem, type Refusal } from 'fastify-etag-policy'

const app = Fastify()
await app.register(byDefault, { policy: 'REQUIRED' })
await app.register(etagPlugin, { policy: { doc: 'REQUIRED' }, allReads: true })
await app.register(import('fastify-etag-policy'))

expectTypeOf(defineEtag).toEqualTypeOf<typeof byDefault.defineEtag>()
expectTypeOf<Extract<EtagRouteOptions['policy'], string>>().toEqualTypeOf<'REQUIRED' | 'REQUIRED_FOR_DELETE' | 'OPTIONAL'>()
expectTypeOf<EtagRouteOptions>().toHaveProperty('load')
expectTypeOf<Refusal['statusCode']>().toEqualTypeOf<number>()
expectTypeOf<Problem['currentEtag']>().toEqualTypeOf<string | undefined>()
