import type { FastifyRequest } from 'fastify'
import { formatEntityTag, type EntityTag } from './entity-tag.js'
import { FST_ETAG_OTHER_DEFINITION, FST_ETAG_SOURCE_MISSING } from './errors.js'
import { routeOf } from './hooks/route-of.js'
import { definitionOf } from './hooks/precondition-of.js'
import { guardedHandler, type GuardedHandler, type GuardedOptions, type WritesGuarded } from './guarded-handler.js'
import { kDefinition } from './route.js'
import { readAnnotation } from './annotation.js'
import { NO_SCHEMAS } from './schema-graph.js'
import { resolveDescription, type DescribeState } from './sources/described-state.js'
import type { Moment } from './sources/last-modified.js'
import type { Precondition } from './precondition.js'
import type { MemberSource } from './sources/members.js'
import type { DigestSource } from './sources/digest.js'
import type { SourceFunction } from './sources/function.js'
import type { HeaderFields, PolicySaid, Purpose, Variant } from './option-schemas.js'
import type { Policy } from './policy.js'
import type { RouteEtag } from './route-etag.js'
import type { Version } from './sources/version-tag.js'

type IsAny<Type> = 0 extends 1 & Type ? true : false

/** The fields of a state that hold such a value, or nothing; any text where the state is not known. */
type FieldOf<State, Value> = IsAny<State> extends true
  ? string
  : [State] extends [never] ? never : { [Key in keyof State & string]: NonNullable<State[Key]> extends Value ? Key : never }[keyof State & string]

/** The version that a key or a path leads to in a state. */
type VersionAt<State, Path> = IsAny<State> extends true
  ? any
  : Path extends keyof State
    ? State[Path]
    : Path extends `${infer Head}.${infer Rest}`
      ? Head extends keyof State ? VersionAt<NonNullable<State[Head]>, Rest> : unknown
      : unknown

interface Declared<State, Request> extends Omit<RouteEtag, 'source' | 'lastModified' | 'headers' | 'variant' | 'load' | 'loadValidators' | 'parseVersion' | 'policy' | 'schema'> {
  policy?: Policy | ((request: Request, state: NoInfer<State>) => PolicySaid | Promise<PolicySaid>)
  lastModified?: FieldOf<NoInfer<State>, Moment> | ReadonlyArray<FieldOf<NoInfer<State>, Moment>> |
    ((state: NoInfer<State>, request: Request) => Moment | null | undefined)
  headers?: HeaderFields | ((state: NoInfer<State>, request: Request) => HeaderFields)
  variant?: (request: Request) => ReturnType<Variant>
  load?: (request: Request, purpose: Purpose) => State | null | undefined | Promise<State | null | undefined>
  loadValidators?: (request: Request) => Partial<NoInfer<State>> | null | undefined | Promise<Partial<NoInfer<State>> | null | undefined>
}

interface DeclaredFunction<State, Request, Named> extends Declared<State, Request> {
  source: (state: NoInfer<State>, request: Request) => Named
}

interface DeclaredTimestamp<State, Request, Fields> extends Declared<State, Request> {
  source: {
    readonly timestamp: (Fields & FieldOf<NoInfer<State>, Version | Date>) | ReadonlyArray<Fields & FieldOf<NoInfer<State>, Version | Date>>
    readonly precision?: 'ms'
  }
}

/** A member of the list that a state is, or has at the end of a path. */
type MemberOf<State, At> = IsAny<State> extends true
  ? any
  : State extends ReadonlyArray<infer Member> ? Member : NonNullable<[At] extends [never] ? never : VersionAt<State, At>> extends ReadonlyArray<infer Member> ? Member : never

/** `id` may be left out where the members have a field of that name. */
type Identified<Member> = 'id' extends FieldOf<Member, Version>
  ? { readonly id?: FieldOf<Member, Version> }
  : { readonly id: FieldOf<Member, Version> }

/** What a write of a list returns: its members, in an envelope where it has one, or how many they are. */
type WrittenList<At> = readonly object[] | number | bigint | ([At] extends [never] ? never : object)

