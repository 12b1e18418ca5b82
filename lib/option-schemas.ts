import { getHashes } from 'node:crypto'
import { Type, type Static, type TSchema, type TUnsafe } from '@sinclair/typebox'
import { POLICIES, type Policy } from './policy.js'
import type { LastModified } from './sources/last-modified.js'
import type { Problem } from './problem.js'
import type { ParseVersion } from './sources/tag-version.js'
import type { Source } from './sources/source.js'

/** Why a state is loaded: to be read, to be compared before a write, or to be compared again after another writer came first. */
export type Purpose = 'read' | 'check' | 'retry'

/** Finds the state that a request is about; `null` or `undefined` where there is none, or none that its caller may see. */
export type Load = (request: any, purpose: Purpose) => unknown

/** Finds what names and dates the state that a read is about, and no more of it; `null` or `undefined` where there is none. */
export type LoadValidators = (request: any) => unknown

/** Header fields by name. */
export type HeaderFields = Readonly<Record<string, string | number | readonly string[]>>

/** The fields that a read answers with besides its validators, or how they follow from the state. */
export type ReadHeaders = HeaderFields | ((state: any, request: any) => HeaderFields)

/** What tells the representation that a request asks for from others of the same state, besides its content coding. */
export type Variant = (request: any) => string | number | bigint | null | undefined

/** Yes or no, for all requests or for each. */
export type Switch = boolean | ((request: any) => boolean)

/** What a function says of the policy: one of the three, nothing, or a list of which the first that is one holds. */
export type PolicySaid = string | null | undefined | ReadonlyArray<string | null | undefined>

/** Says for a request and the state that it is about which policy holds. */
export type PolicyFunction = (request: any, state: any) => PolicySaid | Promise<PolicySaid>

/** Reshapes the problem of a refusal. */
export type Reshape = (problem: Problem, request: any) => object

/** Knows an error of a store. */
export type KnowsError = (error: unknown) => boolean

const anyFunction = Type.Function([], Type.Any())
const name = Type.String({ minLength: 1 })
const path = Type.String({ pattern: '^[^.]+(\\.[^.]+)*$' })
const header = Type.Union([Type.String(), Type.Number(), Type.Array(Type.String())])

/** What is said of an option beside its type: in words what it takes, and what it is for. */
interface Words {
  readonly expected: string
  readonly description: string
  readonly default?: unknown
}

function oneOf<Values extends ReadonlyArray<string | number | boolean>> (values: [...Values], words: Omit<Words, 'expected'>): TUnsafe<Values[number]> {
  const shown = values.map(value => typeof value === 'string' ? `'${value}'` : String(value))
  const expected = [shown.slice(0, -1).join(', '), shown.at(-1)].join(' or ')
  return Type.Unsafe<Values[number]>(Type.Union(values.map(value => Type.Literal(value)), { ...words, expected }))
}

function option<Value> (words: Words, ...alternatives: [TSchema, ...TSchema[]]): TUnsafe<Value> {
  return Type.Unsafe<Value>(Type.Union(alternatives, { ...words }))
}

const memberSources: [TSchema, ...TSchema[]] = [
  name,
  Type.Object({ field: path }, { additionalProperties: false }),
  Type.Object({
    timestamp: Type.Union([name, Type.Array(name, { minItems: 1 })]),
    precision: Type.Optional(Type.Literal('ms'))
  }, { additionalProperties: false }),
  anyFunction
]

const GOVERNS = 'When a PUT, PATCH or DELETE must name the version that it changes. A POST only where its own route says so.'
const OF_STATE = 'A function may say it of each state, or nothing; where it says several, the first that is a policy holds.'

const fixedPolicy = oneOf([...POLICIES], { default: 'OPTIONAL', description: GOVERNS })

const policy = option<Policy | PolicyFunction>({
  expected: `${fixedPolicy.expected}, or a function of request and state`,
  default: 'OPTIONAL',
  description: `${GOVERNS} ${OF_STATE}`
}, fixedPolicy, anyFunction)

