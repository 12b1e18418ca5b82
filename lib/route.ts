import { disown } from './disown.js'
import {
  FST_ETAG_BULK_UNCHECKED, FST_ETAG_INVALID_OPTION, FST_ETAG_LOAD_MISSING, FST_ETAG_SOURCE_MISSING, FST_ETAG_UNKNOWN_KIND, FST_ETAG_WEAK_SOURCE
} from './errors.js'
import { readRouteOptions } from './options.js'
import { isGoverned, isRequired, type Policy, type PolicyInForce } from './policy.js'
import { isRead } from './preconditions.js'
import { optionsOf, refuseContradiction } from './annotated-route.js'
import { namesMembers } from './request-members.js'
import { resolveDescription, type DescribeState } from './sources/described-state.js'
import { resolveDigest, type BodyOf, type Digest, type DigestSource } from './sources/digest.js'
import { membershipOf, type Membership } from './sources/members.js'
import type { Source } from './sources/source.js'
import { resolveSettings, type Level, type Settings } from './settings.js'
import { resolveStoreFailure, type StoreFailure } from './store-error.js'
import type { Annotation } from './annotation.js'
import type { ParseVersion } from './sources/tag-version.js'
import type { Load, LoadValidators, PolicyFunction, RouteOptions } from './option-schemas.js'

/** What a route is called, and what it declared. */
export interface DeclaredRoute {
  readonly url: string
  readonly methods: readonly string[]
  /** The value of `config.etag`; `undefined` where the route asks only because `allReads` makes it. */
  readonly etag: unknown
  /** What the schemas of the route say; `undefined` where they say nothing. */
  readonly annotation?: Annotation | undefined
  /** The version that its constraints ask for, where its url has several. */
  readonly apiVersion?: string | undefined
  /** What the GET of its url answers with. */
  readonly bodyOf?: BodyOf | undefined
}

/** A route that asks, with every setting resolved: all that its hooks need. */
export interface Route extends Omit<Settings, 'source' | 'lastModified' | 'weak' | 'isConflict' | 'isDuplicateKey'> {
  /** Its methods and url, as error messages call it. */
  readonly title: string
  readonly url: string
  /** The object that `config.etag` holds, or the one that it was spread from. */
  readonly definition: unknown
  /** Does it ask for its reads alone, and of its writes know only that they can compare nothing? */
  readonly readsOnly: boolean
  /** The policy that holds where nothing nearer says another. */
  readonly policy: PolicyInForce
  /** What may say another of a request and a state, the nearest first. */
  readonly policyFunctions: readonly PolicyFunction[]
  /** Does the route declare a policy itself, so that it holds for POST too? */
  readonly declaresPolicy: boolean
  readonly kind: string | undefined
  readonly load: Load | undefined
  readonly loadValidators: LoadValidators | undefined
  /** Reads the version that a tag names, for a handler that does nothing but guard a write. */
  readonly parseVersion: ParseVersion | undefined
  readonly describeState: DescribeState
  /** What an error of its store says of a write. */
  readonly storeFailureOf: (error: unknown) => StoreFailure | undefined
  /** What its schemas say of its states. */
  readonly annotation: Annotation | undefined
  /** What tells the members of its list apart; `undefined` where its state is no list, or no request says which it is about. */
  readonly membership: Membership | undefined
  /** Why the policies do not hold for its writes, where `bulk` says so. */
  readonly waived: string | undefined
  /** Is it declared where a state has its modification date? */
  readonly isDated: boolean
  /** How the source was given: a function cannot tell a state from another object, a field can, a digest needs no state. */
  readonly source: 'none' | 'field' | 'function' | 'digest'
  /** By what the source names a body, and the function that does; `undefined` where it names no bodies. */
  readonly digest: { readonly by: DigestSource['digest'], readonly of: Digest } | undefined
  /** The modification date alone: a state that is shown by a body has its name from that. */
  readonly dateState: DescribeState
  readonly apiVersion: string | undefined
}

/** Under this key a definition keeps its identity when it is spread into another object. */
export const kDefinition: unique symbol = Symbol.for('fastify-etag-policy.definition')

/**
 * Resolves what a route declared over the settings of its scope; the nearest wins.
 * Throws FST_ETAG_INVALID_OPTION, and the errors of settings that could never be kept: FST_ETAG_UNKNOWN_KIND,
 * FST_ETAG_LOAD_MISSING, FST_ETAG_SOURCE_MISSING, FST_ETAG_WEAK_SOURCE, FST_ETAG_BULK_UNCHECKED, FST_ETAG_INVALID_ANNOTATION.
 */