interface DeclaredMembers<State, Request, Members, At> extends Declared<State, Request> {
  source: Identified<MemberOf<NoInfer<State>, At>> & {
    readonly members: Members & FieldOf<MemberOf<NoInfer<State>, At>, Version>
    readonly at?: At
  }
}

interface DeclaredMembersBy<State, Request, At> extends Declared<State, Request> {
  source: Identified<MemberOf<NoInfer<State>, At>> & {
    readonly members: ([MemberOf<NoInfer<State>, At>] extends [never] ? never : unknown) & (
      Exclude<MemberSource, string | SourceFunction> | ((member: MemberOf<NoInfer<State>, At>, request: Request) => Version | EntityTag | null | undefined)
    )
    readonly at?: At
  }
}

/** What a schema of TypeBox 0.34 is the type of; of another library `load` knows it. */
type StaticOf<Schema> = Schema extends { readonly static: infer Static } ? Static : any

/** The field that an annotated schema marks as the version, where its type shows it. */
type MarkedIn<Schema> = Schema extends { readonly properties: infer Properties }
  ? { [Key in keyof Properties]: Properties[Key] extends { readonly 'x-etag': 'version' } ? Key : never }[keyof Properties]
  : never

/** The version of a state, as its row has it, and not as the schema shows it. */
type VersionIn<Schema, State> = IsAny<State> extends true
  ? any
  : Schema extends { readonly items: infer Member }
    ? State extends ReadonlyArray<infer Row> ? Array<VersionIn<Member, Row>> : any[]
    : [MarkedIn<Schema>] extends [never] ? any : MarkedIn<Schema> extends keyof State ? State[MarkedIn<Schema>] : unknown

/** Has a state the field that its schema marks, with what can name a version; is it a list, where its schema is one? */
type Fits<Schema, State> = IsAny<State> extends true
  ? unknown
  : Schema extends { readonly items: infer Member }
    ? State extends ReadonlyArray<infer Row> ? Fits<Member, Row> : never
    : [MarkedIn<Schema>] extends [never] ? unknown : MarkedIn<Schema> extends FieldOf<State, Version> ? unknown : never

/** Reads the version that a tag names, where it stands in one field. */
interface Parsing<Version> {
  parseVersion?: (text: string) => Version | null | undefined
}

interface DeclaredSchema<State, Request, Schema> extends Declared<State, Request>, Parsing<VersionIn<Schema, NoInfer<State>>> {
  source?: never
  schema: Schema & Fits<Schema, NoInfer<State>>
}

interface DeclaredPath<State, Request, Path> extends Declared<State, Request>, Parsing<VersionAt<NoInfer<State>, Path>> {
  source: { readonly field: Path }
}

interface DeclaredDigest<State, Request> extends Declared<State, Request> {
  source: DigestSource
}

interface DeclaredField<State, Request, Field> extends Declared<State, Request>, Parsing<[Field] extends [never] ? any : VersionAt<NoInfer<State>, Field>> {
  source?: Field & FieldOf<NoInfer<State>, Version>
}

/**
 * A definition for `config.etag` that knows the types of its state and of the requests that it loads from.
 * Give the same one to every route of a resource.
 */
export interface EtagDefinition<State, Version, Request, Written extends {} = {}> extends RouteEtag {
  /**
   * The precondition of a request, typed. Throws FST_ETAG_OTHER_DEFINITION on a route with another definition;
   * the compiler refuses a request with other params.
   */
  of<R extends { readonly precondition: object, readonly params?: unknown }> (
    request: R & (unknown extends R['params'] ? unknown : Request extends { params: infer Params } ? { readonly params: Params } : unknown)
  ): Precondition<State, Version, Written>

  /**
   * Makes a handler that guards this write and does nothing else. Where the definition has `parseVersion`, a request that names one version
   * is such a write alone: its state is loaded only where that touched nothing. The write must then see no more than `load` does.
   * A route that has it without the definition in its `config.etag` stops the start by FST_ETAG_OTHER_DEFINITION.
   */
  guarded<R extends Written> (write: WritesGuarded<Request, State, Version, R>, options?: GuardedOptions<Request, R>): GuardedHandler<Request>
  guarded<R extends Written, Asking extends { readonly precondition: object }> (
    write: WritesGuarded<Asking, State, Version, R>, options?: GuardedOptions<Asking, R>
  ): GuardedHandler<Asking>