/** The settings that every level knows: plugin, scope and route. */
const shared = {
  source: option<Source>({
    expected: "a field, { field: 'path.to.field' }, { timestamp: field or fields, precision?: 'ms' }, a function of state and request, { members: one of these, id?: field, at?: 'path.to.list' } or { digest: algorithm of node:crypto or function of the body }",
    description: 'Where a state has its version, from which its ETag is made.'
  }, ...memberSources, Type.Object({
    members: Type.Union([...memberSources]),
    id: Type.Optional(name),
    at: Type.Optional(path)
  }, { additionalProperties: false }), Type.Object({
    digest: Type.Union([...getHashes().map(algorithm => Type.Literal(algorithm)), anyFunction])
  }, { additionalProperties: false })),

  weak: option<boolean>({
    expected: 'a boolean',
    default: false,
    description: 'Marks every tag of the source as weak. If-Match never matches one, unless `tolerate.weak` says so.'
  }, Type.Boolean()),

  lastModified: option<LastModified>({
    expected: 'a field, a list of fields or a function of state and request',
    description: 'Where a state has its modification date; of several fields the first that is set.'
  }, name, Type.Array(name, { minItems: 1 }), anyFunction),

  at: oneOf(['preHandler', 'onRequest'], {
    default: 'preHandler',
    description: 'The stage whose last hook decides. In `onRequest` the body is not read before, and is not validated.'
  }),

  missing: oneOf([428, 409], {
    default: 428,
    description: 'The status for a write that names no version where it must.'
  }),

  checkEtagParam: option<boolean>({
    expected: 'a boolean',
    default: false,
    description: 'Lets a request ask for the check by `?checkEtag`, whatever its value. It can only ask for more than the policy does.'
  }, Type.Boolean()),

  accept: option<ReadonlyArray<'If-Match: *' | 'If-None-Match' | 'If-Unmodified-Since'>>({
    expected: "a list of 'If-Match: *', 'If-None-Match' and 'If-Unmodified-Since'",
    default: [],
    description: 'What satisfies a policy besides If-Match with tags. None of it notices every lost update.'
  }, Type.Array(Type.Union([Type.Literal('If-Match: *'), Type.Literal('If-None-Match'), Type.Literal('If-Unmodified-Since')]))),

  enforce: option<Switch>({
    expected: 'a boolean or a function of the request',
    default: true,
    description: 'Where it says no, a write that misses its policy is let through and its decision says `wouldAnswer`. What was sent is honoured all the same.'
  }, Type.Boolean(), anyFunction),

  create: oneOf(['never', 'may', 'only'], {
    default: 'may',
    description: 'May a PUT make what is not there: never (404), if nothing is there, or only then (412 otherwise)?'
  }),

  createIgnoresIfMatch: option<boolean>({
    expected: 'a boolean',
    default: false,
    description: 'Lets a PUT that makes something new send an If-Match, which could only be false.'
  }, Type.Boolean()),

  tolerate: option<{ readonly weak?: boolean, readonly suffix?: boolean, readonly unquoted?: boolean }>({
    expected: '{ weak?: boolean, suffix?: boolean, unquoted?: boolean }',
    default: {},
    description: '`weak`: If-Match compares weakly. `suffix`: tags may end in `-gzip` and the like, as proxies write it. `unquoted`: tags may come without their quotes. Merged key by key over the levels.'
  }, Type.Object({
    weak: Type.Optional(Type.Boolean()),
    suffix: Type.Optional(Type.Boolean()),
    unquoted: Type.Optional(Type.Boolean())
  }, { additionalProperties: false })),

  variant: option<Variant>({
    expected: 'a function of the request',
    description: 'What an answer varies by besides its content coding: reads compare it, writes do not. Name the fields it reads in `headers: { vary }`.'
  }, anyFunction),

  answer: option<boolean>({
    expected: 'a boolean',
    default: true,
    description: 'Does the answer to a write carry the validators of what was written?'
  }, Type.Boolean()),

  unguarded: oneOf(['warn', 'error', 'off'], {
    default: 'warn',
    description: 'What is done about a success that a handler gives to a conditional write without `guard`, `expected` or `waive`: it is logged once a route, or answered by 500, for tests, since the write is done then.'
  }),

  isConflict: option<KnowsError>({
    expected: 'a function of an error',
    description: 'Knows an error of the store that says that the version was another one, besides those that are known.'
  }, anyFunction),

  isDuplicateKey: option<KnowsError>({
    expected: 'a function of an error',
    description: 'Knows an error of the store that says that a value which must be unique is there already, besides those that are known.'
  }, anyFunction),

  headers: option<ReadHeaders>({
    expected: 'an object of header fields or a function of state and request that returns one',
    description: 'The fields that a read answers with, on the 304 too: Cache-Control, Vary, Content-Location, Expires.'
  }, Type.Record(Type.String(), header), anyFunction),

  disclose: option<Switch>({
    expected: 'a boolean or a function of the request',
    default: true,
    description: 'Does a 412, 428 or 409 tell the current ETag?'
  }, Type.Boolean(), anyFunction),

  problem: option<Reshape>({
    expected: 'a function of problem and request',
    description: 'Reshapes the problem of a refusal; what it returns is sent as JSON.'
  }, anyFunction)
}