export function resolveRoute ({ url, methods, etag, annotation, apiVersion, bodyOf }: DeclaredRoute, outer: readonly Level[]): Route {
  const title = `${methods.join(', ')} ${url}`
  const options = etag === undefined ? {} : readRouteOptions(etag, title)
  if (annotation !== undefined) refuseContradiction(options, annotation, title)
  const annotated: readonly Level[] = annotation === undefined ? [] : [{ level: 'schema', options: optionsOf(annotation) }]
  const levels: readonly Level[] = [...outer, ...annotated, { level: 'route', options }]
  const { source, lastModified, weak, isConflict, isDuplicateKey, ...settings } = resolveSettings(levels)

  const waived = typeof options.bulk === 'object' ? options.bulk.waive : undefined
  const readsOnly = etag === undefined && annotation === undefined
  // no policy makes a route ask
  const isOpen = waived === undefined && !readsOnly
  const declared = fixedPolicy(levels, options, title, !readsOnly && methods.some(isWrite))
  const route: Route = {
    ...settings,
    title,
    url,
    definition: identityOf(options),
    readsOnly,
    policy: isOpen ? declared : { policy: 'OPTIONAL', level: 'route' },
    policyFunctions: isOpen ? nearerFunctions(levels) : [],
    checkEtagParam: settings.checkEtagParam && !readsOnly,
    declaresPolicy: options.policy !== undefined,
    kind: options.kind,
    load: options.load,
    loadValidators: options.loadValidators,
    parseVersion: options.parseVersion,
    annotation,
    describeState: resolveDescription({ source, weak, lastModified, bodyOf }),
    dateState: resolveDescription({ lastModified }),
    digest: isDigest(source) ? { by: source.digest, of: marked(resolveDigest(source), weak) } : undefined,
    apiVersion,
    membership: isOpen && typeof source === 'object' && 'members' in source ? membershipOf(source) : undefined,
    waived,
    isDated: lastModified !== undefined,
    storeFailureOf: resolveStoreFailure({ isConflict, isDuplicateKey }),
    source: kindOf(source)
  }
  if (!route.readsOnly) refuseUnkeepable(route, { weak, bulk: options.bulk === true }, methods)
  if (options.parseVersion !== undefined) refuseUnparsable(route, { weak, source })
  return route
}

function kindOf (source: Source | undefined): Route['source'] {
  if (source === undefined) return 'none'
  if (isDigest(source)) return 'digest'
  const isFunction = typeof source === 'function' || (typeof source === 'object' && 'members' in source && typeof source.members === 'function')
  return isFunction ? 'function' : 'field'
}

function isDigest (source: Source | undefined): source is DigestSource {
  return typeof source === 'object' && 'digest' in source
}

function marked (digest: Digest, weak: boolean): Digest {
  return body => ({ ...digest(body), weak })
}

/** What tells one definition from another: it stays the same when the definition is spread. */
export function identityOf (options: object): unknown {
  return (options as { readonly [kDefinition]?: unknown })[kDefinition] ?? options
}

/** Does the route ask for requests of this method? */
export function asksFor (route: Route, method: string): boolean {
  return !route.readsOnly || isRead(method)
}

/** Is a write that names no version refused? Only a clear no of `enforce` lets it through for now. */
export function isEnforced (route: Route, request: unknown): boolean {
  return sayOf(route.enforce, request) !== false
}

/** May a refusal tell the current tag? Only a clear yes of `disclose` does. */
export function isDisclosed (route: Route, request: unknown): boolean {
  return sayOf(route.disclose, request) === true
}

// A promise says neither yes nor no, and its failure is nobody's.
function sayOf (given: Settings['enforce'], request: unknown): unknown {
  const said: unknown = typeof given === 'function' ? given(request) : given
  disown(said)
  return said
}

function isWrite (method: string): boolean {
  return method === 'PUT' || method === 'PATCH' || method === 'DELETE'
}

/** Can a request of this method be made to name a version by what is known only when it comes? */
export function isGovernedByRequest ({ policyFunctions, checkEtagParam, declaresPolicy }: Route, method: string): boolean {
  return (policyFunctions.length > 0 || checkEtagParam) && isGoverned(method, declaresPolicy ? 'route' : 'plugin')
}