  /**
   * The field value of the ETag of a state, for members of lists, events and tests; `undefined` where it has none.
   * Throws FST_ETAG_SOURCE_MISSING where the source is not the definition's own.
   */
  tag (state: State): string | undefined
}

/** Defines where the ETag of a resource comes from, how its state is loaded, and when a write must carry the tag. */
export function defineEtag<const Schema extends object, State = StaticOf<Schema>, Request = FastifyRequest> (
  declared: DeclaredSchema<State, Request, Schema>
): EtagDefinition<State, VersionIn<Schema, State>, Request, Schema extends { readonly items: unknown } ? readonly object[] | number | bigint : {}>
export function defineEtag<State = any, Request = FastifyRequest, Named extends Version | EntityTag | null | undefined = any> (
  declared: DeclaredFunction<State, Request, Named>
): EtagDefinition<State, Named, Request>
export function defineEtag<State = any, Request = FastifyRequest, const Fields extends string = never> (
  declared: DeclaredTimestamp<State, Request, Fields>
): EtagDefinition<State, NonNullable<VersionAt<State, Fields>>, Request>
export function defineEtag<State = any, Request = FastifyRequest> (
  declared: DeclaredDigest<State, Request>
): EtagDefinition<State, string, Request>
export function defineEtag<State = any, Request = FastifyRequest, const Path extends string = never> (
  declared: DeclaredPath<State, Request, Path>
): EtagDefinition<State, VersionAt<State, Path>, Request>
export function defineEtag<State = any, Request = FastifyRequest, const Field extends string = never> (
  declared: DeclaredField<State, Request, Field>
): EtagDefinition<State, [Field] extends [never] ? any : VersionAt<State, Field>, Request>
export function defineEtag<State = any, Request = FastifyRequest, const Members extends string = never, const At extends string = never> (
  declared: DeclaredMembers<State, Request, Members, At>
): EtagDefinition<State, Array<VersionAt<MemberOf<State, At>, Members>>, Request, WrittenList<At>>
export function defineEtag<State = any, Request = FastifyRequest, const At extends string = never> (
  declared: DeclaredMembersBy<State, Request, At>
): EtagDefinition<State, any[], Request, WrittenList<At>>
export function defineEtag (declared: RouteEtag): EtagDefinition<any, any, any> {
  const describeState = describing(declared)
  const identity = Symbol('fastify-etag-policy.defined')
  const definition = {
    ...declared,
    [kDefinition]: identity,
    of (request: unknown): Precondition<any, any> {
      if (definitionOf(request as FastifyRequest) !== identity) throw new FST_ETAG_OTHER_DEFINITION(routeOf(request as FastifyRequest).title)
      return (request as FastifyRequest).precondition
    },
    guarded (write: (request: any, guarded: any) => Promise<any>, options: GuardedOptions<any, any> = {}) {
      return guardedHandler(identity, definition.of, write, options)
    },
    tag (state: unknown): string | undefined {
      if (describeState === undefined) throw new FST_ETAG_SOURCE_MISSING('The definition', 'tag names a state by a field or a function of it')
      const { etag } = describeState(state, undefined)
      return etag && formatEntityTag(etag)
    }
  }
  return definition
}

// References to shared schemas are those of a scope, and none is known here.
function describing ({ source, weak, schema }: RouteEtag): DescribeState | undefined {
  const annotation = schema === undefined ? undefined : readAnnotation(schema, 'The schema of the definition', NO_SCHEMAS).annotation
  const own = source ?? annotation?.source
  // a digest is of what a GET answers with, and none is known here
  if (typeof own === 'object' && 'digest' in own) return undefined
  return own === undefined ? undefined : resolveDescription({ source: own, weak: weak ?? annotation?.weak })
}
