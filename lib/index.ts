import fp from 'fastify-plugin'
import { EtagId, EtagLastModified, EtagState, EtagVersion } from './annotate.js'
import { defineEtag, type EtagDefinition as Definition } from './define-etag.js'
import { etagKeywords } from './etag-keywords.js'
import { watchApplications } from './hooks/asking-routes.js'
import { documentPreconditions } from './hooks/document-routes.js'
import { registerEtag } from './plugin.js'
import { dotypos, netbox, restheart } from './profiles.js'
import { isConflict, isDuplicateKey } from './store-error.js'
import type { EntityTag as Tag } from './entity-tag.js'
import type { PluginOptions } from './option-schemas.js'
import type { Decision as Decided } from './decision.js'
import type { Expected as ExpectedState, Precondition as RequestPrecondition } from './precondition.js'
import type { Policy as WritePolicy } from './policy.js'
import type { Problem as ProblemDetails } from './problem.js'
import type { Purpose as LoadPurpose } from './option-schemas.js'
import type { Refusal as RefusalError } from './refusal.js'
import type { RouteEtag } from './route-etag.js'

watchApplications()

type Plugin = typeof registerEtag
type Face = Plugin & {
  etagPlugin: Face
  default: Face
  defineEtag: typeof defineEtag
  documentPreconditions: typeof documentPreconditions
  isConflict: typeof isConflict
  isDuplicateKey: typeof isDuplicateKey
  restheart: typeof restheart
  netbox: typeof netbox
  dotypos: typeof dotypos
  etagKeywords: typeof etagKeywords
  EtagVersion: typeof EtagVersion
  EtagLastModified: typeof EtagLastModified
  EtagId: typeof EtagId
  EtagState: typeof EtagState
}

const etagPlugin = Object.assign(fp(registerEtag, { fastify: '5.x', name: 'fastify-etag-policy' }), {
  defineEtag, documentPreconditions, isConflict, isDuplicateKey, restheart, netbox, dotypos, etagKeywords, EtagVersion, EtagLastModified, EtagId, EtagState
}) as Face
etagPlugin.etagPlugin = etagPlugin
etagPlugin.default = etagPlugin

// types only: a namespace with values would not merge with the const
declare namespace etagPlugin {
  export type EtagPluginOptions = PluginOptions
  export type EtagRouteOptions = RouteEtag
  export type EtagDefinition<State = any, Version = any, Request = any, Written extends {} = any> = Definition<State, Version, Request, Written>
  export type Precondition<State = any, Version = any, Written extends {} = {}> = RequestPrecondition<State, Version, Written>
  export type Expected<State = any, Version = any> = ExpectedState<State, Version>
  export type Decision = Decided
  export type EntityTag = Tag
  export type Policy = WritePolicy
  export type Problem = ProblemDetails
  export type Purpose = LoadPurpose
  export type Refusal = RefusalError
}

// lines that Node finds without running the file, so that `import { defineEtag }` works
module.exports.etagPlugin = etagPlugin
module.exports.default = etagPlugin
module.exports.defineEtag = defineEtag
module.exports.documentPreconditions = documentPreconditions
module.exports.isConflict = isConflict
module.exports.isDuplicateKey = isDuplicateKey
module.exports.restheart = restheart
module.exports.netbox = netbox
module.exports.dotypos = dotypos
module.exports.etagKeywords = etagKeywords
module.exports.EtagVersion = EtagVersion
module.exports.EtagLastModified = EtagLastModified
module.exports.EtagId = EtagId
module.exports.EtagState = EtagState
export = etagPlugin