// Policies by kind need the kind of a route that writes; a wrong one is refused anywhere.
function fixedPolicy (levels: readonly Level[], { kind }: RouteOptions, title: string, writes: boolean): PolicyInForce {
  const declaring = levels.findLast(({ options: { policy } }) => policy !== undefined && typeof policy !== 'function')
  if (declaring === undefined) return { policy: 'OPTIONAL', level: 'plugin' }
  const { level, options: { policy } } = declaring
  if (typeof policy === 'string') return { policy, level }

  const byKind = policy as Readonly<Record<string, Policy>>
  if (kind !== undefined && Object.hasOwn(byKind, kind)) return { policy: byKind[kind]!, level }
  if (kind === undefined && !writes) return { policy: 'OPTIONAL', level }
  throw new FST_ETAG_UNKNOWN_KIND(title, Object.keys(byKind).join(', '), kind ?? 'none')
}

// A policy that is declared as it is hides what outer levels say.
function nearerFunctions (levels: readonly Level[]): readonly PolicyFunction[] {
  const declared = levels.map(({ options }) => options.policy).filter(policy => policy !== undefined)
  const fixed = declared.findLastIndex(policy => typeof policy !== 'function')
  return declared.slice(fixed + 1).reverse() as PolicyFunction[]
}

// What needs a state needs a way to it, and a required precondition is compared by the strong tag of that state.
function refuseUnkeepable (route: Route, { weak, bulk }: { readonly weak: boolean, readonly bulk: boolean }, methods: readonly string[]): void {
  const { title, load, loadValidators, source, create, tolerate, membership, policy: { policy, level } } = route
  const required = methods.find(method => isRequired(route.policy, method))
  const requirable = required ?? methods.find(method => isGovernedByRequest(route, method))
  if (requirable !== undefined && route.waived === undefined) {
    const why = required !== undefined
      ? `the policy ${policy} of its ${level} makes ${required} name the version that it changes`
      : `${route.policyFunctions.length > 0 ? 'a policy that is a function' : '?checkEtag'} can make ${requirable} name the version that it changes`
    if (bulk && membership === undefined) throw new FST_ETAG_BULK_UNCHECKED(title, why)
    if (load === undefined) throw new FST_ETAG_LOAD_MISSING(title, why)
    if (source === 'none') throw new FST_ETAG_SOURCE_MISSING(title, why)
  }
  if (loadValidators !== undefined) {
    if (load === undefined) throw new FST_ETAG_LOAD_MISSING(title, 'loadValidators stands beside one, which a write and a handler ask')
    if (source === 'digest') throw new FST_ETAG_INVALID_OPTION(`${title}, config.etag`, 'loadValidators finds what names a state, and a digest is of all that its GET answers with')
  }
  if (load === undefined && create === 'only' && methods.includes('PUT')) {
    throw new FST_ETAG_LOAD_MISSING(title, "create: 'only' makes PUT find out whether something is there")
  }
  const naming = methods.find(namesMembers)
  if (membership !== undefined && route.at === 'onRequest' && naming !== undefined) {
    throw new FST_ETAG_INVALID_OPTION(`${title}, config.etag`, `at: 'onRequest' decides before the body is read, and the members that ${naming} is about stand there`)
  }
  const write = methods.find(method => isWrite(method) || method === requirable)
  if (weak && write !== undefined && tolerate.weak !== true) throw new FST_ETAG_WEAK_SOURCE(title, write)
}

// The version that a tag names stands in one field, and is compared when the write is done.
function refuseUnparsable ({ title, load, at }: Route, { weak, source }: { readonly weak: boolean, readonly source: Source | undefined }): void {
  const isField = typeof source === 'string' || (typeof source === 'object' && 'field' in source)
  if (load === undefined) throw new FST_ETAG_LOAD_MISSING(title, 'parseVersion loads where a write missed')
  if (!isField) throw new FST_ETAG_INVALID_OPTION(`${title}, config.etag`, 'parseVersion reads the version that one field has, and the source is no field')
  if (weak) throw new FST_ETAG_INVALID_OPTION(`${title}, config.etag`, 'parseVersion reads a strong tag, and weak makes none')
  if (at === 'onRequest') throw new FST_ETAG_INVALID_OPTION(`${title}, config.etag`, "parseVersion leaves it to the write to compare the version, and at: 'onRequest' compares it before the body is read")
}