const load = option<Load>({
  expected: 'a function of request and purpose',
  description: 'Finds the state that the request is about, once a request at most and only when it is needed.'
}, anyFunction)

const loadValidators = option<LoadValidators>({
  expected: 'a function of the request',
  description: 'Finds no more of the state than its validators are made of, for a read with a condition: `load` is asked by the handler then, or not at all.'
}, anyFunction)

const parseVersion = option<ParseVersion>({
  expected: 'a function of a text',
  description: 'Reads the version that a tag names, `Number` for instance: a write whose handler is made by `guarded`, and which names one in If-Match, is loaded only where it missed.'
}, anyFunction)

const kind = option<string>({
  expected: 'a text',
  description: 'Which of the policies by kind holds for this route.'
}, name)

const bulk = option<boolean | { readonly waive: string }>({
  expected: "a boolean or { waive: 'why' }",
  default: false,
  description: 'Says that a request writes several states: a policy that can require stops the start unless the source is `{ members }`, which compares all of them, or no policy holds for it, and why.'
}, Type.Boolean(), Type.Object({ waive: Type.String({ pattern: '\\S' }) }, { additionalProperties: false }))

const schema = option<object>({
  expected: 'a JSON schema',
  description: 'An annotated schema of the state, where that of the answer is none: for a DELETE, or an answer without content.'
}, Type.Object({}))

const policies = option<Policy | PolicyFunction | Readonly<Record<string, Policy>>>({
  expected: `${fixedPolicy.expected}, an object of these by kind, or a function of request and state`,
  default: 'OPTIONAL',
  description: `${GOVERNS} By kind: \`{ db: …, doc: … }\` with \`kind: 'doc'\` on the route. ${OF_STATE}`
}, fixedPolicy, Type.Record(Type.String({ pattern: '^.+$' }), fixedPolicy, { minProperties: 1, additionalProperties: false }), anyFunction)

const allReads = option<boolean>({
  expected: 'a boolean',
  default: false,
  description: 'Makes every GET and HEAD of the scope ask, without `config.etag`. Its other routes refuse the If-Match and If-None-Match that they cannot compare.'
}, Type.Boolean())

// what defineEtag adds
const member = Type.Unsafe<unknown>(anyFunction)

/** What `register` takes: defaults for the routes of the scope that ask. */
export const pluginOptionsSchema = Type.Partial(Type.Object({ policy: policies, ...shared, allReads }), { additionalProperties: false })

/** What `config.etag` takes. `of`, `guarded` and `tag` are what `defineEtag` adds. */
export const routeOptionsSchema = Type.Partial(
  Type.Object({ policy, kind, load, loadValidators, parseVersion, bulk, schema, ...shared, of: member, guarded: member, tag: member }), { additionalProperties: false })

export type PluginOptions = Static<typeof pluginOptionsSchema>
export type RouteOptions = Static<typeof routeOptionsSchema>
